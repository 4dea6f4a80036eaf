"""The calendar file that a mail brings: who invites whom, and what the organizer gets instead.

Like compose.py it renders what it is given and never asks the database.
"""

from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from events import calendar
from registration.mail.occasion import Occasion
from registration.models.addresses import email_key

if TYPE_CHECKING:
    from events.models.series import Series
    from events.models.talk import Talk
    from registration.models.registration import Registration


class _Plain(TypedDict):
    """What every calendar file says beside the talk."""

    site_url: str
    series: "Series"
    stamp: datetime


class _Scheduling(_Plain):
    """What a calendar file says of the people and of the mail that brings it."""

    organizer: calendar.Person
    attendee: calendar.Person


def organizer_of(series: "Series") -> str:
    """Return the ORGANIZER of new invitations: the contact of the series, else the sender."""
    return series.contact_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def of_seat(row: "Registration", occasion: Occasion) -> tuple[str, bytes]:
    """Return METHOD and file of an entry for the talk: an invitation, or plain for its organizer.

    Outlook adds no entry whose ORGANIZER is its ATTENDEE.
    """
    people = _scheduling(row, occasion)
    if _is_organizer(people):
        return "PUBLISH", calendar.entry(row.talk, **_plain(people))
    alarm_before = timedelta(minutes=settings.JOIN_OPENS_MINUTES)
    return "REQUEST", calendar.request(row.talk, alarm_before=alarm_before, **people)


def called_off(row: "Registration", occasion: Occasion, sequence: int) -> tuple[str, bytes]:
    """Return METHOD and file that take the talk out of the calendar again."""
    people = _scheduling(row, occasion)
    if _is_organizer(people):
        return "PUBLISH", calendar.entry(row.talk, sequence=sequence, **_plain(people))
    return "CANCEL", calendar.cancel(row.talk, sequence=sequence, **people)


def for_speakers(talk: "Talk", series: "Series") -> bytes:
    """Return the talk's file for who speaks in it; once it is called off it takes it out."""
    return calendar.for_speakers(
        talk,
        site_url=settings.SITE_URL,
        series=series,
        guide=guide_url(),
        stamp=timezone.now(),
    )


def of_check(talk: "Talk", moment: datetime, *, is_off: bool = False) -> bytes:
    """Return the file of the technical check at `moment`, or the one that takes it out again."""
    return calendar.check(
        talk, timezone.localtime(moment), guide=guide_url(), stamp=timezone.now(), is_off=is_off
    )


def guide_url() -> str:
    """Return the full address of the public page for speakers."""
    return f"{settings.SITE_URL}{reverse('registration:speakers_guide')}"


def _plain(people: _Scheduling) -> _Plain:
    return {
        "site_url": people["site_url"],
        "series": people["series"],
        "stamp": people["stamp"],
    }


def _is_organizer(people: _Scheduling) -> bool:
    return email_key(people["organizer"][1]) == email_key(people["attendee"][1])


def _scheduling(row: "Registration", occasion: Occasion) -> _Scheduling:
    series, person = occasion.series, occasion.linked
    return {
        "site_url": settings.SITE_URL,
        "series": series,
        "organizer": (series.name, row.organizer or organizer_of(series)),
        "attendee": ((person.name or "") if person else "", occasion.outgoing.recipient),
        "stamp": timezone.now(),
    }
