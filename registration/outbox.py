"""The outbox: mails written in the transaction of the change that causes them.

A worker claims one row, commits, sends, and marks it; never is a transaction open while it
talks to the mail server. Should a worker die between sending and marking, the lease runs out
and one copy with the same Message-ID goes out.
"""

import logging
import smtplib
import uuid
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.core.mail import mailers
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from events.models import Series, Talk
from registration import emails
from registration.addresses import MAX_EMAIL, email_key

logger = logging.getLogger(__name__)

# Longer than all time-outs (SMTP_TIMEOUT) of one SMTP conversation together.
LEASE = timedelta(minutes=20)
MAX_BACK_OFF = timedelta(hours=24)
ALREADY_PAUSE = timedelta(hours=24)


class Outcome(StrEnum):
    """What became of one claimed mail."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    OBSOLETE = "obsolete"
    # The operator's fault (server, log-in, sender): the worker waits, no mail loses an attempt.
    PAUSED = "paused"


OPERATORS_FAULT = (
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPNotSupportedError,
)


class OutgoingMailQuerySet(models.QuerySet):
    def due(self):
        """Mails that a worker may take now: their time has come and nobody holds a lease."""
        now = timezone.now()
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=now),
            state=OutgoingMail.State.QUEUED,
            not_before__lte=now,
        )

    def has_recent(self, kind, registrations) -> bool:
        """Whether mails of this kind told of all these rows in the last 24 hours."""
        since = timezone.now() - ALREADY_PAUSE
        told = self.filter(kind=kind, created_at__gt=since, registrations__in=registrations)
        return set(told.values_list("registrations", flat=True)) == {
            row.pk for row in registrations
        }

    def enqueue(self, kind, registrations, *, sequence=None):
        """Write one mail about `registrations` of one person, all of them locked by the caller.

        Recipient and link key are fixed here; a row that is handed over or erased before the
        mail goes out makes it obsolete. `sequence` is the calendar's number of a cancellation.
        """
        # The link shall live as long as any of the talks is ahead.
        last = max(registrations, key=lambda row: (row.talk.ends_at, row.pk))
        newest = max(registrations, key=lambda row: row.pk)
        version = self.filter(kind=kind, registrations=newest).count()
        mail = self.create(
            kind=kind,
            recipient=last.email,
            registration_key=last.key,
            calendar_sequence=sequence,
            dedupe_key=f"{kind}:{newest.uuid}:{version}",
            message_id=f"<{uuid.uuid4()}@{settings.SITE_HOST}>",
        )
        through = OutgoingMail.registrations.through
        through.objects.bulk_create(
            through(outgoingmail=mail, registration=row) for row in registrations
        )
        return mail

    def claim(self):
        """Lease the most urgent due mail to the caller and return it; None if there is none."""
        while self.due().exists():
            with transaction.atomic():
                rows = self.due().order_by("priority", "not_before", "pk")
                if connection.features.has_select_for_update_skip_locked:
                    rows = rows.select_for_update(skip_locked=True)
                mail = rows.first()
                if mail is None or mail._take_lease():
                    return mail
        return None

    def forget(self):
        """Drop address and key; what has not gone out never will."""
        self.filter(state=OutgoingMail.State.QUEUED).update(state=OutgoingMail.State.OBSOLETE)
        return self.update(recipient="", registration_key="", last_error="")

    enqueue.alters_data = True
    claim.alters_data = True
    forget.alters_data = True


class OutgoingMail(models.Model):
    """One mail to one person; its text is rendered when it is sent, so a moved talk is right."""

    class Kind(models.TextChoices):
        SIGNED_UP = "signed_up", "Anmeldung bestätigt / Warteliste"
        ALREADY = "already", "Sie sind bereits angemeldet"
        PROMOTED = "promoted", "Sie sind nachgerückt"
        CANCELLED = "cancelled", "Abmeldung bestätigt"

    class State(models.TextChoices):
        QUEUED = "queued", "wartet"
        SENT = "sent", "verschickt"
        FAILED = "failed", "nicht zustellbar"
        OBSOLETE = "obsolete", "überholt"

    kind = models.CharField("Art", max_length=20, choices=Kind)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField("Rang", default=0)
    recipient = models.EmailField(
        "Empfänger", max_length=MAX_EMAIL, blank=True, help_text="Leer, sobald verschickt."
    )
    registrations = models.ManyToManyField(
        "registration.Registration", verbose_name="Anmeldungen", related_name="mails"
    )
    registration_key = models.CharField(max_length=32, editable=False)
    interest = models.ForeignKey(
        "registration.Interest",
        models.SET_NULL,
        verbose_name="Terminhinweis",
        related_name="mails",
        null=True,
        blank=True,
    )
    # The talk that a mail to the interest list is about.
    talk = models.ForeignKey(
        Talk, models.CASCADE, verbose_name="Talk", related_name="+", null=True, blank=True
    )
    # A reminder is about this beginning and no other.
    talk_starts_at = models.DateTimeField(null=True, editable=False)
    # Words for this mail alone; emptied once sent, like the recipient.
    note = models.TextField(blank=True, editable=False)
    calendar_sequence = models.PositiveIntegerField(null=True, editable=False)
    dedupe_key = models.CharField(max_length=100, unique=True, editable=False)
    message_id = models.CharField("Message-ID", max_length=120, editable=False)
    not_before = models.DateTimeField("Nicht vor", default=timezone.now)
    # Never sent later than this.
    expires_at = models.DateTimeField("Verfällt", null=True, blank=True)
    lease_no = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField("Versuche", default=0)
    last_error = models.CharField("Letzter Fehler", max_length=300, blank=True)
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
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.get_state_display()})"

    @property
    def is_resendable(self) -> bool:
        return self.state in (self.State.SENT, self.State.FAILED)

    def _take_lease(self) -> bool:
        seen, self.lease_no = self.lease_no, self.lease_no + 1
        self.lease_until = timezone.now() + LEASE
        return bool(
            OutgoingMail.objects.filter(pk=self.pk, lease_no=seen).update(
                lease_no=self.lease_no, lease_until=self.lease_until
            )
        )

    def render(self):
        """Return the message as things stand now; None if it has become pointless."""
        rows = list(
            self.registrations.of(email_key(self.recipient))
            .select_related("talk__municipality")
            .prefetch_related("talk__speakers")
            .order_by("talk__starts_at", "pk")
        )
        anchor = next((row for row in rows if row.key == self.registration_key), None)
        if anchor is None or self._is_overtaken(anchor):
            return None
        return emails.RENDER[self.kind](
            emails.Occasion(mail=self, rows=rows, anchor=anchor, series=Series.load())
        )

    def _is_overtaken(self, anchor) -> bool:
        """Whether who cancelled has come back: a CANCEL now would be wrong."""
        back = type(anchor).objects.of(anchor.email_key).in_talk(anchor.talk).live()
        return self.kind == self.Kind.CANCELLED and back.exists()

    def deliver(self, mailer) -> Outcome:
        """Send this claimed mail through the open `mailer` and write down what became of it."""
        try:
            message = self.render()
            if message is None:
                return self._close(Outcome.OBSOLETE)
            mailer.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            return self._refused(*next(iter(error.recipients.values())))
        except smtplib.SMTPDataError as error:
            return self._refused(error.smtp_code, error.smtp_error)
        except OPERATORS_FAULT as error:
            return self._release(Outcome.PAUSED, error)
        except OSError as error:  # smtplib's other errors and a connection that broke
            return self._retry(error)
        except ValueError as error:  # an address or header that cannot be written
            return self._close(Outcome.FAILED, error)
        except Exception as error:  # one bad row never stops the queue
            logger.exception("Mail %s cannot be rendered", self.pk)
            return self._retry(error)
        return self._close(Outcome.SENT)

    def _refused(self, code, text) -> Outcome:
        error = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
        return self._close(Outcome.FAILED, error) if code >= 500 else self._retry(error)

    def _retry(self, error) -> Outcome:
        self.attempts += 1
        # 1, 4, 16 … minutes; given up only when the talk is over and the mail obsolete.
        back_off = timedelta(minutes=4 ** min(self.attempts - 1, 6))
        self.not_before = timezone.now() + min(back_off, MAX_BACK_OFF)
        return self._release(Outcome.RETRY, error)

    def _release(self, outcome, error) -> Outcome:
        self._mark(lease_until=None, last_error=error, attempts=self.attempts)
        return outcome

    def _close(self, outcome, error="") -> Outcome:
        sent = outcome == Outcome.SENT
        self._mark(
            state=outcome.value,
            attempts=self.attempts + 1 if sent else self.attempts,
            sent_at=timezone.now() if sent else None,
            # A refused address is kept: the organiser has to see it.
            recipient=self.recipient if outcome == Outcome.FAILED else "",
            last_error=error,
        )
        return outcome

    def _mark(self, **values):
        """Write the result unless another worker has taken the lease meanwhile."""
        values["last_error"] = str(values["last_error"]).replace("\0", "")[:300]
        OutgoingMail.objects.filter(pk=self.pk, lease_no=self.lease_no).update(
            not_before=self.not_before, **values
        )

    @transaction.atomic
    def resend(self):
        """Queue the mail once more, to the person's present address; return the new mail.

        Returns None if it has not gone out yet, is queued again already, or names nobody any
        more.
        """
        OutgoingMail.objects.select_for_update().get(pk=self.pk)
        self.refresh_from_db()
        rows = list(self.registrations.exclude(key=None).select_related("talk"))
        queued = OutgoingMail.objects.filter(
            kind=self.kind, state=self.State.QUEUED, registrations__in=rows
        )
        if not (self.is_resendable and rows) or queued.exists():
            return None
        return OutgoingMail.objects.enqueue(self.kind, rows, sequence=self.calendar_sequence)

    resend.alters_data = True
    deliver.alters_data = True


def deliver_due(mailer=None, *, keep_going=lambda: True) -> list[Outcome]:
    """Send what is due, one after the other, until nothing is left, it must wait, or must stop.

    One connection serves all; it is closed at the end.
    """
    mailer = mailer or mailers.default
    outcomes = []
    try:
        while keep_going() and (mail := OutgoingMail.objects.claim()):
            outcomes.append(_deliver_claimed(mail, mailer))
            if outcomes[-1] == Outcome.PAUSED:
                break
    finally:
        mailer.close()
    return outcomes


def _deliver_claimed(mail, mailer) -> Outcome:
    try:
        mailer.open()
    except (OSError, ValueError) as error:  # refused, TLS, log-in: nothing the mail could help
        logger.error("The mail server cannot be used: %s", error)
        return mail._release(Outcome.PAUSED, error)
    outcome = mail.deliver(mailer)
    if outcome in (Outcome.RETRY, Outcome.FAILED):
        mailer.close()  # the conversation may be in any state
    return outcome
