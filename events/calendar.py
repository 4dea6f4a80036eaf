"""iCalendar (RFC 5545) and its scheduling messages (RFC 5546); pure functions, no query.

What they are given, such as when the alarm rings, registration/mail/compose.py decides.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

if TYPE_CHECKING:
    from events.models.facts import FactColumns, TalkFacts

# How long speakers and organisers try the technics.
CHECK_LASTS = timedelta(minutes=20)
# Where the link into the room stands, which no file for a calendar tells.
LINK_IN_MAIL = "Der Link steht in unserer E-Mail."
LINK_FOLLOWS = "Den Link zum Raum schicken wir Ihnen noch."
PRODID = "-//Kleinstadt Web-Talks//DE"
CONTENT_TYPE = "text/calendar; charset=utf-8"

# No value may hold these (RFC 5545 §3.1); the line feed is not among them, Word's line break is.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# Two yearly rules and nothing else: Outlook reads only TZID, DTSTART, RRULE and the offsets.
BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
END:VTIMEZONE
"""
TIMEZONE = Timezone.from_ical(BERLIN)

# Name and e-mail address.
type Person = tuple[str, str]


class Scheduled(Protocol):
    """What a calendar says of a talk; this module does not know the models."""

    @property
    def uid(self) -> UUID: ...
    @property
    def title(self) -> str: ...
    @property
    def subtitle(self) -> str: ...
    @property
    def speaker_line(self) -> str: ...
    @property
    def local_starts_at(self) -> datetime: ...
    @property
    def local_ends_at(self) -> datetime: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def calendar_sequence(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def is_taking_place(self) -> bool: ...
    @property
    def is_called_off(self) -> bool: ...
    @property
    def when_text(self) -> str: ...
    @property
    def check_url(self) -> str: ...
    @property
    def check_link(self) -> str: ...
    @property
    def check_sequence(self) -> int: ...
    @property
    def is_past(self) -> bool: ...
    @property
    def way_in_path(self) -> str: ...
    @property
    def link_mail_text(self) -> str: ...
    def get_absolute_url(self) -> str: ...
    def facts_in(self, series: "FactColumns") -> "TalkFacts": ...


def published(
    talks: Iterable[Scheduled], *, site_url: str, series: "FactColumns", name: str | None = None
) -> bytes:
    """Return a calendar (METHOD:PUBLISH) with `talks`; subscribers' programs show its `name`."""
    calendar = _calendar("PUBLISH")
    if name:
        calendar.add("name", _line(name))  # RFC 7986 §5.1
        calendar.add("x-wr-calname", _line(name))
        calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for talk in talks:
        event = _event(talk, site_url, series, stamp=talk.updated_at)
        event["DESCRIPTION"] = vText(_public_description(talk, site_url, series))
        calendar.add_component(event)
    return calendar.to_ical()


def entry(
    talk: Scheduled,
    *,
    site_url: str,
    series: "FactColumns",
    stamp: datetime,
    sequence: int | None = None,
) -> bytes:
    """Return a talk (METHOD:PUBLISH) for who is its ORGANIZER, and so cannot be invited.

    Outlook adds no entry whose ORGANIZER is its ATTENDEE (RFC 5546 §3.2.1). With a `sequence` the
    entry is called off.
    """
    event = _event(talk, site_url, series, stamp=stamp)
    if sequence is not None:
        event["SEQUENCE"] = sequence
        event["STATUS"] = vText("CANCELLED")
    return _message("PUBLISH", event)


def request(
    talk: Scheduled,
    *,
    site_url: str,
    series: "FactColumns",
    organizer: Person,
    attendee: Person,
    stamp: datetime,
    alarm_before: timedelta,
) -> bytes:
    """Return the invitation (METHOD:REQUEST) of one attendee, already accepted.

    `stamp` is the moment of sending. The calendar program reminds the attendee `alarm_before`
    the beginning.
    """
    event = _event(talk, site_url, series, stamp=stamp)
    _add_people(event, organizer, attendee)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _line(talk.title))
    alarm.add("trigger", -alarm_before)
    event.add_component(alarm)
    return _message("REQUEST", event)


def cancel(
    talk: Scheduled,
    *,
    site_url: str,
    series: "FactColumns",
    organizer: Person,
    attendee: Person,
    stamp: datetime,
    sequence: int,
) -> bytes:
    """Return the message (METHOD:CANCEL) that takes the talk out of one attendee's calendar.

    `stamp` is the moment of sending. `sequence` is the talk's number at the moment of cancelling:
    a message that arrives late must not remove the entry of somebody who has come back since
    (RFC 5546 §3.2.5).
    """
    event = _event(talk, site_url, series, stamp=stamp)
    event["SEQUENCE"] = sequence
    event["STATUS"] = vText("CANCELLED")
    _add_people(event, organizer, attendee)
    return _message("CANCEL", event)


def for_speakers(
    talk: Scheduled, *, site_url: str, series: "FactColumns", guide: str, stamp: datetime
) -> bytes:
    """Return the talk for who speaks in it: published also while it is a draft, or called off.

    It leads to the public `guide` for speakers. No way in and no personal link stands in it: the
    staff of a town hall share calendars.
    """
    method, status = ("CANCEL", "CANCELLED") if talk.is_called_off else ("PUBLISH", "CONFIRMED")
    event = _event(talk, site_url, series, stamp=stamp)
    event["STATUS"] = vText(status)
    event["URL"] = guide
    lines = [talk.subtitle, talk.speaker_line, f"So bereiten Sie Ihren Web-Talk vor: {guide}"]
    event["DESCRIPTION"] = vText(CONTROLS.sub(" ", "\n\n".join(filter(None, lines))))
    return _message(method, event)


def check(
    talk: Scheduled, local_starts_at: datetime, *, guide: str, stamp: datetime, is_off: bool
) -> bytes:
    """Return the technical check of a talk, or that it falls away.

    The link into its own room stands in it; that into the talk's does not, as in every file.
    """
    event = Event()
    event.add("uid", f"{talk.uid}-technik-check")
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("last-modified", talk.updated_at.astimezone(UTC))
    event.add("sequence", talk.check_sequence)
    event.add("dtstart", local_starts_at)
    event.add("dtend", local_starts_at + CHECK_LASTS)
    event.add("summary", _line(f"Technik-Check: {talk.title}"))
    event.add("location", talk.check_url or "Online")
    event.add("url", talk.check_url or guide)
    elsewhere = LINK_IN_MAIL if talk.check_link else LINK_FOLLOWS
    lines = [
        "Wir probieren mit Ihnen Ton, Bild und Folien aus.",
        "" if talk.check_url or is_off else elsewhere,
        "" if talk.is_called_off else f"Der Web-Talk ist am {talk.when_text}.",
        f"So bereiten Sie Ihren Web-Talk vor: {guide}",
    ]
    event.add("description", "\n\n".join(filter(None, lines)))
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return _message("CANCEL" if is_off else "PUBLISH", event)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(TIMEZONE)
    return calendar


def _message(method: str, event: Event) -> bytes:
    calendar = _calendar(method)
    calendar.add_component(event)
    return calendar.to_ical()


def _event(talk: Scheduled, site_url: str, series: "FactColumns", *, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", str(talk.uid))
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("last-modified", talk.updated_at.astimezone(UTC))
    event.add("sequence", talk.calendar_sequence)
    event.add("dtstart", talk.local_starts_at)
    event.add("dtend", talk.local_ends_at)
    event.add("summary", _line(talk.title))
    event.add("location", "Online")
    event.add("url", f"{site_url}{talk.get_absolute_url()}")
    event.add("description", _description(talk, site_url, series))
    event.add("status", "CONFIRMED" if talk.is_taking_place else "CANCELLED")
    event.add("transp", "OPAQUE")
    return event


def _description(talk: Scheduled, site_url: str, series: "FactColumns") -> str:
    """Say what the talk is and where to ask for the personal way in.

    The way in itself and the number to dial are not told here: the staff of a town hall share
    calendars.
    """
    lines = [talk.subtitle, talk.speaker_line, f"{site_url}{talk.get_absolute_url()}"]
    if talk.is_taking_place:
        lines.append(talk.link_mail_text)
        lines.append(f"Zugang für Angemeldete: {site_url}{talk.way_in_path}")
        lines.append(talk.facts_in(series).text)
    return CONTROLS.sub(" ", "\n\n".join(filter(None, lines)))


def _public_description(talk: Scheduled, site_url: str, series: "FactColumns") -> str:
    """Say to everybody what the talk is about, and how to get in as long as one can."""
    address = f"{site_url}{talk.get_absolute_url()}"
    lines = [talk.subtitle, talk.speaker_line, talk.text]
    if talk.is_past or not talk.is_taking_place:
        lines.append(address)
    else:
        lines.append(talk.facts_in(series).text)
        lines.append(f"Kostenfrei, Anmeldung erforderlich: {address}")
        lines.append(talk.link_mail_text)
        lines.append(f"Schon angemeldet? Zugang: {site_url}{talk.way_in_path}")
    return CONTROLS.sub(" ", "\n\n".join(filter(None, lines)))


def _line(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join(CONTROLS.sub(" ", text).split())


def _add_people(event: Event, organizer: Person, attendee: Person) -> None:
    event.add("organizer", _address(organizer))
    person = _address(attendee)
    person.params["partstat"] = vText("ACCEPTED")
    person.params["rsvp"] = vText("FALSE")
    person.params["role"] = vText("REQ-PARTICIPANT")
    event.add("attendee", person, encode=False)


def _address(person: Person) -> vCalAddress:
    name, email = person
    address = vCalAddress(f"mailto:{email}")
    if name:
        address.params["cn"] = vText(_line(name))
    return address
