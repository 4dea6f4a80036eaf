"""What the mails say: one function per mail. They render what they are given and never query."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from events import calendar
from registration import links


@dataclass(frozen=True)
class Occasion:
    """Why a mail is written: the outbox's row, the person's registrations, and the series.

    `anchor` is the registration whose key the link in the mail carries.
    """

    mail: object
    rows: list
    anchor: object
    series: object

    @property
    def live(self) -> list:
        """What is still worth a word: live rows of talks that take place and are not over."""
        return [
            row
            for row in self.rows
            if row.is_live and row.talk.is_taking_place and row.talk.is_upcoming
        ]

    @property
    def confirmed(self) -> list:
        return [row for row in self.live if row.is_confirmed]


def signed_up(occasion):
    """Anmeldung bestätigt / Warteliste: all talks of one form, the state of each."""
    return _invitation("signed_up", occasion) if occasion.live else None


def already(occasion):
    """Sie sind bereits angemeldet: the same address again."""
    return _invitation("already", occasion) if occasion.live else None


def promoted(occasion):
    """Sie sind nachgerückt."""
    return _invitation("promoted", occasion) if occasion.confirmed else None


def cancelled(occasion):
    """Abmeldung bestätigt; takes the entry out of the calendar of who had a seat."""
    message = _message("cancelled", occasion)
    if occasion.mail.calendar_sequence is not None:
        sequence = occasion.mail.calendar_sequence
        content = calendar.cancel(occasion.anchor.talk, sequence=sequence, **_people(occasion))
        _add_as_alternative(message, "CANCEL", content)
        _attach(message, "abmeldung.ics", content)
    return message


RENDER = {"signed_up": signed_up, "already": already, "promoted": promoted, "cancelled": cancelled}


def _invitation(template, occasion):
    """Build a mail with the calendar entry of every confirmed talk.

    Exactly one goes along as an alternative too, which mail programs show as an invitation;
    of several they would act on one alone.
    """
    message = _message(template, occasion)
    for row in occasion.confirmed:
        content = calendar.request(row.talk, **_people(occasion))
        if len(occasion.confirmed) == 1:
            _add_as_alternative(message, "REQUEST", content)
        _attach(message, f"{row.talk.slug}.ics", content)
    return message


def _message(template, occasion) -> EmailMultiAlternatives:
    context = {
        "rows": occasion.live or occasion.rows,
        "confirmed": occasion.confirmed,
        "person": occasion.anchor,
        "mail": occasion.mail,
        "talk": (occasion.live or occasion.rows)[0].talk,
        "series": occasion.series,
        "link": links.mine_url(occasion.anchor),
        "site_url": settings.SITE_URL,
    }
    subject, text, html = (
        render_to_string(f"email/{template}.{part}", context)
        for part in ("subject.txt", "txt", "html")
    )
    contact = occasion.series.contact_email
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        # Lines that a template leaves empty collapse to one.
        body=re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n",
        to=[occasion.mail.recipient],
        reply_to=[contact] if contact else None,
        headers={
            "Message-ID": occasion.mail.message_id,
            "Auto-Submitted": "auto-generated",  # RFC 3834
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _people(occasion) -> dict:
    series, person = occasion.series, occasion.anchor
    return {
        "site_url": settings.SITE_URL,
        "organizer": (
            series.name,
            series.contact_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        ),
        "attendee": (person.name, occasion.mail.recipient),
        "stamp": timezone.now(),
    }


def _add_as_alternative(message, method, content):
    message.attach_alternative(content.decode(), f"text/calendar; method={method}")


def _attach(message, name, content):
    message.attach(name, content, "application/ics")
