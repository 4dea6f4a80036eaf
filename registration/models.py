"""Registrations; every change of state is a verb in this module."""

import uuid

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from events.models import Municipality, Revision, Talk
from registration import links
from registration.addresses import MAX_EMAIL, MAX_NAME, email_key
from registration.interest import Interest
from registration.links import new_key
from registration.outbox import OutgoingMail

__all__ = ["Interest", "NotBookable", "OutgoingMail", "Registration"]


class NotBookable(Exception):
    """The form cannot be booked: `talks` do not take registrations now."""

    def __init__(self, talks):
        super().__init__(", ".join(talk.slug for talk in talks))
        self.talks = talks


class RegistrationQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=Registration.LIVE)

    def confirmed(self):
        return self.filter(state=Registration.State.CONFIRMED)

    def waiting(self):
        """Keep the queue, its head first."""
        return self.filter(state=Registration.State.WAITING).order_by("created_at", "pk")

    def in_talk(self, talk):
        return self.filter(talk=talk)

    def of(self, key: str):
        """Keep registrations of one person, known by the canonical address."""
        return self.filter(email_key=key)

    def of_token(self, token: str):
        """Keep what the holder of a link may see: all rows of the person; none if it is dead."""
        key = links.key_of(token, links.PURPOSE_MINE)
        holder = Registration.objects.filter(key=key).exclude(key=None)
        return self.filter(email_key__in=holder.values("email_key")).order_by(
            "talk__starts_at", "created_at"
        )

    def with_talks(self):
        """Fetch what a list of registrations shows of their talks."""
        return self.select_related("talk__municipality").prefetch_related("talk__materials")

    def to_anonymise(self, ended_before, postponed_before):
        """Keep registrations that still name a person although their talk ended before then.

        A talk that waits for its new date keeps its people longer.
        """
        over = Q(talk__ends_at__lt=ended_before) & ~Q(talk__status=Talk.Status.POSTPONED)
        return self.filter(over | Q(talk__ends_at__lt=postponed_before), anonymised_at=None)


class RegistrationManager(models.Manager.from_queryset(RegistrationQuerySet)):
    @transaction.atomic
    def sign_up(self, talks, *, name, email, organisation="", question=""):
        """Book all `talks` for one person, or none; return the live row of each.

        `email` is canonical (addresses.py). Whoever is registered already keeps the row. Raises
        NotBookable before it looks at the address, so the answer never tells whether an address
        is known.
        """
        wanted = [talk.pk for talk in talks]
        locked = Talk.objects.lock(wanted)
        if refused := [talk for talk in locked if not talk.is_bookable]:
            raise NotBookable(refused)
        if not locked or len(locked) < len(set(wanted)):
            raise NotBookable([])
        mine = self.live().of(email_key(email)).filter(talk__in=locked)
        known = {row.talk_id: row for row in mine.select_related("talk")}
        person = {"name": name, "email": email, "organisation": organisation, "question": question}
        admitted = [self._admit(talk, known.get(talk.pk), person) for talk in locked]
        rows = [row for row, _ in admitted]
        if any(is_new for _, is_new in admitted):
            OutgoingMail.objects.enqueue(OutgoingMail.Kind.SIGNED_UP, rows)
        elif not OutgoingMail.objects.has_recent(OutgoingMail.Kind.ALREADY, rows):
            OutgoingMail.objects.enqueue(OutgoingMail.Kind.ALREADY, rows)
        return rows

    @transaction.atomic
    def promote_waiting(self, talk):
        """Give free seats of `talk` to the first in the queue; return who moved up."""
        (talk,) = Talk.objects.lock([talk.pk]) or [None]
        if talk is None or not (talk.is_taking_place and talk.queue_runs and talk.waiting_count):
            return []
        before = talk.registration_state
        free = talk.waiting_count if talk.seats_free is None else max(0, talk.seats_free)
        promoted = list(self.in_talk(talk).waiting().select_related("talk")[:free])
        for row in promoted:
            row._enter(Registration.State.CONFIRMED)
            OutgoingMail.objects.enqueue(OutgoingMail.Kind.PROMOTED, [row])
        talk.seats_taken += len(promoted)
        talk.waiting_count -= len(promoted)
        store_counts(talk, before)
        return promoted

    def _admit(self, talk, row, person):
        """Return the person's row in the locked `talk`, and whether this form has changed it.

        A known `row` stays as it is, unless it waits in vain: once the queue has ended, a free
        seat goes to the next form, whoever sends it.
        """
        before = talk.registration_state
        state = Registration.State.CONFIRMED if talk.has_free_seat else Registration.State.WAITING
        if row is None:
            key = email_key(person["email"])
            row = self.create(talk=talk, email_key=key, state=state, **person)
        elif row.is_confirmed or state == Registration.State.WAITING:
            return row, False
        else:
            row._enter(state)
            talk.waiting_count -= 1
        if row.is_confirmed:
            talk.seats_taken += 1
        else:
            talk.waiting_count += 1
        store_counts(talk, before)
        return row, True

    sign_up.alters_data = True
    promote_waiting.alters_data = True


def store_counts(talk, before):
    """Write the counters of the locked `talk`; raise the revision if its label changed."""
    Talk.objects.store_counts(talk)
    if talk.registration_state != before:
        Revision.bump()


class Registration(models.Model):
    """One person in one talk."""

    class State(models.TextChoices):
        PENDING = "pending", "Noch nicht bestätigt"
        CONFIRMED = "confirmed", "Angemeldet"
        WAITING = "waiting", "Auf der Warteliste"
        CANCELLED = "cancelled", "Abgemeldet"

    class Reason(models.TextChoices):
        PERSON = "person", "von der Person selbst"
        ORGANISER = "organiser", "durch die Veranstalter"
        HANDED_OVER = "handed_over", "Platz weitergegeben"
        EXPIRED = "expired", "nicht rechtzeitig bestätigt"
        FULL = "full", "bei der Bestätigung ausgebucht"

    LIVE = (State.PENDING, State.CONFIRMED, State.WAITING)
    BOOKED = (State.CONFIRMED, State.WAITING)
    TONES = {
        State.PENDING: "wait",
        State.CONFIRMED: "ok",
        State.WAITING: "wait",
        State.CANCELLED: "muted",
    }
    # Emptied when the row is made anonymous.
    PERSONAL = (
        "name",
        "email",
        "email_key",
        "key",
        "organisation",
        "question",
        "state_reason",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Carried by the signed links.
    key = models.CharField(max_length=32, unique=True, null=True, default=new_key, editable=False)  # noqa: DJ001
    talk = models.ForeignKey(
        Talk, models.PROTECT, verbose_name="Talk", related_name="registrations"
    )
    name = models.CharField("Name", max_length=MAX_NAME, null=True)  # noqa: DJ001
    email = models.CharField("E-Mail-Adresse", max_length=MAX_EMAIL, null=True)  # noqa: DJ001
    email_key = models.CharField(max_length=MAX_EMAIL, null=True, editable=False)  # noqa: DJ001
    organisation = models.CharField(  # noqa: DJ001
        "Kommune oder Organisation", max_length=MAX_NAME, null=True, blank=True
    )
    # Set when the organisation names exactly one place; organisers correct it.
    municipality = models.ForeignKey(
        Municipality,
        models.SET_NULL,
        verbose_name="Ort",
        related_name="registrations",
        null=True,
        blank=True,
    )
    question = models.TextField("Frage", null=True, blank=True)  # noqa: DJ001
    reminders_off = models.BooleanField("Keine Erinnerungen", default=False)
    # The way in was used, or an organiser has marked the person as present.
    joined_at = models.DateTimeField("Dabei seit", null=True, blank=True)
    state = models.CharField("Stand", max_length=10, choices=State)
    state_changed_at = models.DateTimeField("Stand seit", default=timezone.now)
    state_reason = models.CharField(  # noqa: DJ001
        "Grund", max_length=12, choices=Reason, null=True, blank=True
    )
    created_at = models.DateTimeField("Angemeldet am", default=timezone.now)
    anonymised_at = models.DateTimeField("Anonymisiert am", null=True)

    objects = RegistrationManager()

    class Meta:
        verbose_name = "Anmeldung"
        verbose_name_plural = "Anmeldungen"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["talk", "email_key"],
                condition=Q(anonymised_at=None, state__in=["pending", "confirmed", "waiting"]),
                name="registration_live_once",
            )
        ]
        indexes = [
            models.Index(fields=["talk", "state", "created_at", "id"], name="registration_queue"),
            models.Index(fields=["email_key"], name="registration_person"),
            models.Index(
                fields=["talk"], condition=Q(anonymised_at=None), name="registration_personal"
            ),
        ]

    def __str__(self):
        return f"{self.name or 'anonym'}: {self.talk}"

    @transaction.atomic
    def cancel(self, reason=Reason.PERSON) -> bool:
        """Free the seat or leave the queue, tell the person, and let the next one move up.

        Returns False, and does nothing, for who is not registered any more or whose talk began.
        """
        (talk,) = Talk.objects.lock([self.talk_id])
        self.refresh_from_db()
        self.talk = talk
        if not self.is_cancellable:
            return False
        before = talk.registration_state
        if self.state == self.State.CONFIRMED:
            talk.seats_taken -= 1
            # The CANCEL outranks every REQUEST so far, and a later REQUEST to the same person
            # outranks the CANCEL, whichever arrives first (RFC 5546 §3.2.5).
            sequence = talk.calendar_sequence + 1
            talk.calendar_sequence += 2
        else:
            talk.waiting_count -= 1
            sequence = None
        self._enter(self.State.CANCELLED, reason)
        store_counts(talk, before)
        OutgoingMail.objects.enqueue(OutgoingMail.Kind.CANCELLED, [self], sequence=sequence)
        Registration.objects.promote_waiting(talk)
        return True

    @transaction.atomic
    def anonymise(self):
        """Forget the person; talk, state and the day stay for the statistics.

        Whoever still has a seat in a coming talk, or waits for one, is cancelled first.
        """
        self.cancel()
        self.mails.filter(registration_key=self.key).forget()
        for field in self.PERSONAL:
            setattr(self, field, None)
        midnight = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
        self.created_at = timezone.localtime(self.created_at).replace(**midnight)
        self.state_changed_at = timezone.localtime(self.state_changed_at).replace(**midnight)
        self.anonymised_at = timezone.localtime().replace(**midnight)
        self.save()

    def _enter(self, state, reason=None):
        self.state, self.state_reason, self.state_changed_at = state, reason, timezone.now()
        self.save(update_fields=["state", "state_reason", "state_changed_at"])

    cancel.alters_data = True
    anonymise.alters_data = True

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_cancellable(self) -> bool:
        """Whether the person can still leave: before the beginning, or while it is open when."""
        is_ahead = self.talk.starts_at > timezone.now()
        return self.is_live and (is_ahead or self.talk.status == Talk.Status.POSTPONED)

    @property
    def tone(self) -> str:
        return self.TONES[self.state]
