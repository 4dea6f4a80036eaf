"""The series as a picture: bars for talks and for the months of a year."""

from datetime import datetime

import pytest

from events.models import Talk
from registration.desk.figures.series_picture import (
    Bar,
    dates_below,
    months_of,
    picture_of_months,
    picture_of_talks,
    year_shown,
)
from registration.desk.figures.statistics import TalkFigures
from tests.conftest import BERLIN

pytestmark = pytest.mark.usefixtures("clock")


def figures(*day, capacity=None, signed_up=0, confirmed=0, waiting=0) -> TalkFigures:
    starts_at = datetime(*day, 10, tzinfo=BERLIN)
    talk = Talk(title='Ä & "Ö"', starts_at=starts_at, ends_at=starts_at, capacity=capacity)
    return TalkFigures(talk, signed_up, confirmed, waiting)


def test_talk_is_a_frame_of_seats_with_people_and_above_them_who_waits():
    one = figures(2025, 3, 5, capacity=10, signed_up=16, confirmed=10, waiting=5)

    picture = picture_of_talks([one])

    assert [mark.text for mark in picture.values] == ["0", "5", "10", "15"]
    (column,) = picture.columns
    assert column.title == (
        'Ä & "Ö", 5.\u00a0März 2025: 10 von 10 angemeldet, 5 auf der Warteliste'
    )
    assert column.bars == [
        Bar("seats", 45, 82, 42, 132),
        Bar("people", 47, 82, 38, 132),
        Bar("waiting", 47, 16, 38, 66),
    ]


def test_talk_without_a_limit_has_no_frame_and_nobody_is_no_bar():
    picture = picture_of_talks([figures(2025, 3, 5, confirmed=3), figures(2025, 4, 5)])

    assert [[bar.kind for bar in column.bars] for column in picture.columns] == [["people"], []]


def test_many_talks_make_the_picture_wider_and_share_the_dates():
    many = [figures(2025, 1 + n % 12, 1 + n % 28, confirmed=n) for n in range(500)]

    picture = picture_of_talks(sorted(many, key=lambda one: one.talk.starts_at))

    assert picture.width == 44 + 500 * 10 + 44
    places = [mark.place for mark in picture.below]
    assert min(b - a for a, b in zip(places, places[1:], strict=False)) >= 76
    assert all(bar.width > 0 for column in picture.columns for bar in column.bars)


@pytest.mark.parametrize(("number", "width"), [(0, 76), (1, 76), (7, 7 * 44), (40, 40 * 15)])
def test_few_talks_leave_no_empty_place_behind_them(number, width):
    picture = picture_of_talks([figures(2025, 3, 5, confirmed=1)] * number)

    assert picture.width == 44 + width + 44


def test_dates_stand_once_and_in_order():
    marks = dates_below([figures(2025, 3, 5), figures(2025, 3, 12), figures(2025, 6, 4)], 100)

    assert [(mark.place, mark.text) for mark in marks] == [(44, "Mär 2025"), (244, "Jun 2025")]


def test_months_stand_beside_those_of_the_year_before():
    talks = [
        figures(2025, 3, 5, signed_up=12, confirmed=9),
        figures(2025, 3, 31, signed_up=3, confirmed=3),
        figures(2024, 3, 31, signed_up=4),
        figures(2024, 4, 1, signed_up=7),
        figures(2023, 3, 1, signed_up=99),
    ]

    months = months_of(2025, talks)

    found = [(m.name, m.talks, m.signed_up, m.confirmed, m.before) for m in months]
    assert found[1:4] == [
        ("Februar", 0, 0, 0, 0),
        ("März", 2, 15, 12, 4),
        ("April", 0, 0, 0, 7),
    ]
    assert len(found) == 12
    picture = picture_of_months(months)
    bars = [[(bar.kind, bar.height) for bar in column.bars] for column in picture.columns]
    assert bars[1:4] == [[], [("before", 53), ("people", 198)], [("before", 92)]]
    assert [mark.text for mark in picture.below][:4] == ["Jan", "Feb", "Mär", "Apr"]


@pytest.mark.parametrize(
    ("years", "shown"), [([2024, 2025], 2025), ([2023, 2024], 2024), ([2026], 2026), ([], 2025)]
)
def test_year_is_this_one_or_the_last_with_talks(years, shown):
    assert year_shown([figures(year, 3, 5) for year in years]) == shown
