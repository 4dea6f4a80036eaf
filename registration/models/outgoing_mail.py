"""The outbox: mails written in the transaction of the change that causes them.

`delivery.py` sends them. A worker claims one row, commits, sends, and marks it; should it die
between sending and marking, the lease runs out and one copy with the same Message-ID goes out.
"""

import re
from datetime import timedelta

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from events.models import Talk
from registration.models.addresses import MAX_EMAIL
from registration.models.enqueue import TEST, WritesMails

# Mail servers name the address they refuse; the row has it already, for as long as it may.
AN_ADDRESS = re.compile(r"(?<!\S)\S*@\S*")
# Longer than all time-outs (registration/mail/smtp.py) of one SMTP conversation together.
LEASE = timedelta(minutes=20)
# The condition is that of `OutgoingMailQuerySet.due`; a test holds them together.
CLAIM = """
    UPDATE registration_outgoingmail SET lease_no = lease_no + 1, lease_until = %s
    WHERE id = (
        SELECT id FROM registration_outgoingmail
        WHERE state = 'queued' AND not_before <= %s AND (lease_until IS NULL OR lease_until < %s)
        ORDER BY priority, not_before, id LIMIT 1 {lock}
    )
    RETURNING *
"""


class OutgoingMailQuerySet(WritesMails, models.QuerySet):
    def due(self):
        """Mails that a worker may take now: their time has come and nobody holds a lease."""
        now = timezone.now()
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=now),
            state=OutgoingMail.State.QUEUED,
            not_before__lte=now,
        )

    def created_since(self, moment):
        return self.filter(created_at__gt=moment)

    def queued(self):
        return self.filter(state=OutgoingMail.State.QUEUED)

    def held(self):
        return self.filter(state=OutgoingMail.State.HELD)

    def unsent(self):
        """Keep what may still go out: by itself, or once it is released."""
        return self.filter(state__in=OutgoingMail.UNSENT)

    def to_participants(self):
        """Leave out the test copies, which are about nobody."""
        return self.exclude(dedupe_key__startswith=TEST)

    def with_people(self):
        """Fetch whom each mail is about; what did not arrive comes first."""
        return self.prefetch_related("registrations").order_by("state", "pk")

    def failed(self):
        return self.filter(state=OutgoingMail.State.FAILED)

    def not_overtaken(self):
        return self.exclude(state=OutgoingMail.State.OBSOLETE)

    def undelivered(self):
        """Keep what was refused or is still to go out, but for the last word to somebody."""
        states = (OutgoingMail.State.FAILED, *OutgoingMail.UNSENT)
        return self.filter(state__in=states).exclude(kind__in=LAST_KINDS)

    def about(self, registrations):
        return self.filter(registrations__in=registrations).distinct()

    def of_kind(self, kind):
        return self.filter(kind=kind)

    def of_kind_since(self, kind, moment):
        return self.filter(kind=kind, created_at__gt=moment)

    def told_of_change(self, talk):
        """Keep the mails that told somebody of the talk's latest change."""
        return self.filter(
            kind=OutgoingMail.Kind.TALK_CHANGED,
            registrations__talk=talk,
            dedupe_key__endswith=f":change-{talk.change_no}",
        )

    def of_interests(self, interests):
        return self.filter(interest__in=interests)

    def to_address(self, key: str):
        """Keep mails that hold this address, but for the last word to who is being forgotten."""
        return self.filter(recipient__iexact=key).exclude(kind__in=LAST_KINDS)

    def of_person(self, key: str):
        """Keep mails to the person known by this canonical address.

        Those that a row has from a former person carry another key.
        """
        rows = apps.get_model("registration", "Registration").objects.of(key)
        mine = Q(registration_key__in=rows.exclude(key=None).values("key"))
        return self.filter(mine | Q(interest__email_key=key) | Q(recipient__iexact=key))

    def to_forget(self, written_before):
        """Keep mails that were never delivered and still hold an address or a word about it."""
        holding = ~Q(recipient="") | ~Q(note="") | ~Q(last_error="")
        return self.filter(holding, created_at__lt=written_before)

    def claim(self):
        """Lease the most urgent due mail to the caller and return it; None if there is none.

        One statement, so nobody ever sees a mail that is half taken.
        """
        now = timezone.now()
        has_row_locks = connection.features.has_select_for_update_skip_locked
        statement = CLAIM.format(lock="FOR UPDATE SKIP LOCKED" if has_row_locks else "")
        moments = map(connection.ops.adapt_datetimefield_value, (now + LEASE, now, now))
        claimed = list(self.raw(statement, [*moments]))
        return claimed[0] if claimed else None

    def forget(self):
        """Drop address and key; what has not gone out never will."""
        # One statement: the rows may have been chosen by their state.
        is_unsent = When(state__in=OutgoingMail.UNSENT, then=Value(OutgoingMail.State.OBSOLETE))
        state = Case(is_unsent, default=F("state"))
        return self.update(state=state, recipient="", registration_key="", last_error="", note="")

    def forget_giver(self, key: str, names) -> int:
        """Drop from whom a seat is in the mails to who has it now; return in how many.

        The giver is known by this canonical address, which the mail to them still holds if it
        waits too, and by the names that are left of them.
        """
        given = self.filter(kind=OutgoingMail.Kind.GIVEN_AWAY, recipient__iexact=key)
        from_them = Q(registrations__in=given.values("registrations")) | Q(note__in=names)
        told = self.filter(from_them, kind=OutgoingMail.Kind.HANDED_OVER)
        return told.update(note="")

    def hold(self) -> int:
        """Keep what waits from going out until somebody releases it; return how many."""
        return self.queued().update(state=OutgoingMail.State.HELD, lease_until=None)

    def release(self) -> int:
        """Let held mails go out; return how many. What has expired meanwhile is not sent."""
        return self.held().update(state=OutgoingMail.State.QUEUED)

    claim.alters_data = True
    hold.alters_data = True
    release.alters_data = True
    forget.alters_data = True
    forget_giver.alters_data = True


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
        LINKS = "links", "Ihre Links"
        WAY_IN = "way_in", "Zugang zum Talk"
        REMINDER_DAY = "reminder_day", "Erinnerung am Tag davor"
        REMINDER_HOUR = "reminder_hour", "Erinnerung eine Stunde davor"
        CONFIRM_INTEREST = "interest_confirm", "Terminhinweise bestätigen"
        MESSAGE = "message", "Nachricht"
        NEWS = "news", "Terminhinweis"

    class State(models.TextChoices):
        QUEUED = "queued", "wartet"
        # It may have gone out already, from a database that was lost: no worker takes it.
        HELD = "held", "zurückgehalten"
        SENT = "sent", "verschickt"
        FAILED = "failed", "nicht zustellbar"
        OBSOLETE = "obsolete", "überholt"

    UNSENT = (State.QUEUED, State.HELD)

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
            ),
            models.Index(fields=["-created_at", "-id"], name="outgoing_mail_newest"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.get_state_display()})"

    @property
    def is_resendable(self) -> bool:
        is_done = self.state in (self.State.SENT, self.State.FAILED)
        return is_done and not self.is_last

    @property
    def is_test(self) -> bool:
        return self.dedupe_key.startswith(TEST)

    @property
    def is_last(self) -> bool:
        """Whether it goes to somebody whose data are gone already."""
        return self.kind in LAST_KINDS

    def mark(self, **values):
        """Write what became of this claimed mail, unless another worker has the lease by now."""
        error = str(values["last_error"]).replace("\0", "")
        values["last_error"] = AN_ADDRESS.sub("…", error)[:300]
        queued = OutgoingMail.objects.filter(state=self.State.QUEUED)
        queued.filter(pk=self.pk, lease_no=self.lease_no).update(
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
        unsent = OutgoingMail.objects.unsent().about(rows).of_kind(self.kind)
        if not (self.is_resendable and rows) or unsent.exists():
            return None
        return self.write_again(rows)

    def write_again(self, rows=None):
        """Queue the same mail for the present address of its people, whom the caller locked."""
        rows = rows or list(self.registrations.exclude(key=None).select_related("talk"))
        return OutgoingMail.objects.enqueue(
            self.kind,
            rows,
            sequence=self.calendar_sequence,
            talk_starts_at=self.talk_starts_at,
            expires_at=self.expires_at,
            note=self.note,
            organiser_message=self.organiser_message,
        )

    write_again.alters_data = True
    mark.alters_data = True
    resend.alters_data = True


LAST_KINDS = frozenset({OutgoingMail.Kind.GIVEN_AWAY, OutgoingMail.Kind.ERASED})
