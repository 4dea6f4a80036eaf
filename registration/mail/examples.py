"""Example mails: every mail about a real talk to a person who is none; nothing is stored."""

import copy
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from events.models import Series, Talk
from registration.mail import compose
from registration.models import Message, OutgoingMail, Registration
from registration.models.interest import CONSENT_TEXT, Interest

Kind = OutgoingMail.Kind
State = Registration.State
ADDRESS = "kim@stadt.example"
MESSAGE = {
    "subject": "Noch ein Hinweis: {titel}",
    "text": "Guten Tag {name},\n\nam {termin} sprechen wir auch über <Fördermittel>.\n"
    "Ihr Zugang:\n{zugang}\n\nBis dann!",
}


@dataclass(frozen=True)
class Example:
    """One mail in one of its forms; `name` stands in its address."""

    name: str
    label: str
    kind: str
    state: str = State.CONFIRMED
    sequence: int | None = None
    status: str = Talk.Status.PUBLISHED

    def message(self, talk):
        """Return the mail about `talk`, as it would go out."""
        talk = prepared(talk, self.status)
        mail = OutgoingMail(
            kind=self.kind,
            recipient=ADDRESS,
            message_id="<vorschau@webtalks.invalid>",
            calendar_sequence=self.sequence,
            note="Robin Muster" if self.kind == Kind.HANDED_OVER else "",
            talk=talk,
            organiser_message=Message(talk=talk, **MESSAGE),
        )
        return compose.RENDER[self.kind](self._occasion(mail, talk))

    def _occasion(self, mail, talk):
        series = Series.load()
        if self.kind in (Kind.CONFIRM_INTEREST, Kind.NEWS):
            state = Interest.State.PENDING if self.name == Kind.CONFIRM_INTEREST else "active"
            interest = Interest(
                key="beispiel", email=ADDRESS, state=state, consent_text=CONSENT_TEXT
            )
            return compose.InterestOccasion(mail, interest, series)
        row = Registration(
            key="beispiel",
            talk=talk,
            name="Kim Beispiel",
            email=ADDRESS,
            state=self.state,
            state_reason=Registration.Reason.PERSON,
        )
        return compose.Occasion(mail, [row], None if mail.is_last else row, series)


EXAMPLES = (
    Example("please_confirm", "Bitte bestätigen", Kind.PLEASE_CONFIRM, State.PENDING),
    Example("signed_up", "Anmeldung bestätigt", Kind.SIGNED_UP),
    Example("signed_up_waiting", "Warteliste", Kind.SIGNED_UP, State.WAITING),
    Example("already", "Sie sind bereits angemeldet", Kind.ALREADY),
    Example("already_waiting", "Bereits auf der Warteliste", Kind.ALREADY, State.WAITING),
    Example("promoted", "Sie sind nachgerückt", Kind.PROMOTED),
    Example("no_seat", "Kein Platz frei geworden", Kind.NO_SEAT, State.WAITING),
    Example("talk_changed", "Termin geändert", Kind.TALK_CHANGED),
    Example("talk_cancelled", "Talk abgesagt", Kind.TALK_CHANGED, status=Talk.Status.CANCELLED),
    Example("talk_postponed", "Talk verschoben", Kind.TALK_CHANGED, status=Talk.Status.POSTPONED),
    Example("cancelled", "Abmeldung bestätigt", Kind.CANCELLED, State.CANCELLED, 1),
    Example("handed_over", "Platz erhalten", Kind.HANDED_OVER),
    Example("given_away", "Platz weitergegeben", Kind.GIVEN_AWAY, State.CANCELLED, 1),
    Example("erased", "Angaben gelöscht", Kind.ERASED, State.CANCELLED, 1),
    Example("links", "Ihre Links", Kind.LINKS),
    Example("way_in", "Zugang zum Talk", Kind.WAY_IN),
    Example("reminder_day", "Erinnerung am Tag davor", Kind.REMINDER_DAY),
    Example("reminder_hour", "Erinnerung eine Stunde davor", Kind.REMINDER_HOUR),
    Example("message", "Nachricht an Teilnehmende", Kind.MESSAGE),
    Example("interest_confirm", "Terminhinweise bestätigen", Kind.CONFIRM_INTEREST),
    Example("interest_already", "Schon auf der Liste", Kind.CONFIRM_INTEREST),
    Example("news", "Terminhinweis", Kind.NEWS),
)


def test_copy(mail):
    """Return what an organiser gets who tests a message: it is about a person who is none."""
    message = mail.organiser_message
    row = Registration(
        key="beispiel",
        talk=message.talk,
        name="Kim Beispiel",
        email=mail.recipient,
        state=State.WAITING if message.recipients == "waiting" else State.CONFIRMED,
        joined_at=timezone.now(),
    )
    return compose.RENDER[mail.kind](compose.Occasion(mail, [row], row, Series.load()))


def prepared(talk, status):
    """Return a copy of `talk` in that state and, if it is over, two weeks from now."""
    talk = copy.copy(talk)
    talk.status, talk.publish_at = status, None
    if talk.has_begun:
        length = talk.ends_at - talk.starts_at
        talk.starts_at = talk.starts_at.replace(**_date_of(timezone.now() + timedelta(days=14)))
        talk.ends_at = talk.starts_at + length
    return talk


def _date_of(moment) -> dict:
    return {"year": moment.year, "month": moment.month, "day": moment.day}


def example(name) -> Example | None:
    return next((found for found in EXAMPLES if found.name == name), None)
