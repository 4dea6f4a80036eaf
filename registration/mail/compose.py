"""What the mails say: one function per mail. They render what they are given and never query."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from events import calendar
from registration.mail.wire_format import Mail
from registration.models import links


@dataclass(frozen=True)
class Occasion:
    """Why a mail is written: the outbox's row, the person's registrations, and the series.

    `anchor` is the registration whose key the link in the mail carries; None in the last mail to
    a person whose data are gone.
    """

    mail: object
    rows: list
    anchor: object
    series: object

    @property
    def live(self) -> list:
        """What is still worth a word: booked rows of talks that take place and are not over."""
        return [
            row
            for row in self.rows
            if row.is_booked and row.talk.is_taking_place and row.talk.is_upcoming
        ]

    @property
    def confirmed(self) -> list:
        return [row for row in self.live if row.is_confirmed]

    @property
    def waiting(self) -> list:
        return [row for row in self.live if row.is_waiting]

    @property
    def pending(self) -> list:
        return [row for row in self.rows if row.may_confirm]

    @property
    def talk(self):
        return (self.live or self.rows)[0].talk


@dataclass(frozen=True)
class InterestOccasion:
    """Why a mail goes to somebody on the interest list; `mail.talk` is the new talk, if any."""

    mail: object
    interest: object
    series: object


def please_confirm(occasion):
    """Bitte bestätigen: bare, with no word of what was typed into the form."""
    if not occasion.pending:
        return None
    return _message("please_confirm", occasion, rows=occasion.pending, link=_confirm_url(occasion))


def signed_up(occasion):
    """Anmeldung bestätigt / Warteliste: all talks of one form, the state of each."""
    return _invitation("signed_up", occasion) if occasion.live else None


def already(occasion):
    """Sie sind bereits angemeldet: the same address again."""
    return _invitation("already", occasion) if occasion.live else None


def promoted(occasion):
    """Sie sind nachgerückt."""
    return _invitation("promoted", occasion) if occasion.confirmed else None


def no_seat(occasion):
    """Kein Platz frei geworden: the queue ends two hours before the beginning."""
    return _message("no_seat", occasion) if occasion.waiting else None


def talk_changed(occasion):
    """Termin geändert, Talk abgesagt, or Talk verschoben, whichever is true when it is sent."""
    talk = occasion.anchor.talk
    if not occasion.anchor.is_booked or talk.status == talk.Status.DRAFT:
        return None
    if talk.is_taking_place:
        return _invitation("talk_changed", occasion) if talk.is_upcoming else None
    message = _message("talk_off", occasion)
    if occasion.anchor.is_confirmed:
        _cancel(message, occasion, talk.calendar_sequence)
    return message


def cancelled(occasion):
    """Abmeldung bestätigt; takes the entry out of the calendar of who had a seat."""
    return _farewell("cancelled", occasion)


def handed_over(occasion):
    """Platz erhalten: says who entered the address (Art. 14 DSGVO), and how to object."""
    not_me = links.url("registration:not_me", occasion.anchor.key, links.PURPOSE_NOT_ME)
    if not occasion.anchor.may_be_handed_over:  # the talk is over or off, or the seat gone
        return None
    return _invitation("handed_over", occasion, not_me=not_me)


def given_away(occasion):
    """Platz weitergegeben: the last mail to the former person."""
    return _farewell("given_away", occasion)


def erased(occasion):
    """Angaben gelöscht: the last mail to a person who had a seat."""
    return _farewell("erased", occasion)


def resent_links(occasion):
    """Ihre Links: asked for by whoever knows the address."""
    return _invitation("links", occasion)


def way_in(occasion):
    """Zugang zum Talk, asked for by the page of the calendar entry."""
    return _message("way_in", occasion) if occasion.confirmed else None


def reminder(occasion):
    """Erinnerung, the day before or an hour before, with the way in; can be switched off."""
    if not occasion.confirmed or occasion.anchor.reminders_off:
        return None
    url = links.url("registration:reminders", occasion.anchor.key, links.PURPOSE_REMINDERS)
    is_hour = occasion.mail.kind == occasion.mail.Kind.REMINDER_HOUR
    message = _message("reminder", occasion, is_hour=is_hour, unsubscribe=url)
    return _with_one_click(message, url)


def organisers_message(occasion):
    """Nachricht: what organisers wrote, to who is still among those it is written to."""
    words, row = occasion.mail.organiser_message, occasion.anchor
    if words.is_stopped or not words.reaches(row):
        return None
    return _message("message", occasion, subject=words.subject_for(row), text=words.text_for(row))


def confirm_interest(occasion):
    """Terminhinweise bestätigen; who is on the list already gets the way to change it."""
    interest = occasion.interest
    if interest.is_active:
        return _interest_message("interest_already", occasion, link=interest.manage_url)
    if not interest.may_confirm:
        return None
    return _interest_message("interest_confirm", occasion, link=interest.confirm_url)


def news(occasion):
    """Terminhinweis: a new talk is published."""
    interest, talk = occasion.interest, occasion.mail.talk
    if not (interest.is_active and talk.is_published and talk.is_taking_place):
        return None
    if talk.has_begun:
        return None
    message = _interest_message(
        "news", occasion, link=interest.manage_url, talk=talk, unsubscribe=interest.unsubscribe_url
    )
    return _with_one_click(message, interest.unsubscribe_url)


RENDER = {
    "please_confirm": please_confirm,
    "signed_up": signed_up,
    "already": already,
    "promoted": promoted,
    "no_seat": no_seat,
    "talk_changed": talk_changed,
    "cancelled": cancelled,
    "handed_over": handed_over,
    "given_away": given_away,
    "erased": erased,
    "links": resent_links,
    "way_in": way_in,
    "reminder_day": reminder,
    "reminder_hour": reminder,
    "message": organisers_message,
    "interest_confirm": confirm_interest,
    "news": news,
}


def _invitation(template, occasion, **context):
    """Build a mail with the calendar entry of every confirmed talk.

    Exactly one goes along as an alternative too, which mail programs show as an invitation;
    of several they would act on one alone.
    """
    message = _message(template, occasion, **context)
    for row in occasion.confirmed:
        content = calendar.request(row.talk, **_people(occasion))
        if len(occasion.confirmed) == 1:
            _add_as_alternative(message, "REQUEST", content)
        _attach(message, f"{row.talk.slug}.ics", content)
    return message


def _farewell(template, occasion):
    """Build a mail that takes the talk out of the calendar of who had a seat."""
    message = _message(template, occasion)
    if occasion.mail.calendar_sequence is not None:
        _cancel(message, occasion, occasion.mail.calendar_sequence)
    return message


def _cancel(message, occasion, sequence):
    row = occasion.anchor or occasion.rows[0]
    content = calendar.cancel(row.talk, sequence=sequence, **_people(occasion))
    _add_as_alternative(message, "CANCEL", content)
    _attach(message, "abmeldung.ics", content)


def _message(template, occasion, **context) -> Mail:
    anchor = occasion.anchor
    values = {
        "rows": occasion.live or occasion.rows,
        "confirmed": occasion.confirmed,
        "waiting": occasion.waiting,
        "person": anchor,
        "talk": occasion.talk,
        "link": anchor and links.mine_url(anchor),
    }
    return _build(template, occasion, values | context)


def _interest_message(template, occasion, **context) -> Mail:
    return _build(template, occasion, {"interest": occasion.interest} | context)


def _build(template, occasion, values) -> Mail:
    context = values | {
        "mail": occasion.mail,
        "series": occasion.series,
        "site_url": settings.SITE_URL,
        "pending_hours": settings.PENDING_HOURS,
        "join_opens_minutes": settings.JOIN_OPENS_MINUTES,
    }
    subject, text, html = (
        render_to_string(f"email/{template}.{part}", context)
        for part in ("subject.txt", "txt", "html")
    )
    contact = occasion.series.contact_email
    message = Mail(
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


def _with_one_click(message, url):
    """Let mail programs offer to unsubscribe (RFC 2369 §3.2, RFC 8058)."""
    message.extra_headers["List-Unsubscribe"] = f"<{url}>"
    message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _confirm_url(occasion) -> str:
    return links.url("registration:confirm", occasion.anchor.key, links.PURPOSE_CONFIRM)


def _people(occasion) -> dict:
    series, person = occasion.series, occasion.anchor
    return {
        "site_url": settings.SITE_URL,
        "organizer": (
            series.name,
            series.contact_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        ),
        "attendee": (person.name if person else "", occasion.mail.recipient),
        "stamp": timezone.now(),
    }


def _add_as_alternative(message, method, content):
    message.attach_alternative(content.decode(), f"text/calendar; method={method}")


def _attach(message, name, content):
    message.attach(name, content, "application/ics")
