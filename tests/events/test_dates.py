from datetime import UTC, date, datetime

import pytest

from events.dates import (
    date_text,
    moment_text,
    same_weekday_next_month,
    short_date_text,
    time_text,
)
from tests.conftest import BERLIN


def at(*parts):
    return datetime(*parts, tzinfo=BERLIN)


def test_date_text_keeps_day_and_month_on_one_line():
    assert date_text(at(2025, 10, 29, 10)) == "Mittwoch, 29.\u00a0Oktober 2025"


def test_short_date_text_has_no_weekday():
    assert short_date_text(at(2026, 3, 1, 10)) == "1.\u00a0März 2026"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "Donnerstag, 1.\u00a0Januar 2026"),
        (datetime(2025, 7, 1, 22, 30, tzinfo=UTC), "Mittwoch, 2.\u00a0Juli 2025"),
        (datetime(2025, 7, 1, 21, 30, tzinfo=UTC), "Dienstag, 1.\u00a0Juli 2025"),
    ],
)
def test_date_text_is_the_day_in_berlin(moment, text):
    assert date_text(moment) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (at(2025, 10, 29, 10), at(2025, 10, 29, 11), "10–11\u00a0Uhr"),
        (at(2025, 10, 29, 10), at(2025, 10, 29, 11, 30), "10:00–11:30\u00a0Uhr"),
        (at(2025, 10, 29, 9, 30), at(2025, 10, 29, 11), "9:30–11:00\u00a0Uhr"),
        (at(2025, 10, 29, 9, 5), at(2025, 10, 29, 10, 5), "9:05–10:05\u00a0Uhr"),
        (
            datetime(2025, 7, 2, 8, tzinfo=UTC),
            datetime(2025, 7, 2, 9, tzinfo=UTC),
            "10–11\u00a0Uhr",
        ),
        (
            datetime(2025, 12, 2, 9, tzinfo=UTC),
            datetime(2025, 12, 2, 10, tzinfo=UTC),
            "10–11\u00a0Uhr",
        ),
    ],
)
def test_time_text_shows_minutes_only_where_there_are_some(start, end, text):
    assert time_text(start, end) == text


def test_moment_text_has_day_and_time():
    assert moment_text(at(2025, 10, 29, 9)) == "29.\u00a0Oktober 2025, 9:00\u00a0Uhr"


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2025, 10, 29), date(2025, 11, 26)),  # the fifth Wednesday becomes the last
        (date(2025, 11, 25), date(2025, 12, 23)),
        (date(2025, 12, 2), date(2026, 1, 6)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2024, 3, 28)),
        (date(2025, 9, 1), date(2025, 10, 6)),
    ],
)
def test_same_weekday_next_month_keeps_its_place_in_the_month(day, following):
    assert same_weekday_next_month(day) == following
