"""Subjects: state, date, title, in what a list of mails shows."""

from datetime import datetime, timedelta

import pytest

from events.dates import NBSP
from events.models import Talk
from registration.mail import subjects

START = datetime.fromisoformat("2026-03-03T10:00+01:00")


def talk(title='Wärme & "Licht"', starts_at=START):
    return Talk(title=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))


def test_one_talk_is_named_by_day_hour_and_title():
    assert subjects.about([talk()]) == f'3.{NBSP}März, 10 Uhr: Wärme & "Licht"'
    assert subjects.about([talk(starts_at=START + timedelta(minutes=5))]).startswith(
        f"3.{NBSP}März, 10:05 Uhr: "
    )


def test_several_talks_are_counted_from_the_first_on():
    later = talk(starts_at=START + timedelta(days=7))

    assert subjects.about([later, talk()]) == f"ab 3.{NBSP}März: 2 Web-Talks"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Angemeldet,\n3.{NBSP}März: Ä", "Angemeldet, 3. März: Ä"),
        ("x" * 78, "x" * 78),
        ("x" * 79, "x" * 77 + "…"),
        ("Wort " * 15 + "abc", "Wort " * 15 + "abc"),
        ("Wort " * 15 + "abcd", "Wort " * 15 + "…"),
        ("Wort-mit-Strich " * 5, "Wort-mit-Strich " * 4 + "…"),
        ("Kurz " + "x" * 200, "Kurz " + "x" * 72 + "…"),
    ],
)
def test_a_subject_fits_and_is_cut_between_words(text, expected):
    assert subjects.fitting(text) == expected
    assert len(expected) <= subjects.LONGEST
