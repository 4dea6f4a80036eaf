"""Nachricht an Teilnehmende: free text to the people of one talk, released and stoppable."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from events.models import Talk
from events.models.method_marks import alters_data
from events.text.fields import LineField, LinesField
from registration.models.outgoing_mail import OutgoingMail
from registration.models.queries import RegistrationQuerySet, moved_lately

if TYPE_CHECKING:
    from registration.models.registration import Registration

MAX_TEXT = 5000
FIELD = re.compile(r"\{([^{}\n]*)\}")
# What organisers may write in braces; `field_values` says what a mail says instead.
FIELDS = ("name", "titel", "termin", "zugang")


def field_values(row: "Registration") -> dict[str, str]:
    """Return what stands for each field in the mail to this person."""
    return {
        "name": row.name or "",
        "titel": row.talk.title,
        "termin": row.talk.when_text,
        "zugang": row.way_in_url,
    }


def fill_in(text: str, row: "Registration") -> str:
    """Return `text` with what belongs to the registration; braces in a name mean nothing."""
    values = field_values(row)
    return FIELD.sub(lambda found: values.get(found[1], found[0]), text)


def check_fields(text: str) -> None:
    """Raise ValidationError if `text` has braces that no mail can fill in."""
    if unknown := sorted({f"{{{name}}}" for name in FIELD.findall(text) if name not in FIELDS}):
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise ValidationError(
            f"Diese Felder gibt es nicht: {', '.join(unknown)}. Möglich sind {known}."
        )


class MessageQuerySet(models.QuerySet["Message", "Message"]):
    """The organisers' messages."""

    def to_erase(self, ended_before: datetime) -> Self:
        """Keep words about talks that ended before then and of whose people none is left.

        So they go with the people: later where a new date is awaited, or was entered lately.
        """
        with_people = Talk.objects.filter(
            registrations__isnull=False, registrations__anonymised_at=None
        )
        written = self.exclude(subject="", text="").filter(talk__ends_at__lt=ended_before)
        gone = written.exclude(moved_lately()).exclude(talk__in=with_people.values("pk"))
        return gone.select_related("talk")

    def left_stopped(self, since: datetime) -> Self:
        """Keep what was stopped since then and not resumed; `held` is how many mails wait."""
        held = Count("mails", filter=Q(mails__state=OutgoingMail.State.HELD))
        stopped = self.filter(stopped_at__gte=since).exclude(subject="", text="")
        return stopped.annotate(held=held).filter(held__gt=0).select_related("talk")


class Message(models.Model):
    """One text to those of a talk whose registration is in a certain state."""

    class Recipients(models.TextChoices):
        CONFIRMED = "confirmed", "Angemeldete"
        WAITING = "waiting", "Personen auf der Warteliste"
        BOOKED = "booked", "Angemeldete und Warteliste"
        PRESENT = "present", "Angemeldete, die dabei waren"

    talk = models.ForeignKey(
        Talk, models.CASCADE, verbose_name="Talk", related_name="participant_messages"
    )
    recipients = models.CharField(
        "An", max_length=10, choices=Recipients, default=Recipients.CONFIRMED
    )
    subject = LineField(
        "Betreff", max_length=150, help_text="Möglich sind {name}, {titel} und {termin}."
    )
    text = LinesField(
        "Text",
        max_length=MAX_TEXT,
        help_text="Möglich sind {name}, {titel}, {termin} und {zugang}, der persönliche Link in "
        "den Raum.",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name="Von",
        related_name="+",
        null=True,
        editable=False,
    )
    created_at = models.DateTimeField("Geschrieben am", default=timezone.now, editable=False)
    released_at = models.DateTimeField("Freigegeben am", null=True, editable=False)
    stopped_at = models.DateTimeField("Angehalten am", null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "Nachricht"
        verbose_name_plural = "Nachrichten"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return "Text gelöscht" if self.is_erased else self.subject

    def clean(self) -> None:
        """Refuse fields that cannot be filled in for everybody, or would give the way in away."""
        errors: dict[str, Any] = {}
        for name in ("subject", "text"):
            try:
                check_fields(getattr(self, name) or "")
            except ValidationError as error:
                errors[name] = error
        if "{zugang}" in (self.subject or ""):
            errors["subject"] = "Der Zugang ist persönlich und gehört nicht in den Betreff."
        seats = (self.Recipients.CONFIRMED, self.Recipients.PRESENT)
        if self.gives_way_in and self.recipients not in seats:
            errors["text"] = "Den {zugang} haben nur Angemeldete, nicht die Warteliste."
        if errors:
            raise ValidationError(errors)

    def registrations(self) -> RegistrationQuerySet:
        """Return who gets it, as things stand now."""
        rows = self.talk.registrations.named().select_related("talk").order_by("created_at", "pk")
        if self.recipients == self.Recipients.WAITING:
            return rows.waiting()
        if self.recipients == self.Recipients.BOOKED:
            return rows.booked()
        if self.recipients == self.Recipients.PRESENT:
            return rows.confirmed().exclude(joined_at=None)
        return rows.confirmed()

    def reaches(self, row: "Registration") -> bool:
        """Whether the registration is still among those it is written to."""
        if self.recipients == self.Recipients.WAITING:
            return row.is_waiting
        if self.recipients == self.Recipients.BOOKED:
            return row.is_booked
        if self.recipients == self.Recipients.PRESENT:
            return row.is_confirmed and row.was_there
        return row.is_confirmed

    def subject_for(self, row: "Registration") -> str:
        return fill_in(self.subject, row)

    def text_for(self, row: "Registration") -> str:
        return fill_in(self.text, row)

    def text_around_way_in(self, row: "Registration") -> list[str]:
        """Return the text in pieces: between two of them a mail in HTML names the way in."""
        return [fill_in(piece, row) for piece in self.text.split("{zugang}")]

    @alters_data
    @transaction.atomic
    def release(self) -> int:
        """Queue one mail for each person; return how many. Pressed twice it does nothing more."""
        self._lock()
        if self.is_released or self.is_erased:
            return 0
        self.released_at = timezone.now()
        self.save(update_fields=["released_at"])
        mails = OutgoingMail.objects.enqueue_each(
            OutgoingMail.Kind.MESSAGE,
            self.registrations(),
            version=f"message-{self.pk}",
            organiser_message=self,
            expires_at=self.talk.ends_at if self.gives_way_in else None,
        )
        return len(mails)

    @alters_data
    @transaction.atomic
    def stop(self) -> bool:
        """Send nothing more of it until it is resumed. False if it is not under way.

        What has gone out, has; a mail that a worker is sending at this moment goes out too.
        """
        self._lock()
        if not self.is_released or self.is_stopped:
            return False
        self.stopped_at = timezone.now()
        self.save(update_fields=["stopped_at"])
        self.mails.queued().unclaimed().hold()
        return True

    @alters_data
    @transaction.atomic
    def resume(self) -> int:
        """Let the mails go out that were held back when it was stopped; return how many."""
        self._lock()
        if not self.is_stopped or self.is_erased:
            return 0
        self.stopped_at = None
        self.save(update_fields=["stopped_at"])
        held = self.mails.filter(state=OutgoingMail.State.HELD)
        return held.update(state=OutgoingMail.State.QUEUED)

    @alters_data
    @transaction.atomic
    def erase(self) -> bool:
        """Drop the words, which may name people; when and to how many it was sent, stays."""
        self._lock()
        self.subject = self.text = ""
        self.save(update_fields=["subject", "text"])
        self.mails.unsent().erase()
        return True

    @alters_data
    def send_test(self, address: str) -> OutgoingMail:
        """Queue one copy for the organiser, about a person who is none."""
        return OutgoingMail.objects.enqueue_test(self, address)

    def _lock(self) -> None:
        (self.talk,) = Talk.objects.lock([self.talk_id])
        self.refresh_from_db(fields=["subject", "text", "released_at", "stopped_at"])

    @property
    def gives_way_in(self) -> bool:
        return "{zugang}" in (self.text or "")

    @property
    def is_released(self) -> bool:
        return self.released_at is not None

    @property
    def is_stopped(self) -> bool:
        return self.stopped_at is not None

    @property
    def is_erased(self) -> bool:
        """Whether its words are gone, as those of old talks are."""
        return not (self.subject or self.text)

    @property
    def progress(self) -> dict[str, int]:
        """How many mails are in which state; test copies do not count."""
        state = OutgoingMail.State
        return self.mails.to_participants().aggregate(
            total=Count("pk"),
            sent=Count("pk", filter=Q(state=state.SENT)),
            queued=Count("pk", filter=Q(state__in=OutgoingMail.UNSENT)),
            failed=Count("pk", filter=Q(state=state.FAILED)),
            obsolete=Count("pk", filter=Q(state=state.OBSOLETE)),
        )
