"""The technical check: organisers enter a date, speakers get it for their calendar, once."""

from datetime import timedelta

from icalendar import Calendar
from playwright.sync_api import expect

from tests.e2e.month.looks import looks_right
from tests.e2e.speaking.the_link import ADDRESSES, DATE, SINA

WHEN = DATE - timedelta(days=5)
ROOM = "https://video.example/probe"


def is_entered(month, redaktion, talk):
    """Enter it in the talk's form; once a slip would have been put right, both are told."""
    with month.scene("enter the technical check", redaktion):
        redaktion.follow(talk.title)
        redaktion.follow("Referentinnen und Referenten")
        redaktion.follow("Eintragen")
        redaktion.fill("[name=check_at_0]", f"{WHEN:%d.%m.%Y}")
        redaktion.fill("[name=check_at_1]", "14 Uhr")
        redaktion.fill("[name=check_url]", ROOM)
        redaktion.press("Sichern")
        expect(redaktion.page.locator(".messagelist .success")).to_be_visible()
    assert month.sent_by() == []
    month.clock.shift(11 * 60)
    assert month.sent_by() == sorted(ADDRESSES.values())
    month.clock.shift(3600)
    month.works()
    assert month.recipients == sorted(ADDRESSES.values())


def is_known(speaker):
    """Find it in the mail, attached, and on the page, for the calendar."""
    text = speaker.text_of()
    assert f"Guten Tag {SINA}," in text
    assert "Donnerstag, 27. November 2025, 14:00 Uhr" in text
    assert ROOM in text
    (entry,) = speaker.calendar_of()
    assert "Technik-Check" in entry
    speaker.presses_in_mail()
    speaker.sees("Donnerstag, 27. November 2025, 14:00 Uhr")
    looks_right(speaker, "vortragen-technik-check")
    file = speaker.file_from(lambda: speaker.follow("Technik-Check in den Kalender (.ics)"))
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert (event.start, "Technik-Check" in event["SUMMARY"]) == (WHEN.replace(hour=14), True)
    file = speaker.file_from(lambda: speaker.follow("In den Kalender (.ics)"))
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert event.start == DATE
