"""What the mails say, one function per mail.

They render what they are given and never query. Each returns None if the mail has become
pointless since it was put into the outbox.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator

from events.dates import moment_text
from events.text.prose import ADDRESS
from registration.mail import invitations, reminders, subjects
from registration.mail.mail import Mail, inlined
from registration.mail.occasion import (
    AccountOccasion,
    InterestOccasion,
    Occasion,
    SpeakerOccasion,
)
from registration.models import links
from registration.models.mails.outgoing_mail import OutgoingMail

Kind = OutgoingMail.Kind
# So many words of a recap stand in the mail that brings it.
RECAP_WORDS = 60
RECAP_WHY = (
    "Sie erhalten diese E-Mail einmal, weil Sie zu diesem Talk angemeldet waren und\n"
    "wir sie dabei angekündigt haben."
)


def please_confirm(occasion: Occasion) -> Mail | None:
    """Bitte bestätigen: repeats nothing of what was typed into the form.

    Anybody may have entered the address.
    """
    if not occasion.pending:
        return None
    key = occasion.registration.key
    link = links.url("registration:confirm", key, links.PURPOSE_CONFIRM)
    return _registration_mail("please_confirm", occasion, rows=occasion.pending, link=link)


def signed_up(occasion: Occasion) -> Mail | None:
    """Anmeldung bestätigt / Warteliste: all talks of one form, each with its state."""
    return _invitation("signed_up", occasion) if occasion.live else None


def already(occasion: Occasion) -> Mail | None:
    """Sie sind bereits angemeldet: the same address was entered again."""
    return _invitation("already", occasion) if occasion.live else None


def promoted(occasion: Occasion) -> Mail | None:
    """Sie sind nachgerückt."""
    return _invitation("promoted", occasion) if occasion.confirmed else None


def no_seat(occasion: Occasion) -> Mail | None:
    """Kein Platz frei geworden: the queue ends two hours before the beginning."""
    return _registration_mail("no_seat", occasion) if occasion.waiting else None


def talk_changed(occasion: Occasion) -> Mail | None:
    """Termin geändert, Talk abgesagt or Talk verschoben: what is true when the mail is sent."""
    registration = occasion.registration
    talk = registration.talk
    if not registration.is_booked or talk.status == talk.Status.DRAFT:
        return None
    words = occasion.outgoing.note_about(talk)
    if talk.is_taking_place:
        is_ahead = talk.is_upcoming
        return _invitation("talk_changed", occasion, words=words) if is_ahead else None
    mail = _registration_mail("talk_off", occasion, words=words)
    mail.tells = [registration]
    if registration.is_confirmed:
        _cancel_in_calendar(mail, occasion, talk.calendar_sequence)
    return mail


def cancelled(occasion: Occasion) -> Mail:
    """Abmeldung bestätigt; takes the entry out of the calendar of who had a seat."""
    return _farewell("cancelled", occasion)


def handed_over(occasion: Occasion) -> Mail | None:
    """Platz erhalten: says who entered the address (Art. 14 DSGVO), and how to object.

    Pointless if the talk is over or does not take place, or the seat has been given up.
    """
    registration = occasion.registration
    if not registration.may_be_handed_over:
        return None
    not_me = links.url("registration:not_me", registration.key, links.PURPOSE_NOT_ME)
    return _invitation("handed_over", occasion, not_me=not_me)


def given_away(occasion: Occasion) -> Mail:
    """Platz weitergegeben: the last mail to the person who had the seat before."""
    return _farewell("given_away", occasion)


def erased(occasion: Occasion) -> Mail:
    """Angaben gelöscht: the last mail to a person who had a seat."""
    return _farewell("erased", occasion)


def change_address(occasion: Occasion) -> Mail | None:
    """Adresse ändern: asks at the new address, which anybody with the link may have typed."""
    row, outgoing = occasion.registration, occasion.outgoing
    if not (row.may_move and outgoing.expires_at):
        return None
    wish = links.NewAddress(row.key or "", outgoing.recipient)
    token = links.new_address_token(wish, outgoing.expires_at)
    link = f"{settings.SITE_URL}{reverse('registration:new_address', args=[token])}"
    mine = [each for each in occasion.rows if each.email_key == row.email_key and each.may_move]
    mail = _registration_mail("change_address", occasion, rows=mine, link=link)
    mail.mentions = []  # the person's own address has heard nothing
    return mail


def address_changed(occasion: Occasion) -> Mail:
    """Neue Adresse gilt: to the new address, with everything that an invitation brings."""
    return _invitation("address_changed", occasion)


def address_left(occasion: Occasion) -> Mail:
    """Adresse gilt nicht mehr: to the former one, without the new; its calendar stays."""
    mail = _registration_mail("address_left", occasion)
    mail.mentions = []
    return mail


def resent_links(occasion: Occasion) -> Mail:
    """Ihre Links: asked for with an address, by its owner or by somebody else."""
    return _invitation("links", occasion)


def way_in(occasion: Occasion) -> Mail | None:
    """Zugang zum Talk: asked for on the page that the calendar entry leads to."""
    return _seat_mail("way_in", occasion) if occasion.confirmed else None


def reminder(occasion: Occasion) -> Mail | None:
    """Erinnerung, the day before or an hour before, with the way in; can be switched off."""
    registration = occasion.registration
    if not occasion.confirmed or registration.reminders_off:
        return None
    url = links.url("registration:reminders", registration.key, links.PURPOSE_REMINDERS)
    kind = occasion.outgoing.kind
    mail = _seat_mail(
        "reminder",
        occasion,
        is_hour=kind == Kind.REMINDER_HOUR,
        in_days=reminders.reminder_of(kind).in_days_text,
        unsubscribe=url,
    )
    return with_one_click(mail, url)


def organisers_message(occasion: Occasion) -> Mail | None:
    """Nachricht: the organisers' text, to those who still belong to its recipients."""
    message, row = occasion.outgoing.organiser_message, occasion.registration
    if message is None or message.is_stopped or not message.reaches(row):
        return None
    return _registration_mail(
        "message",
        occasion,
        subject=message.subject_for(row),
        text=message.text_for(row),
        text_parts=message.text_around_way_in(row),
    )


def recap(occasion: Occasion) -> Mail | None:
    """Unterlagen zum Talk: what was promised, in two wordings, and nothing else.

    With the certificate for whoever is known to have been there; nobody reads that they were not.
    No other talk stands in it, and no question how it was: that would be advertising (BGH,
    10.07.2018, VI ZR 225/17).
    """
    row = occasion.registration
    if not (row.talk.is_to_follow_up and row.gets_recap):
        return None
    url = links.url("registration:recap_off", row.key, links.PURPOSE_RECAP)
    mail = _registration_mail(
        "recap",
        occasion,
        has_certificate=row.has_certificate,
        has_documents=row.talk.has_documents,
        talk_url=f"{settings.SITE_URL}{row.talk.get_absolute_url()}",
        why=RECAP_WHY,
        link=f"{links.mine_url(row)}#talk-{row.talk.slug}",
        beginning=beginning_of(row.talk.recap),
        valid_until=moment_text(row.talk.names_go_at),
        unsubscribe=url,
    )
    return with_one_click(mail, url)


def beginning_of(text: str) -> str:
    """Return the first paragraph, cut where it is long; no address that it names."""
    first = text.strip().partition("\n\n")[0]
    before = ADDRESS.split(first, 1)[0].strip()
    return Truncator(before).words(RECAP_WORDS, truncate=" …")


def confirm_interest(occasion: InterestOccasion) -> Mail | None:
    """Bestätigen for the interest list; who is on it already gets the link to change it."""
    interest = occasion.interest
    if interest.is_active:
        return _interest_mail("interest_already", occasion, link=interest.manage_url)
    if not interest.may_confirm:
        return None
    return _interest_mail("interest_confirm", occasion, link=interest.confirm_url)


def news(occasion: InterestOccasion) -> Mail | None:
    """Neuer Termin: a talk is published."""
    interest, talk = occasion.interest, occasion.outgoing.talk
    if talk is None or talk.has_begun or not (talk.is_published and talk.is_taking_place):
        return None
    if not interest.is_active:
        return None
    url = interest.unsubscribe_url
    mail = _interest_mail(
        "news",
        occasion,
        link=interest.manage_url,
        talk=talk,
        about=subjects.about([talk]),
        unsubscribe=url,
    )
    return with_one_click(mail, url)


RENDER: dict[str, Callable[[Occasion], Mail | None]] = {
    Kind.PLEASE_CONFIRM: please_confirm,
    Kind.SIGNED_UP: signed_up,
    Kind.ALREADY: already,
    Kind.PROMOTED: promoted,
    Kind.NO_SEAT: no_seat,
    Kind.TALK_CHANGED: talk_changed,
    Kind.CANCELLED: cancelled,
    Kind.HANDED_OVER: handed_over,
    Kind.GIVEN_AWAY: given_away,
    Kind.ERASED: erased,
    Kind.CHANGE_ADDRESS: change_address,
    Kind.ADDRESS_CHANGED: address_changed,
    Kind.ADDRESS_LEFT: address_left,
    Kind.LINKS: resent_links,
    Kind.WAY_IN: way_in,
    Kind.REMINDER_DAY: reminder,
    Kind.REMINDER_HOUR: reminder,
    Kind.MESSAGE: organisers_message,
    Kind.RECAP: recap,
}
# The mails to the interest list, which are about no registration.
RENDER_FOR_INTEREST: dict[str, Callable[[InterestOccasion], Mail | None]] = {
    Kind.CONFIRM_INTEREST: confirm_interest,
    Kind.NEWS: news,
}


def _invitation(template: str, occasion: Occasion, **context: Any) -> Mail:
    """Write a mail with the calendar entry of every confirmed talk as a file.

    If it is exactly one, it goes along as an alternative to the text too: mail programs show
    that as an invitation. Of several alternatives they would show only one.
    """
    mail = _seat_mail(template, occasion, **context)
    mail.tells = occasion.live
    for row in occasion.confirmed:
        method, content = invitations.of_seat(row, occasion)
        if method == "REQUEST" and len(occasion.confirmed) == 1:
            _add_as_alternative(mail, method, content)
        attach(mail, f"{row.talk.slug}.ics", content)
    return mail


def _farewell(template: str, occasion: Occasion) -> Mail:
    """Write a mail that takes the talk out of the calendar of who had a seat."""
    mail = _registration_mail(template, occasion, is_farewell=True)
    if occasion.outgoing.calendar_sequence is not None:
        _cancel_in_calendar(mail, occasion, occasion.outgoing.calendar_sequence)
    return mail


def _cancel_in_calendar(mail: Mail, occasion: Occasion, sequence: int) -> None:
    row = occasion.linked or occasion.rows[0]
    method, content = invitations.called_off(row, occasion, sequence)
    if method == "CANCEL":
        _add_as_alternative(mail, method, content)
    attach(mail, "abmeldung.ics", content)


def _seat_mail(template: str, occasion: Occasion, **context: Any) -> Mail:
    """Write a mail whose talks show what goes with the seat: way in, number to dial, question.

    Never to somebody whose seat is another's by now.
    """
    return _registration_mail(template, occasion, shows_seat=True, **context)


def _registration_mail(template: str, occasion: Occasion, **context: Any) -> Mail:
    rows = occasion.live or occasion.rows
    values = {
        "rows": rows,
        "about": subjects.about([row.talk for row in rows]),
        "confirmed": occasion.confirmed,
        "waiting": occasion.waiting,
        "announces_recap": occasion.announces_recap,
        "person": occasion.linked,
        "talk": occasion.talk,
        "link": links.mine_url(occasion.linked) if occasion.linked else None,
    }
    mail = build(template, occasion, values | context)
    mail.mentions = occasion.rows
    return mail


def _interest_mail(template: str, occasion: InterestOccasion, **context: Any) -> Mail:
    return build(template, occasion, {"interest": occasion.interest} | context)


def build(
    template: str,
    occasion: Occasion | InterestOccasion | AccountOccasion | SpeakerOccasion,
    values: dict[str, Any],
) -> Mail:
    """Write the mail from its three templates, with the headers that all mails have."""
    context = values | {
        "mail": occasion.outgoing,
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
    mail = Mail(
        subject=subjects.fitting(subject),
        # Tags of the template leave empty lines; several become one.
        body=re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n",
        to=[occasion.outgoing.recipient],
        reply_to=[contact] if contact else None,
        headers={
            "Message-ID": occasion.outgoing.message_id,
            "Content-Language": "de",  # RFC 3282
            "Auto-Submitted": "auto-generated",  # RFC 3834
            "X-Auto-Response-Suppress": "All",
        },
    )
    mail.attach_alternative(inlined(html), "text/html")
    return mail


def with_one_click(mail: Mail, url: str) -> Mail:
    """Let mail programs offer to unsubscribe (RFC 2369 §3.2, RFC 8058)."""
    mail.extra_headers["List-Unsubscribe"] = f"<{url}>"
    mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def _add_as_alternative(mail: Mail, method: str, content: bytes) -> None:
    mail.attach_alternative(content.decode(), f"text/calendar; method={method}")


def attach(mail: Mail, name: str, content: bytes) -> None:
    mail.attach(name, content, "application/ics")
