"""Nachricht an Teilnehmende: free text to the people of one talk, released and stoppable.

It goes out at once, or is planned: then the worker releases it when its time has come, to whom it
is written to at that moment. A talk that has changed meanwhile stops it.
"""

import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.dates import NBSP, moment_text, short_date_text
from events.method_marks import alters_data
from events.models import Talk
from events.text.fields import LineField, LinesField
from registration.models.mails.outgoing_mail import OutgoingMail
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
        """Keep what was stopped since then and not resumed; `held` is how many mails wait.

        Of a planned one that never went out there are none yet.
        """
        held = Count("mails", filter=Q(mails__state=OutgoingMail.State.HELD))
        stopped = self.filter(stopped_at__gte=since).exclude(subject="", text="")
        waiting = Q(held__gt=0) | Q(released_at=None)
        return stopped.annotate(held=held).filter(waiting).select_related("talk")

    def due(self) -> Self:
        """Keep what was planned and whose time has come, or whose talk has changed since."""
        planned = self.exclude(send_at=None).filter(released_at=None)
        has_changed = ~Q(talk_change_no=F("talk__change_no"))
        return planned.filter(Q(send_at__lte=timezone.now()) | has_changed)

    def with_progress(self) -> Self:
        """Count the mails of each message, as `standing` tells them."""
        mails = OutgoingMail.objects.to_participants().filter(organiser_message=OuterRef("pk"))
        states = {
            "mails_written": mails,
            "mails_sent": mails.filter(state=OutgoingMail.State.SENT),
            "mails_to_go": mails.unsent(),
        }
        counted = {name: Coalesce(number_of(rows), 0) for name, rows in states.items()}
        return self.annotate(**counted)


def number_of(mails: models.QuerySet) -> models.Subquery:
    """Return how many rows `mails` has beside the row of the outer query."""
    counted = mails.order_by().values("organiser_message").annotate(number=Count("pk"))
    return models.Subquery(counted.values("number"), output_field=models.IntegerField())


class Message(models.Model):
    """One text to those of a talk whose registration is in a certain state."""

    class Recipients(models.TextChoices):
        CONFIRMED = "confirmed", "Angemeldete"
        WAITING = "waiting", "Personen auf der Warteliste"
        BOOKED = "booked", "Angemeldete und Warteliste"
        PRESENT = "present", "Angemeldete, von denen bekannt ist, dass sie dabei waren"

    talk = models.ForeignKey(
        Talk, models.CASCADE, verbose_name="Talk", related_name="participant_messages"
    )
    recipients = models.CharField(
        "An",
        max_length=10,
        choices=Recipients,
        default=Recipients.CONFIRMED,
        help_text="Wer dabei war, ist erst bekannt, wenn die Teilnahme eingelesen oder jemand als "
        "dabei vermerkt ist. Wer nur den Zugang benutzt hat, gehört nicht dazu.",
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
    # Set while it waits for its time.
    send_at = models.DateTimeField("Verschicken am", null=True, editable=False)
    # The talk as it was when the message was planned (`Talk.change_no`).
    talk_change_no = models.PositiveIntegerField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    # How many mails there are, were sent, and are still to go, where `with_progress` counted them.
    mails_written = 0
    mails_sent = 0
    mails_to_go = 0

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
        if self.is_to_attended:
            return rows.confirmed().attended()
        return rows.confirmed()

    @property
    def is_to_attended(self) -> bool:
        """Whether it is for those alone of whom it is known that they were there."""
        return self.recipients == self.Recipients.PRESENT

    def reaches(self, row: "Registration") -> bool:
        """Whether the registration is still among those it is written to."""
        if self.recipients == self.Recipients.WAITING:
            return row.is_waiting
        if self.recipients == self.Recipients.BOOKED:
            return row.is_booked
        if self.is_to_attended:
            return row.is_confirmed and row.attended
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
        return self._release()

    @alters_data
    @transaction.atomic
    def plan(self, send_at: datetime) -> bool:
        """Let the worker release it at `send_at`, or at another time than was planned.

        False if it has gone out meanwhile.
        """
        self._lock()
        if self.is_released or self.is_erased:
            return False
        self.send_at, self.stopped_at = send_at, None
        self.talk_change_no = self.talk.change_no
        self.save(update_fields=["send_at", "stopped_at", "talk_change_no"])
        return True

    @alters_data
    @transaction.atomic
    def release_if_due(self) -> bool:
        """Release a planned message whose time has come; stop it once its talk has changed.

        Several workers may call it at once: the second one finds it released.
        """
        self._lock()
        if not self.is_planned or self.is_erased:
            return False
        if self.talk_has_changed:
            self._unplan()
            return False
        if self.is_due:
            self._release()
        return self.is_released

    def _release(self) -> int:
        if self.is_released or self.is_erased:
            return 0
        self.released_at, self.stopped_at, self.send_at = timezone.now(), None, None
        self.save(update_fields=["released_at", "stopped_at", "send_at"])
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

        What has gone out, has; a mail that a worker is sending at this moment goes out too. One
        that is only planned can be changed again.
        """
        self._lock()
        if self.is_planned:
            self._unplan()
            return True
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
        if not (self.is_released and self.is_stopped) or self.is_erased:
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
        self.send_at = None
        self.save(update_fields=["subject", "text", "send_at"])
        self.mails.unsent().erase()
        return True

    @alters_data
    def send_test(self, address: str) -> OutgoingMail:
        """Queue one copy for the organiser, about a person who is none."""
        return OutgoingMail.objects.enqueue_test(self, address)

    def _unplan(self) -> None:
        self.send_at, self.stopped_at = None, timezone.now()
        self.save(update_fields=["send_at", "stopped_at"])

    def _lock(self) -> None:
        (self.talk,) = Talk.objects.lock([self.talk_id])
        words, moments = ["subject", "text"], ["released_at", "stopped_at", "send_at"]
        self.refresh_from_db(fields=[*words, *moments, "talk_change_no"])

    def check_moment(self, send_at: datetime) -> None:
        """Raise ValidationError if the message cannot be planned for `send_at`."""
        if send_at <= timezone.now():
            raise ValidationError(
                "Dieser Zeitpunkt ist schon vorbei. Bitte wählen Sie einen späteren."
            )
        if self.gives_way_in and send_at >= self.talk.ends_at:
            raise ValidationError("Der {zugang} gilt nur bis zum Ende des Talks.")
        if send_at >= (limit := self._names_go_at):
            raise ValidationError(
                f"Am {short_date_text(limit)} werden die Namen gelöscht. "
                "Bitte wählen Sie einen früheren Zeitpunkt."
            )

    @property
    def _names_go_at(self) -> datetime:
        """When nobody is left whom it could reach; a postponed talk keeps its people longer."""
        is_open = self.talk.status == Talk.Status.POSTPONED
        days = settings.POSTPONED_RETENTION_DAYS if is_open else settings.RETENTION_DAYS
        return self.talk.ends_at + timedelta(days=days)

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
    def is_planned(self) -> bool:
        """Whether it waits for its time."""
        return self.send_at is not None and not self.is_released

    @property
    def is_due(self) -> bool:
        """Whether the time has come for which it was planned."""
        return self.send_at is not None and self.send_at <= timezone.now()

    @property
    def is_draft(self) -> bool:
        """Whether its words can still be changed: nobody has it, and it is not planned."""
        return not (self.is_released or self.is_planned or self.is_erased)

    @property
    def talk_has_changed(self) -> bool:
        """Whether the talk has got another date, title or status since the message was planned."""
        return self.talk_change_no not in (None, self.talk.change_no)

    @property
    def fingerprint(self) -> str:
        """What differs as soon as the message would say something else, or to others."""
        words = "\0".join([str(self.talk_id), self.recipients, self.subject, self.text])
        return sha256(words.encode()).hexdigest()[:16]

    @property
    def standing(self) -> str:
        """Where it stands, in words; reads what `with_progress` has counted."""
        if self.is_stopped:
            return "angehalten"
        if self.is_released:
            under_way = f"wird verschickt ({self.mails_sent} von{NBSP}{self.mails_written})"
            return under_way if self.mails_to_go else "verschickt"
        return f"geplant für {moment_text(self.send_at)}" if self.send_at else "Entwurf"

    @property
    def is_erased(self) -> bool:
        """Whether its words are gone, as those of old talks are."""
        return not (self.subject or self.text)

    @property
    def progress(self) -> dict[str, int]:
        """How many mails are in which state; test copies do not count."""
        return self.mails.to_participants().progress()


def release_due() -> int:
    """Release each message whose planned time has come, stop what its talk made wrong.

    Returns how many were released.
    """
    return sum(1 for message in Message.objects.due() if message.release_if_due())
