"""The outbox: mails written in the transaction of the change that causes them.

`delivery.py` sends them. A worker claims one row, commits, sends, and marks it; should it die
between sending and marking, the lease runs out and one copy with the same Message-ID goes out.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from events.models import Talk
from registration.addresses import MAX_EMAIL

# Longer than all time-outs (SMTP_TIMEOUT) of one SMTP conversation together.
LEASE = timedelta(minutes=20)
DAY = timedelta(hours=24)
# How the key of a copy begins that goes to an organiser alone.
TEST = "test:"
# Mails that a stranger can cause by typing an address into a form: so many a day, then silence.
ASKED_FOR_A_DAY = 3
# The same form again within this time is a second click and no question.
DOUBLE_CLICK = timedelta(minutes=10)


class OutgoingMailQuerySet(models.QuerySet):
    def due(self):
        """Mails that a worker may take now: their time has come and nobody holds a lease."""
        now = timezone.now()
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=now),
            state=OutgoingMail.State.QUEUED,
            not_before__lte=now,
        )

    def queued(self):
        return self.filter(state=OutgoingMail.State.QUEUED)

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
        states = (OutgoingMail.State.FAILED, OutgoingMail.State.QUEUED)
        return self.filter(state__in=states).exclude(kind__in=LAST_KINDS)

    def about(self, registrations):
        return self.filter(registrations__in=registrations).distinct()

    def of_kind_since(self, kind, moment):
        return self.filter(kind=kind, created_at__gt=moment)

    def has_recent(self, kind, registrations, *, period=DAY) -> bool:
        """Whether mails of this kind told of all these rows lately."""
        recent = self.of_kind_since(kind, timezone.now() - period)
        told = recent.filter(registrations__in=registrations)
        return set(told.values_list("registrations", flat=True)) == {
            row.pk for row in registrations
        }

    def may_ask_again(self, kind, registrations, *, limit=ASKED_FOR_A_DAY, since=None) -> bool:
        """Whether one more mail that anybody can ask for may go to this person.

        Counts the mails of this kind about any of `registrations` in the last 24 hours, or since
        the moment given.
        """
        recent = self.of_kind_since(kind, since or timezone.now() - DAY)
        return recent.filter(registrations__in=registrations).distinct().count() < limit

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

    def enqueue(self, kind, registrations, *, is_last=False, anchor=None, **fields):
        """Write one mail about `registrations` of one person, all of them locked by the caller.

        Recipient and link key are fixed here; a row that is handed over or erased before the
        mail goes out makes it obsolete. With `is_last` the person is being forgotten: the mail
        goes out all the same, and has no link. `sequence` is the calendar's number of a
        cancellation, `note` a word for this mail alone.
        """
        # The link shall live as long as any of the talks is ahead.
        last = anchor or max(registrations, key=lambda row: (row.talk.ends_at, row.pk))
        newest = max(registrations, key=lambda row: row.pk)
        version = self.filter(kind=kind, registrations=newest).count()
        mail = self._new(kind, last, version, named_after=newest, **fields)
        if is_last:
            mail.registration_key = ""
        mail.save(force_insert=True)
        self._link((mail, row) for row in registrations)
        return mail

    def ask_to_confirm(self, pending):
        """Ask for the click, three times a day at most; the link lives as long as any row."""
        kind = OutgoingMail.Kind.PLEASE_CONFIRM
        if self.may_ask_again(kind, pending):
            self.enqueue(kind, pending, anchor=max(pending, key=lambda row: row.expires_at))

    def tell_already(self, registrations):
        """Tell the person that they are registered: once a day, and not after a double click."""
        kind = OutgoingMail.Kind
        is_told = self.has_recent(kind.ALREADY, registrations) or self.has_recent(
            kind.SIGNED_UP, registrations, period=DOUBLE_CLICK
        )
        if not is_told:
            self.enqueue(kind.ALREADY, registrations)

    def enqueue_each(self, kind, registrations, *, version, **fields):
        """Write one mail per row, but none that was written before under the same `version`.

        `version` is a word, lest it meet the numbers that `enqueue` counts. The caller holds the
        lock on the talk. Needs four statements, however many rows there are.
        """
        rows = {self._dedupe_key(kind, row, version): row for row in registrations}
        for known in self.filter(dedupe_key__in=list(rows)).values_list("dedupe_key", flat=True):
            del rows[known]
        mails = self.bulk_create(self._new(kind, row, version, **fields) for row in rows.values())
        self._link(zip(mails, rows.values(), strict=True))
        return mails

    def _new(self, kind, row, version, *, named_after=None, sequence=None, **fields):
        return OutgoingMail(
            kind=kind,
            priority=PRIORITIES.get(kind, PERSONAL),
            recipient=row.email,
            registration_key=row.key,
            calendar_sequence=sequence,
            dedupe_key=self._dedupe_key(kind, named_after or row, version),
            message_id=new_message_id(),
            **fields,
        )

    def readdress(self) -> int:
        """Write these mails anew, to the persons' present addresses; return how many.

        The former ones are overtaken, and no longer hold the address that was wrong.
        """
        mails = list(self.order_by("pk"))
        for mail in mails:
            mail.write_again()
        old = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails])
        old.forget()
        old.update(state=OutgoingMail.State.OBSOLETE)
        return len(mails)

    def ask_about_interest(self, interest):
        """Write the mail that asks about, or tells of, a place on the interest list."""
        kind = OutgoingMail.Kind.CONFIRM_INTEREST
        before = self.filter(interest=interest, kind=kind)
        if before.of_kind_since(kind, timezone.now() - DAY).count() < ASKED_FOR_A_DAY:
            mail = self._new(kind, interest, before.count(), interest=interest)
            mail.save(force_insert=True)

    def enqueue_news(self, talk, interests):
        """Write one mail about the new `talk` to each address of the interest list."""
        return self.bulk_create(
            self._new(
                OutgoingMail.Kind.NEWS,
                interest,
                f"talk-{talk.pk}",
                interest=interest,
                talk=talk,
                expires_at=talk.starts_at,
            )
            for interest in interests
        )

    def enqueue_test(self, message, address):
        """Write a copy of the organisers' message to one of them; it is about nobody."""
        return self.create(
            kind=OutgoingMail.Kind.MESSAGE,
            priority=PERSONAL,
            recipient=address,
            organiser_message=message,
            dedupe_key=f"{TEST}{uuid.uuid4()}",
            message_id=new_message_id(),
        )

    @staticmethod
    def _dedupe_key(kind, row, version) -> str:
        return f"{kind}:{row.uuid}:{version}"

    @staticmethod
    def _link(pairs):
        through = OutgoingMail.registrations.through
        through.objects.bulk_create(
            through(outgoingmail=mail, registration=row) for mail, row in pairs
        )

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
        return self.update(recipient="", registration_key="", last_error="", note="")

    enqueue.alters_data = True
    ask_to_confirm.alters_data = True
    tell_already.alters_data = True
    enqueue_each.alters_data = True
    ask_about_interest.alters_data = True
    enqueue_news.alters_data = True
    enqueue_test.alters_data = True
    readdress.alters_data = True
    claim.alters_data = True
    forget.alters_data = True


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

    def _take_lease(self) -> bool:
        seen, self.lease_no = self.lease_no, self.lease_no + 1
        self.lease_until = timezone.now() + LEASE
        return bool(
            OutgoingMail.objects.filter(pk=self.pk, lease_no=seen).update(
                lease_no=self.lease_no, lease_until=self.lease_until
            )
        )

    @property
    def is_test(self) -> bool:
        return self.dedupe_key.startswith(TEST)

    @property
    def is_last(self) -> bool:
        """Whether it goes to somebody whose data are gone already."""
        return self.kind in LAST_KINDS

    def mark(self, **values):
        """Write what became of this claimed mail, unless another worker has the lease by now."""
        values["last_error"] = str(values["last_error"]).replace("\0", "")[:300]
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
        queued = OutgoingMail.objects.filter(
            kind=self.kind, state=self.State.QUEUED, registrations__in=rows
        )
        if not (self.is_resendable and rows) or queued.exists():
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
# Smaller goes first: the way in before everything, personal mail before reminders before news.
PERSONAL = 10
PRIORITIES = {
    OutgoingMail.Kind.WAY_IN: 0,
    OutgoingMail.Kind.REMINDER_HOUR: 20,
    OutgoingMail.Kind.REMINDER_DAY: 21,
    OutgoingMail.Kind.MESSAGE: 25,
    OutgoingMail.Kind.NEWS: 30,
}


def new_message_id() -> str:
    """Return a Message-ID (RFC 5322 §3.6.4) of this site; it stays the same for every copy."""
    return f"<{uuid.uuid4()}@{settings.SITE_HOST}>"
