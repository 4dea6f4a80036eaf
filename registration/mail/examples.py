"""Example mails: each mail about a real talk, to an invented person; nothing is stored."""

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from events.models import Series, Speaker, Talk
from registration.mail import account_mails, compose, speaker_mails
from registration.mail.mail import Mail
from registration.mail.occasion import (
    AccountOccasion,
    InterestOccasion,
    Occasion,
    SpeakerOccasion,
)
from registration.models import Message, OutgoingMail, Registration, SpeakerLink
from registration.models.interest import CONSENT_TEXT, Interest
from registration.models.mails.outbox import WITH_CERTIFICATE
from registration.models.speakers.missing import WANTED

Kind = OutgoingMail.Kind
State = Registration.State
ADDRESS = "kim@stadt.example"
QUESTION = "Wer trägt die laufenden Kosten?"
MESSAGE = {
    "subject": "Noch ein Hinweis: {titel}",
    "text": "Guten Tag {name},\n\nam {termin} sprechen wir auch über <Fördermittel>.\n"
    "Ihr Zugang:\n{zugang}\n\nBis dann!",
}
RECAP = "So war der Talk: hier steht, was die Vortragenden berichtet haben."

# What stands in the notes of the mails to organisers.
NOTES: dict[str, str] = {
    Kind.ACCOUNT_CHANGED: "Ihr Passwort wurde geändert.",
    Kind.PUT_OFF: "Erinnerung am Tag davor",
    Kind.NAMES_GO: "In 7 Tagen werden die Namen gelöscht. Es fehlt: Material",
}
ANSWER = "Titel: übernommen\nText: nicht übernommen. Er ist für die Karte zu lang."


@dataclass(frozen=True)
class Example:
    """One form of one kind of mail; the address of its preview ends in its `name`.

    `state` is that of the registration, `status` that of the talk, and `sequence` the number of
    the calendar's cancellation.
    """

    name: str
    label: str
    kind: OutgoingMail.Kind
    state: Registration.State = State.CONFIRMED
    sequence: int | None = None
    status: Talk.Status = Talk.Status.PUBLISHED
    # Whether the person was there; only the mail with the material tells one from the other.
    was_there: bool = False

    def message(self, talk: Talk, words: str = "") -> Mail | None:
        """Return the mail about `talk`, as it would go out; with `words` of the organisers."""
        talk = over(talk) if self.kind == Kind.RECAP else prepared(talk, self.status)
        outgoing = OutgoingMail(
            kind=self.kind,
            recipient=ADDRESS,
            message_id="<vorschau@webtalks.invalid>",
            calendar_sequence=self.sequence,
            note="Robin Muster" if self.kind == Kind.HANDED_OVER else words,
            note_change_no=talk.change_no,
            talk=talk,
            expires_at=timezone.now() + timedelta(hours=settings.PENDING_HOURS),
            organiser_message=Message(talk=talk, **MESSAGE),
        )
        if self.kind in account_mails.WORDS:
            return self._render_for_account(outgoing)
        if self.kind in speaker_mails.RENDER:
            return self._render_for_speaker(outgoing, talk)
        if self.kind in compose.RENDER_FOR_INTEREST:
            return self._render_for_interest(outgoing)
        return self._render_for_registration(outgoing, talk)

    def _render_for_account(self, outgoing: OutgoingMail) -> Mail | None:
        """Show the words; the link is none that anybody could use."""
        outgoing.note = NOTES.get(self.kind, "")
        if outgoing.talk is not None:
            outgoing.talk.capacity = outgoing.talk.capacity or 100
            outgoing.talk.seats_taken = outgoing.talk.capacity
            outgoing.talk.meeting_url = ""
        account = User(username=ADDRESS, email=ADDRESS, first_name="Kim")
        link = f"{settings.SITE_URL}{reverse('set_password', args=[0, 'beispiel'])}"
        return account_mails.render(AccountOccasion(outgoing, account, Series.load(), link))

    def _render_for_interest(self, outgoing: OutgoingMail) -> Mail | None:
        is_new = self.name == Kind.CONFIRM_INTEREST
        interest = Interest(
            key="beispiel",
            email=ADDRESS,
            state=Interest.State.PENDING if is_new else Interest.State.ACTIVE,
            consent_text=CONSENT_TEXT,
        )
        occasion = InterestOccasion(outgoing, interest, Series.load())
        return compose.RENDER_FOR_INTEREST[self.kind](occasion)

    def _render_for_speaker(self, outgoing: OutgoingMail, talk: Talk) -> Mail | None:
        """Show the mail to somebody who was told of the talk as it was, and lacks everything."""
        if self.kind == Kind.SPEAKER_ANSWER:
            outgoing.note = ANSWER
        is_about_check = self.name == "speaker_check"
        before = timedelta() if is_about_check or talk.is_called_off else timedelta(days=7)
        link = SpeakerLink(
            key="beispiel",
            speaker=Speaker(talk=with_check(talk), name="Kim Beispiel"),
            email=ADDRESS,
            told_starts_at=talk.starts_at - before,
            told_ends_at=talk.ends_at - before,
            told_status=Talk.Status.PUBLISHED,
            told_check_at=None if is_about_check else talk.check_at,
            told_check_url=talk.check_link,
        )
        return speaker_mails.render(SpeakerOccasion(outgoing, link, Series.load(), WANTED))

    def _render_for_registration(self, outgoing: OutgoingMail, talk: Talk) -> Mail | None:
        row = Registration(
            key="beispiel",
            talk=talk,
            name="Kim Beispiel",
            email=ADDRESS,
            state=self.state,
            state_reason=Registration.Reason.PERSON,
            question="" if self.kind == Kind.HANDED_OVER else QUESTION,
            told_starts_at=told_date(talk),
            recap_promised=True,
            marked_present=self.was_there,
        )
        row.queue_position = 3
        linked = None if outgoing.is_last else row
        occasion = Occasion(outgoing, [row], linked, Series.load())
        return compose.RENDER[self.kind](occasion)


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
    Example("change_address", "Adresse ändern", Kind.CHANGE_ADDRESS),
    Example("address_changed", "Neue Adresse gilt", Kind.ADDRESS_CHANGED),
    Example("address_left", "Adresse gilt nicht mehr", Kind.ADDRESS_LEFT),
    Example("links", "Ihre Links", Kind.LINKS),
    Example("way_in", "Zugang zum Talk", Kind.WAY_IN),
    Example("reminder_day", "Erinnerung am Tag davor", Kind.REMINDER_DAY),
    Example("reminder_hour", "Erinnerung eine Stunde davor", Kind.REMINDER_HOUR),
    Example("recap_certificate", "Unterlagen, mit Bescheinigung", Kind.RECAP, was_there=True),
    Example("recap", "Unterlagen, ohne Bescheinigung", Kind.RECAP),
    Example("message", "Nachricht an Teilnehmende", Kind.MESSAGE),
    Example("interest_confirm", "Neue Termine per E-Mail: bestätigen", Kind.CONFIRM_INTEREST),
    Example(
        "interest_already", "Neue Termine per E-Mail: schon eingetragen", Kind.CONFIRM_INTEREST
    ),
    Example("news", "Neuer Termin", Kind.NEWS),
    Example("speaker_link", "Vortrag: Ihr Link", Kind.SPEAKER_LINK),
    Example("speaker_reminder", "Vortrag: es fehlt noch etwas", Kind.SPEAKER_REMINDER),
    Example("speaker_dates", "Vortrag: neuer Termin", Kind.SPEAKER_DATES),
    Example("speaker_check", "Vortrag: Technik-Check", Kind.SPEAKER_DATES),
    Example("speaker_off", "Vortrag: abgesagt", Kind.SPEAKER_DATES, status=Talk.Status.CANCELLED),
    Example(
        "speaker_later", "Vortrag: verschoben", Kind.SPEAKER_DATES, status=Talk.Status.POSTPONED
    ),
    Example("speaker_answer", "Vortrag: Antwort auf Vorschläge", Kind.SPEAKER_ANSWER),
    *(Example(kind.value, kind.label, kind) for kind in Kind if kind in account_mails.WORDS),
)


def test_copy(outgoing: OutgoingMail) -> Mail | None:
    """Return the copy of a message for the organiser who tests it; it is to an invented person."""
    message = outgoing.organiser_message
    if message is None:
        return _recap_copy(outgoing)
    row = invented_person(message, outgoing.recipient)
    occasion = Occasion(outgoing, [row], row, Series.load())
    return compose.RENDER[outgoing.kind](occasion)


def _recap_copy(outgoing: OutgoingMail) -> Mail | None:
    """Return the copy of the mail with the material, in the wording that the organiser chose."""
    if outgoing.talk is None:
        return None
    was_there = outgoing.note == WITH_CERTIFICATE
    row = recap_reader(outgoing.talk, outgoing.recipient, was_there=was_there)
    return compose.recap(Occasion(outgoing, [row], row, Series.load()))


def recap_reader(talk: Talk, email: str = ADDRESS, *, was_there: bool) -> Registration:
    """Return a person who does not exist and gets the material of `talk`."""
    return Registration(
        key="beispiel",
        talk=talk,
        name="Kim Beispiel",
        email=email,
        state=State.CONFIRMED,
        recap_promised=True,
        marked_present=was_there,
    )


def invented_person(message: Message, email: str = ADDRESS) -> Registration:
    """Return a person who does not exist, among those whom the message is written to."""
    is_waiting = message.recipients == Message.Recipients.WAITING
    return Registration(
        key="beispiel",
        talk=message.talk,
        name="Kim Beispiel",
        email=email,
        state=State.WAITING if is_waiting else State.CONFIRMED,
        marked_present=message.is_to_attended,
    )


def prepared(talk: Talk, status: Talk.Status) -> Talk:
    """Return a copy of `talk` with this status; if it has begun, it lies in two weeks."""
    talk = copy.copy(talk)
    talk.status, talk.publish_at = status, None
    if talk.has_begun:
        length = talk.ends_at - talk.starts_at
        day = timezone.now() + timedelta(days=14)
        talk.starts_at = talk.starts_at.replace(year=day.year, month=day.month, day=day.day)
        talk.ends_at = talk.starts_at + length
    return talk


def with_check(talk: Talk) -> Talk:
    """Give a prepared copy of a talk a technical check that is ahead, if it has none."""
    now = timezone.now()
    if talk.check_at is None or talk.check_at <= now:
        talk.check_at = talk.starts_at - min(timedelta(days=2), (talk.starts_at - now) / 2)
    return talk


def over(talk: Talk) -> Talk:
    """Return a copy of `talk` that is over and has something to read; it ended an hour ago."""
    talk = copy.copy(talk)
    talk.status, talk.publish_at = Talk.Status.PUBLISHED, None
    if not talk.is_to_follow_up:
        length = talk.ends_at - talk.starts_at
        talk.ends_at = timezone.now() - timedelta(hours=1)
        talk.starts_at = talk.ends_at - length
    if not talk.has_documents:
        talk.recap = RECAP
    return talk


def told_date(talk: Talk) -> datetime | None:
    """Return what somebody was told of the date who still has to hear of the change.

    Where nobody has to, it is the talk's date before.
    """
    untold = Registration.objects.in_talk(talk).untold()
    row = untold.with_another_date().first() or untold.first()
    return row.told_starts_at if row else talk.previous_starts_at


def example(name: str) -> Example | None:
    return next((found for found in EXAMPLES if found.name == name), None)
