"""Registrations; every change of a state is a verb here or, for many rows at once, in seats.py."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from events.models import Municipality, Talk
from registration.models import links
from registration.models.addresses import MAX_EMAIL, MAX_NAME, email_key, masked_email
from registration.models.erasure import Erasure
from registration.models.forgetting import Forgettable
from registration.models.outgoing_mail import OutgoingMail
from registration.models.participants import Participant, store_counts
from registration.models.sign_up import RegistrationManager
from registration.models.way_in import WayIn, way_in


class Registration(Forgettable, Participant, models.Model):
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
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Carried by the signed links.
    key = links.LinkKeyField(unique=True, null=True)
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
        permissions = [
            ("export_registration", "Darf Anmeldungen exportieren"),
            ("erase_registration", "Darf alle Angaben einer Person löschen"),
        ]
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
            models.Index(fields=["-created_at", "-id"], name="registration_newest"),
            models.Index(
                fields=["talk"], condition=Q(anonymised_at=None), name="registration_personal"
            ),
        ]

    def __str__(self):
        return f"{self.name or 'anonym'}: {self.talk}"

    @transaction.atomic
    def confirm(self) -> bool:
        """Give a pending row its seat or its place in the queue; False if it is too late."""
        return bool(Registration.objects.confirm([self]))

    @transaction.atomic
    def cancel(self, reason=Reason.PERSON) -> bool:
        """Free the seat or leave the queue, tell the person, and let the next one move up.

        Returns False, and does nothing, for who is not registered any more or whose talk began.
        """
        talk, is_same = self._lock()
        if not (is_same and self.is_cancellable):
            return False
        was_booked = self.is_booked
        sequence = self._leave(talk, reason)
        if was_booked:
            OutgoingMail.objects.enqueue(OutgoingMail.Kind.CANCELLED, [self], sequence=sequence)
        Registration.objects.promote_waiting(talk)
        return True

    @transaction.atomic
    def hand_over(self, *, name, email, organisation="") -> bool:
        """Give the seat, or the place in the queue, to somebody else; both are told.

        The former person's data go at once, and so does the link; for their other talks they get
        a fresh one. Whoever is registered already keeps their own row, and this one is
        cancelled. Returns False if there is nothing to hand over any more.
        """
        talk, is_same = self._lock()
        if not (is_same and self.may_be_handed_over):
            return False
        former, former_key = self.name, self.email_key
        known = Registration.objects.in_talk(talk).of(email_key(email))
        if known.booked().exists():
            self._say_goodbye(OutgoingMail.Kind.GIVEN_AWAY, self._leave(talk))
            self._forget_person(Erasure.Reason.HANDED_OVER)
            Registration.objects.promote_waiting(talk)
        else:
            for row in known.pending():  # anybody may have typed that address
                row._enter(self.State.CANCELLED, self.Reason.HANDED_OVER)
            sequence = self._outrank(talk) if self.is_confirmed else None
            self._say_goodbye(OutgoingMail.Kind.GIVEN_AWAY, sequence)
            self._become(name=name, email=email, organisation=organisation)
            Talk.objects.store_counts(talk)
            OutgoingMail.objects.enqueue(OutgoingMail.Kind.HANDED_OVER, [self], note=former)
        Registration.objects.send_fresh_link(former_key)
        return True

    def join(self):
        """Note that the person went in; the first time counts.

        Needs no lock on the talk: it counts nothing, and all come in the same minute.
        """
        now = timezone.now()
        rows = Registration.objects.confirmed().filter(pk=self.pk, joined_at=None)
        if rows.update(joined_at=now):
            self.joined_at = now

    def switch_reminders_off(self):
        """One-click unsubscribe (RFC 8058) from the reminders of this talk.

        Whoever came back has a newer row, which this concerns too.
        """
        rows = Registration.objects.in_talk(self.talk_id).of(self.email_key)
        rows.update(reminders_off=True)
        self.reminders_off = True

    def _lock(self) -> tuple[Talk, bool]:
        """Lock the person's talks, then read this row anew.

        Returns the row's talk, and whether the row is still this person's: of two clicks at once
        the second finds a row that was handed over or erased meanwhile.
        """
        key = self.key
        mine = Registration.objects.booked().of(self.email_key).values_list("talk_id", flat=True)
        talks = Talk.objects.lock({self.talk_id, *mine})
        self.refresh_from_db()
        self.talk = next(talk for talk in talks if talk.pk == self.talk_id)
        return self.talk, self.key == key

    def _leave(self, talk, reason=Reason.PERSON) -> int | None:
        """Give back what the row holds in the locked `talk`; return the CANCEL's number."""
        before = talk.registration_state
        sequence = self._outrank(talk) if self.is_confirmed else None
        talk.seats_taken -= self.is_confirmed
        talk.waiting_count -= self.is_waiting
        self._enter(self.State.CANCELLED, reason)
        store_counts(talk, before)
        return sequence

    def _outrank(self, talk) -> int:
        """Return a calendar number for a CANCEL to this person.

        It outranks every REQUEST so far, and a later REQUEST to the same person outranks it,
        whichever arrives first (RFC 5546 §3.2.5).
        """
        talk.calendar_sequence += 2
        return talk.calendar_sequence - 1

    def _enter(self, state, reason=None):
        self.state, self.state_reason, self.state_changed_at = state, reason, timezone.now()
        self.save(update_fields=["state", "state_reason", "state_changed_at"])

    confirm.alters_data = True
    cancel.alters_data = True
    hand_over.alters_data = True
    join.alters_data = True
    switch_reminders_off.alters_data = True

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def is_booked(self) -> bool:
        return self.state in self.BOOKED

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_expired(self) -> bool:
        """Whether it goes: PENDING_HOURS after the form, or when the talk begins.

        A beginning that was changed lately makes nobody go: it may be a slip.
        """
        has_begun = self.talk.has_begun and not self.talk.was_moved_lately
        return self.is_pending and (has_begun or self._confirm_until <= timezone.now())

    @property
    def may_confirm(self) -> bool:
        """Whether the click that confirms still gives something."""
        return self.is_pending and self.expires_at > timezone.now()

    @property
    def was_too_late(self) -> bool:
        """Whether the click that confirms came too late."""
        too_late = (self.Reason.EXPIRED, self.Reason.FULL)
        return self.state == self.State.CANCELLED and self.state_reason in too_late

    @property
    def expires_at(self):
        """The last moment at which a pending row can be confirmed."""
        return min(self._confirm_until, self.talk.starts_at)

    @property
    def _confirm_until(self):
        return self.created_at + timedelta(hours=settings.PENDING_HOURS)

    @property
    def is_cancellable(self) -> bool:
        """Whether the person can still leave: before the beginning, or while it is open when."""
        is_ahead = self.talk.starts_at > timezone.now()
        return self.is_live and (is_ahead or self.talk.status == Talk.Status.POSTPONED)

    @property
    def may_be_handed_over(self) -> bool:
        is_on = self.talk.is_taking_place or self.talk.status == Talk.Status.POSTPONED
        return self.is_booked and self.is_cancellable and is_on

    @property
    def may_come_back(self) -> bool:
        return self.state == self.State.CANCELLED and self.talk.is_bookable

    @property
    def tone(self) -> str:
        return self.TONES[self.state]

    @property
    def masked_email(self) -> str:
        return masked_email(self.email)

    @property
    def way_in(self) -> WayIn:
        return way_in(self)

    @property
    def way_in_url(self) -> str:
        return links.url("registration:join", self.key, links.PURPOSE_JOIN)
