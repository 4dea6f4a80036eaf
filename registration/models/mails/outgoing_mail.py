"""A mail that the site has written: to whom, about what, and what became of it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from events.method_marks import alters_data
from events.models import Talk
from events.text.fields import AddressField, LineField, LinesField
from registration.models.mails import outbox
from registration.models.mails.outbox import TEST, OutgoingMailQuerySet
from registration.models.mails.server_answers import in_words

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.models.registration import Registration

# Mail servers name the address they refuse; the row has it already, for as long as it may.
AN_ADDRESS = re.compile(r"(?<!\S)\S*@\S*")


class OutgoingMail(models.Model):
    """One mail to one person; its text is rendered when it is sent, so a moved talk is right."""

    class Kind(models.TextChoices):
        PLEASE_CONFIRM = "please_confirm", "Bitte bestätigen"
        SIGNED_UP = "signed_up", "Anmeldung bestätigt / Warteliste"
        ALREADY = "already", "Sie sind bereits angemeldet"
        PROMOTED = "promoted", "Sie sind nachgerückt"
        NO_SEAT = "no_seat", "Kein Platz frei geworden"
        TALK_CHANGED = "talk_changed", "Termin geändert / Talk abgesagt"
        CANCELLED = "cancelled", "Abmeldung bestätigt"
        HANDED_OVER = "handed_over", "Platz erhalten"
        GIVEN_AWAY = "given_away", "Platz weitergegeben"
        ERASED = "erased", "Angaben gelöscht"
        CHANGE_ADDRESS = "change_address", "Adresse ändern"
        ADDRESS_CHANGED = "address_changed", "Neue Adresse gilt"
        ADDRESS_LEFT = "address_left", "Adresse gilt nicht mehr"
        LINKS = "links", "Ihre Links"
        WAY_IN = "way_in", "Zugang zum Talk"
        REMINDER_DAY = "reminder_day", "Erinnerung am Tag davor"
        REMINDER_HOUR = "reminder_hour", "Erinnerung eine Stunde davor"
        CONFIRM_INTEREST = "interest_confirm", "Neue Termine per E-Mail: bestätigen"
        MESSAGE = "message", "Nachricht"
        NEWS = "news", "Neuer Termin"
        RECAP = "recap", "Unterlagen zum Talk"
        # To a speaker.
        SPEAKER_LINK = "speaker_link", "Vortrag: Ihr Link"
        SPEAKER_REMINDER = "speaker_reminder", "Vortrag: es fehlt noch etwas"
        SPEAKER_DATES = "speaker_dates", "Vortrag: Termin geändert"
        SPEAKER_ANSWER = "speaker_answer", "Vortrag: Antwort auf einen Vorschlag"
        # To an organiser's account.
        INVITATION = "invitation", "Konto: Einladung"
        NEW_PASSWORD = "new_password", "Konto: Passwort neu setzen"  # noqa: S105 (a kind)
        NEW_SECOND_FACTOR = "new_second_factor", "Konto: zweiten Schritt zurücksetzen"
        ACCOUNT_CHANGED = "account_changed", "Konto: etwas wurde geändert"
        NO_WAY_IN = "no_way_in", "Hinweis: Zugangslink fehlt"
        PUT_OFF = "put_off", "Hinweis: Mailserver nimmt vorerst nicht an"
        TALK_FULL = "talk_full", "Hinweis: Talk ist voll"
        NAMES_GO = "names_go", "Hinweis: Namen gehen bald"
        OFFER = "offer", "Hinweis: Eine Kommune möchte berichten"
        BOUNCED = "bounced", "Hinweis: Eine Mail kam zurück"

    class State(models.TextChoices):
        QUEUED = "queued", "wartet"
        # It may have gone out already, from a database that was lost: no worker takes it.
        HELD = "held", "zurückgehalten"
        SENT = "sent", "verschickt"
        FAILED = "failed", "unzustellbar"
        OBSOLETE = "obsolete", "entfallen"

    UNSENT = (State.QUEUED, State.HELD)
    # They say when the talk is and whether it takes place, and bring the calendar's entry.
    STATES_THE_TALK = (
        Kind.SIGNED_UP,
        Kind.ALREADY,
        Kind.PROMOTED,
        Kind.TALK_CHANGED,
        Kind.HANDED_OVER,
        Kind.ADDRESS_CHANGED,
        Kind.LINKS,
    )
    # The same of speakers.
    TELLS_SPEAKER = (Kind.SPEAKER_LINK, Kind.SPEAKER_DATES)
    # They go to somebody, or to an address, whose data are gone already.
    LAST_KINDS = (Kind.GIVEN_AWAY, Kind.ERASED, Kind.ADDRESS_LEFT)

    kind = models.CharField("Art", max_length=20, choices=Kind)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField("Rang", default=0)
    recipient = AddressField("Empfänger", blank=True, help_text="Leer, sobald verschickt.")
    registrations = models.ManyToManyField(
        "registration.Registration", verbose_name="Anmeldungen", related_name="mails"
    )
    registration_key = models.CharField(max_length=32, editable=False)
    interest = models.ForeignKey(
        "registration.Interest",
        models.SET_NULL,
        verbose_name="Eintrag für neue Termine",
        related_name="mails",
        null=True,
        blank=True,
    )
    # The speaker that it is to, as long as their address is known.
    speaker_link = models.ForeignKey(
        "registration.SpeakerLink",
        models.SET_NULL,
        verbose_name="Referentin oder Referent",
        related_name="mails",
        null=True,
        blank=True,
    )
    # The organiser that it is to, where it is to no participant.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="Konto",
        related_name="+",
        null=True,
        blank=True,
    )
    # The talk that a mail to the interest list, to a speaker or to an organiser is about.
    talk = models.ForeignKey(
        Talk, models.CASCADE, verbose_name="Talk", related_name="+", null=True, blank=True
    )
    organiser_message = models.ForeignKey(
        "registration.Message",
        models.CASCADE,
        verbose_name="Nachricht",
        related_name="mails",
        null=True,
        blank=True,
    )
    # A reminder is about this beginning and no other.
    talk_starts_at = models.DateTimeField(null=True, editable=False)
    # Words for this mail alone; emptied once sent, like the recipient. What organisers write with
    # a change stays as long as an address that was refused: the mail may be sent again.
    note = LinesField(blank=True, editable=False)
    # The change of its talk (`Talk.change_no`) that the note is about, and no later one.
    note_change_no = models.PositiveIntegerField(null=True, editable=False)
    calendar_sequence = models.PositiveIntegerField(null=True, editable=False)
    dedupe_key = models.CharField(max_length=100, unique=True, editable=False)
    message_id = models.CharField("Message-ID", max_length=120, editable=False)
    not_before = models.DateTimeField("Nicht vor", default=timezone.now)
    # Never sent later than this.
    expires_at = models.DateTimeField("Verfällt", null=True, blank=True)
    lease_no = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField("Versuche", default=0)
    last_error = LineField("Letzter Fehler", max_length=300, blank=True)
    # When it came back after a server had taken it; `last_error` is the status code alone then.
    bounced_at = models.DateTimeField("Zurückgekommen am", null=True, editable=False)
    created_at = models.DateTimeField("Geschrieben am", default=timezone.now)
    sent_at = models.DateTimeField("Verschickt am", null=True, blank=True)

    objects = models.Manager.from_queryset(OutgoingMailQuerySet)()

    class Meta:
        verbose_name = "Ausgehende Mail"
        verbose_name_plural = "Ausgehende Mails"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["priority", "not_before", "id"],
                condition=Q(state="queued"),
                name="outgoing_mail_due",
            ),
            models.Index(fields=["-created_at", "-id"], name="outgoing_mail_newest"),
            # A report of a mail that came back names nothing else.
            models.Index(fields=["message_id"], name="outgoing_mail_message_id"),
            # Few among very many: the first page counts them.
            models.Index(fields=["id"], condition=Q(state="held"), name="outgoing_mail_held"),
            models.Index(
                fields=["created_at"], condition=Q(state="failed"), name="outgoing_mail_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_state_display()})"

    @property
    def is_resendable(self) -> bool:
        is_done = self.state in (self.State.SENT, self.State.FAILED)
        return is_done and not self.is_last and not self.is_to_new_address

    @property
    def is_test(self) -> bool:
        return self.dedupe_key.startswith(TEST)

    @property
    def is_last(self) -> bool:
        """Whether it goes to somebody whose data are gone already."""
        return self.kind in self.LAST_KINDS

    @property
    def is_to_new_address(self) -> bool:
        """Whether it asks at an address that is not the person's yet, and stands nowhere else."""
        return self.kind == self.Kind.CHANGE_ADDRESS

    @property
    def keeps_note(self) -> bool:
        """Whether its note stays when it has gone out, so that it can be sent once more.

        It is what organisers wrote about the talk or to a speaker; `forget_notes` takes it later.
        """
        kinds = (self.Kind.TALK_CHANGED, self.Kind.SPEAKER_LINK, self.Kind.SPEAKER_ANSWER)
        return self.kind in kinds

    def note_about(self, talk: Talk) -> str:
        """Return what organisers wrote with this change of `talk`; "" once it changed again."""
        return self.note if self.note_change_no == talk.change_no else ""

    @property
    def answer(self) -> str:
        """What the mail server has said, in our words; "" if nothing went wrong."""
        words = in_words(self.last_error)
        if self.bounced_at is None:
            return words
        return f"Kam zurück: {words}" if words else "Kam zurück"

    @property
    def talks(self) -> list[Talk]:
        """The talks that it is about; reads what `with_people_and_talks` has fetched."""
        of_news, message = self.talk, self.organiser_message
        known = [row.talk for row in self.registrations.all()]
        known += [of_news] if of_news else []
        known += [message.talk] if message else []
        return sorted(set(known), key=lambda talk: (talk.starts_at, talk.pk))

    @property
    def person(self) -> "Registration | None":
        """The registration of whom it went to, as long as it is that person's and named.

        The row may be another person's by now, or the person may be gone.
        """
        key = self.registration_key
        return next((row for row in self.registrations.all() if key and row.key == key), None)

    @property
    def present_address(self) -> str:
        """The address that it went to, while that is still the address of whom it was to.

        "" otherwise, and for what nobody could correct: a last mail, a test copy, a question to
        an address that is nobody's yet.
        """
        if self.is_test or self.is_last or self.is_to_new_address:
            return ""
        if self.account is not None:
            return self._address_of_account(self.account)
        interest = self.interest if self.interest and self.interest.is_live else None
        holder = self.person or interest or self.speaker_link
        if holder is None or holder.key != self.registration_key:
            return ""
        return holder.email or ""

    def _address_of_account(self, account: "User") -> str:
        """Return the account's address, unless something was changed since, which may be it."""
        changes = OutgoingMail.objects.filter(account=account, kind=self.Kind.ACCOUNT_CHANGED)
        is_theirs = account.is_active and not changes.filter(pk__gte=self.pk).exists()
        return account.email if is_theirs else ""

    @property
    def has_gone_out(self) -> bool:
        """Whether a server may have it: also while its worker has not yet written so, or died."""
        is_claimed = self.state == self.State.QUEUED and self.lease_until is not None
        return self.state == self.State.SENT or is_claimed

    @alters_data
    def mark_bounced(self, status: str) -> bool:
        """Write that this mail, which the caller has locked, came back with `status` (RFC 3463).

        It is then like one that was refused at once: with the address, for it can be corrected.
        Returns False, and does nothing, if it came back before, never went out, or is nobody's
        any more.
        """
        address = self.present_address
        if self.bounced_at is not None or not (self.has_gone_out and address):
            return False
        self.state, self.recipient, self.last_error = self.State.FAILED, address, status
        self.bounced_at = timezone.now()
        self.save(update_fields=["state", "recipient", "last_error", "bounced_at"])
        return True

    @alters_data
    def renew_lease(self) -> bool:
        """Let the lease of this claimed mail begin now; False if another worker has it by now."""
        until = timezone.now() + outbox.LEASE
        return bool(self._leased().update(lease_until=until))

    def _leased(self) -> OutgoingMailQuerySet:
        """Keep this mail as long as nobody else has claimed it."""
        return OutgoingMail.objects.queued().filter(pk=self.pk, lease_no=self.lease_no)

    @alters_data
    def mark(self, **values: Any) -> None:
        """Write what became of this claimed mail, unless another worker has the lease by now."""
        error = str(values["last_error"]).replace("\0", "")
        values["last_error"] = AN_ADDRESS.sub("…", error)[:300]
        self._leased().update(not_before=self.not_before, **values)

    @alters_data
    @transaction.atomic
    def resend(self) -> "OutgoingMail | None":
        """Queue the mail once more, to the person's present address; return the new mail.

        Returns None if it has not gone out yet, is queued again already, or names nobody any
        more.
        """
        self.refresh_from_db()
        # The link before its mails, as wherever both are locked; a dead one gets none.
        if self.speaker_link is not None and not self.speaker_link.lock_living():
            return None
        OutgoingMail.objects.select_for_update().get(pk=self.pk)
        self.refresh_from_db()
        rows = list(self.registrations.exclude(key=None).select_related("talk"))
        unsent = OutgoingMail.objects.unsent().filter(kind=self.kind)
        if self.speaker_link is not None:
            unsent = unsent.filter(speaker_link=self.speaker_link)
        else:
            unsent = unsent.about(rows)
        is_to_somebody = self.speaker_link is not None or bool(rows)
        if not (self.is_resendable and is_to_somebody) or unsent.exists():
            return None
        return self.write_again(rows)

    @alters_data
    def write_again(self, rows: Sequence["Registration"] | None = None) -> "OutgoingMail | None":
        """Queue the same mail for the present address of its people, whom the caller locked."""
        if self.speaker_link is not None:
            before = OutgoingMail.objects.filter(speaker_link=self.speaker_link, kind=self.kind)
            return OutgoingMail.objects.enqueue_to_speaker(
                self.kind,
                self.speaker_link,
                f"again-{before.count()}",
                note=self.note,
                talk_starts_at=self.talk_starts_at,
            )
        rows = rows or list(self.registrations.exclude(key=None).select_related("talk"))
        return OutgoingMail.objects.enqueue(
            self.kind,
            rows,
            sequence=self.calendar_sequence,
            talk_starts_at=self.talk_starts_at,
            expires_at=self.expires_at,
            note=self.note,
            note_change_no=self.note_change_no,
            organiser_message=self.organiser_message,
        )
