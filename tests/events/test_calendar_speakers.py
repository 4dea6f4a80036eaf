"""The calendar files for speakers: the talk, and when the technics are tried."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from events import calendar
from events.models import Series
from tests.conftest import BERLIN, NOW
from tests.events.test_calendar import AWKWARD, SITE, event_of, parsed
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

GUIDE = f"{SITE}/vortragen/"
CHECK_AT = datetime(2025, 11, 20, 10, tzinfo=BERLIN)


def of_talk(talk) -> bytes:
    return calendar.for_speakers(talk, site_url=SITE, series=Series(), guide=GUIDE, stamp=NOW)


def of_check(talk, *, is_off=False) -> bytes:
    moment = timezone.localtime(CHECK_AT)
    return calendar.check(talk, moment, guide=GUIDE, stamp=NOW, is_off=is_off)


@pytest.mark.parametrize(
    ("status", "method", "stands"),
    [
        ("draft", "PUBLISH", "CONFIRMED"),
        ("published", "PUBLISH", "CONFIRMED"),
        ("cancelled", "CANCEL", "CANCELLED"),
        ("postponed", "CANCEL", "CANCELLED"),
    ],
)
def test_talk_stands_for_its_speakers_unless_it_is_called_off(status, method, stands):
    talk = make_talk(status=status, calendar_sequence=3, meeting_url="https://meet.example/raum")

    file, (event,) = parsed(of_talk(talk))

    assert (str(file["METHOD"]), str(event["STATUS"])) == (method, stands)
    assert (event["UID"], event["SEQUENCE"], event["URL"]) == (str(talk.uid), 3, GUIDE)
    assert ("ORGANIZER" in event, "ATTENDEE" in event) == (False, False)
    assert str(event["DESCRIPTION"]) == (
        "Sina Massow, Bürgermeisterin der Stadt Gudensberg\n\n"
        f"So bereiten Sie Ihren Web-Talk vor: {GUIDE}"
    )


def test_check_says_all_there_is_to_say():
    talk = make_talk(check_url="https://meet.example/probe?a=1&b=2", check_sequence=5)

    event = event_of(of_check(talk))

    assert {name: event.decoded(name) for name in event if name != "LAST-MODIFIED"} == {
        "UID": f"{talk.uid}-technik-check",
        "DTSTAMP": NOW,
        "SEQUENCE": 5,
        "DTSTART": CHECK_AT,
        "DTEND": CHECK_AT + timedelta(minutes=20),
        "SUMMARY": f"Technik-Check: {talk.title}",
        "LOCATION": "https://meet.example/probe?a=1&b=2",
        "URL": "https://meet.example/probe?a=1&b=2",
        "DESCRIPTION": (
            "Wir probieren mit Ihnen Ton, Bild und Folien aus.\n\n"
            "Der Web-Talk ist am Mittwoch, 26.\xa0November 2025, 9–10\xa0Uhr.\n\n"
            f"So bereiten Sie Ihren Web-Talk vor: {GUIDE}"
        ),
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
    }


def test_check_in_the_room_of_the_talk_does_not_name_it():
    talk = make_talk(meeting_url="https://meet.example/raum")

    content = of_check(talk)

    assert b"meet.example" not in content.replace(b"\r\n ", b"")
    event = event_of(content)
    assert (event["LOCATION"], event["URL"]) == ("Online", GUIDE)
    assert "Der Link steht in unserer E-Mail." in event["DESCRIPTION"]


def test_check_without_any_link_yet_promises_it():
    event = event_of(of_check(make_talk(meeting_url="")))

    assert "Den Link zum Raum schicken wir Ihnen noch." in event["DESCRIPTION"]


def test_check_that_falls_away_is_called_off():
    file, (event,) = parsed(of_check(make_talk(), is_off=True))

    assert (str(file["METHOD"]), str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert "Link" not in event["DESCRIPTION"]


def test_titles_may_hold_what_means_something_to_a_calendar():
    talk = make_talk(title="Kurz")
    talk.title = AWKWARD

    event = event_of(of_check(talk))

    assert str(event["SUMMARY"]) == f"Technik-Check: {' '.join(AWKWARD.split())}"
