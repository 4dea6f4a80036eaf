"""What is kept of a report until it is confirmed."""

from datetime import timedelta

import pytest

from registration.desk.presence.reading import lines_from
from registration.desk.presence.reports import Entry, Report
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def kept(talk, *entries, silent=0):
    lines = lines_from([Report(list(entries), silent, [])], talk)
    return [(line.name, line.kind, line.spans, line.seconds, line.number) for line in lines]


def test_stays_are_kept_within_the_talk():
    talk = make_talk()
    before, within = talk.starts_at - timedelta(minutes=5), talk.starts_at + timedelta(minutes=2)
    entry = Entry("Kim Beispiel", "", comes=before, goes=within)

    assert kept(talk, entry) == [("Kim Beispiel", "person", "0-120", 120, 1)]


@pytest.mark.parametrize(
    "name",
    ["Sina Massow", "Massow, Sina", "SINA MASSOW", "Sina Massow (Gudensberg)", "Massow Sina"]
    + ["Sina Massow | Stadt Gudensberg", "Referentin Sina Massow", "PC 3 (Sina Massow)"]
    + ["Sina Massow Gudensberg"],
)
def test_speaker_is_no_guest(name):
    talk = make_talk()

    assert kept(talk, Entry(name, "", seconds=600)) == [(name, "host", "", 600, 1)]


@pytest.mark.parametrize("name", ["Sina", "S. Massow", "Sina Massow-Groß", "Kim Sina Massow"])
def test_whoever_may_be_another_is_no_speaker(name):
    assert kept(make_talk(), Entry(name, "", seconds=600)) == [(name, "person", "", 600, 1)]


def test_under_a_minute_is_nothing():
    talk = make_talk()

    assert kept(talk, Entry("Kim", "", seconds=59)) == [("Kim", "outside", "", 59, 1)]


def test_lines_that_name_nobody_are_counted():
    assert kept(make_talk(), silent=3) == [("", "silent", "", 0, 3)]
