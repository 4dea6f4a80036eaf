"""The outbox: mails written in the transaction of the change that causes them.

Here stands who may get which mail, how often and in which rank, and how a worker claims the next
one. `registration/mail/deliver.py` sends them: a worker claims one row, commits, sends, and marks
it; should it die between sending and marking, the lease runs out and one copy with the same
Message-ID goes out.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, cast

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Value, When
from django.utils import timezone

from events.method_marks import alters_data
from events.models import Talk
from registration.models import limits

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from registration.models.interest import Interest
    from registration.models.mails.organiser_message import Message
    from registration.models.mails.outgoing_mail import OutgoingMail
    from registration.models.registration import Registration
    from registration.models.speakers.speaker_link import SpeakerLink

# Longer than a mail can take to be sent (LONGEST_SENDING in registration/mail/smtp.py), and short
# enough: a mail whose worker died is taken again when it is over.
LEASE = timedelta(seconds=280)
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
DAY = timedelta(hours=24)
# A notice to organisers that could not go out for so long is old news.
NOTICE_LASTS = timedelta(days=2)
# How the key of a copy begins that goes to an organiser alone.
TEST = "test:"
# The note of such a copy that shows the wording with the certificate.
WITH_CERTIFICATE = "Bescheinigung"
# The same form again within this time is a second click and no question.
DOUBLE_CLICK = timedelta(minutes=10)
# Smaller goes first: the way in before everything, personal mail before reminders before news.
PERSONAL = 10
PRIORITIES = {
    "way_in": 0,
    "reminder_hour": 20,
    "reminder_day": 21,
    "message": 25,
    "recap": 26,
    "news": 30,
}


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail", "OutgoingMail"]):
    """Which mails, and the verbs that write, claim, hold and erase them."""

    def due(self) -> Self:
        """Mails that a worker may take now: their time has come and nobody holds a lease."""
        now = timezone.now()
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=now),
            state=self.model.State.QUEUED,
            not_before__lte=now,
        )

    def waiting_since(self) -> datetime | None:
        """Return since when the oldest mail waits that should have gone out; None without one."""
        oldest = self.overdue().aggregate(oldest=Min("since"))["oldest"]
        return cast("datetime | None", oldest)

    def overdue(self) -> Self:
        """Keep what should have gone out, each with the moment `since` when.

        One that a server has put off counts from when it was written: each try moves its time.
        """
        now = timezone.now()
        is_due = Q(not_before__lte=now) & (Q(lease_until=None) | Q(lease_until__lt=now))
        since = Case(When(last_error="", then="not_before"), default="created_at")
        return self.queued().filter(is_due | ~Q(last_error="")).annotate(since=since)

    def queued(self) -> Self:
        return self.filter(state=self.model.State.QUEUED)

    def unclaimed(self) -> Self:
        """Leave out what a worker is sending at this moment."""
        return self.exclude(lease_until__gte=timezone.now())

    def held(self) -> Self:
        """Keep what waits for somebody to release it; a stopped message is resumed as a whole."""
        of_stopped = Q(organiser_message__stopped_at__isnull=False)
        return self.filter(state=self.model.State.HELD).exclude(of_stopped)

    def unsent(self) -> Self:
        """Keep what may still go out: by itself, or once it is released."""
        return self.filter(state__in=self.model.UNSENT)

    def to_participants(self) -> Self:
        """Leave out the test copies, which are about nobody, and the mails to organisers."""
        return self.filter(account=None).exclude(dedupe_key__startswith=TEST)

    def with_people(self) -> Self:
        """Fetch whom each mail is about; what did not arrive comes first."""
        return self.prefetch_related("registrations").order_by("state", "pk")

    def with_people_and_talks(self) -> Self:
        """Fetch what a list shows of each mail: to whom, and about which talks."""
        talks = self.select_related(
            "talk", "organiser_message__talk", "interest", "speaker_link__speaker"
        )
        return talks.prefetch_related("registrations__talk")

    def about_talk(self, talk: Talk | int) -> Self:
        """Keep mails about this talk, also those whose people are gone."""
        through = self.model.registrations.through.objects.filter(registration__talk=talk)
        of_people = Q(pk__in=through.values("outgoingmail"))
        return self.filter(of_people | Q(talk=talk) | Q(organiser_message__talk=talk))

    def of_recap(self, talk: Talk) -> Self:
        """Keep the mails with the material of `talk`; test copies are none."""
        return self.about_talk(talk).to_participants().filter(kind=self.model.Kind.RECAP)

    def progress(self) -> dict[str, int]:
        """Count how many are in which state; `queued` is what has not gone out, held or not."""
        state = self.model.State
        return self.aggregate(
            total=Count("pk"),
            sent=Count("pk", filter=Q(state=state.SENT)),
            queued=Count("pk", filter=Q(state__in=self.model.UNSENT)),
            failed=Count("pk", filter=Q(state=state.FAILED)),
            bounced=Count("pk", filter=Q(state=state.FAILED, bounced_at__isnull=False)),
            obsolete=Count("pk", filter=Q(state=state.OBSOLETE)),
        )

    def failed(self) -> Self:
        return self.filter(state=self.model.State.FAILED)

    def bounced(self) -> Self:
        """Keep what came back after a server had taken it."""
        return self.filter(bounced_at__isnull=False)

    def unanswered(self) -> Self:
        """Keep refused mails to somebody, of which the same was not sent once more."""
        again = self.model.objects.exclude(state=self.model.State.OBSOLETE).filter(
            kind=OuterRef("kind"), pk__gt=OuterRef("pk"), registrations=OuterRef("registrations")
        )
        # A speaker's next mail goes to the address that organisers have put right.
        next_one = self.model.objects.exclude(state=self.model.State.OBSOLETE).filter(
            pk__gt=OuterRef("pk"), speaker_link=OuterRef("speaker_link")
        )
        refused = self.failed().exclude(recipient="")
        answered = refused.filter(Exists(again) | Exists(next_one))
        return refused.exclude(pk__in=answered.values("pk"))

    def not_overtaken(self) -> Self:
        return self.exclude(state=self.model.State.OBSOLETE)

    def undelivered(self) -> Self:
        """Keep what was refused or is still to go out to the person's present address."""
        states = (self.model.State.FAILED, *self.model.UNSENT)
        elsewhere = (*self.model.LAST_KINDS, self.model.Kind.CHANGE_ADDRESS)
        return self.filter(state__in=states).exclude(kind__in=elsewhere)

    def about(self, registrations: Iterable["Registration"]) -> Self:
        return self.filter(registrations__in=registrations).distinct()

    def to_address(self, key: str) -> Self:
        """Keep mails that hold this address, but for the last word to who is being erased.

        Those to an organiser's account belong to the account.
        """
        mails = self.filter(recipient__iexact=key, account=None)
        return mails.exclude(kind__in=self.model.LAST_KINDS)

    def of_person(self, key: str) -> Self:
        """Keep mails to the person known by this canonical address.

        Those that a row has from a former person carry another key, and those that a speaker's
        link has from a former address carry none. Those to an organiser's account belong to the
        account.
        """
        told = self.model.objects.filter(
            registrations__email_key=key, registrations__key=F("registration_key")
        )
        mine = Q(pk__in=told.values("pk")) | Q(interest__email_key=key)
        to_speaker = Q(speaker_link__email_key=key) & ~Q(registration_key="")
        return self.filter(mine | to_speaker | Q(recipient__iexact=key, account=None))

    def to_erase(self, written_before: datetime) -> Self:
        """Keep mails that were never delivered and still hold an address or a word about it."""
        holding = ~Q(recipient="") | ~Q(note="") | ~Q(last_error="")
        undelivered = self.exclude(state=self.model.State.SENT)
        return undelivered.filter(holding, created_at__lt=written_before)

    @alters_data
    def claim(self) -> "OutgoingMail | None":
        """Lease the most urgent due mail to the caller and return it; None if there is none.

        One statement, so nobody ever sees a mail that is half taken.
        """
        now = timezone.now()
        has_row_locks = connection.features.has_select_for_update_skip_locked
        statement = CLAIM.format(lock="FOR UPDATE SKIP LOCKED" if has_row_locks else "")
        adapt = connection.ops.adapt_datetimefield_value
        claimed = list(self.raw(statement, [adapt(now + LEASE), adapt(now), adapt(now)]))
        return claimed[0] if claimed else None

    @alters_data
    def forget_notes(self, written_before: datetime) -> int:
        """Drop the words that went along with mails before then; return of how many."""
        old = self.filter(state=self.model.State.SENT, created_at__lt=written_before)
        return old.exclude(note="").update(note="", note_change_no=None)

    @alters_data
    def erase(self) -> int:
        """Drop address and key; what has not gone out never will."""
        # One statement: the rows may have been chosen by their state.
        is_unsent = When(state__in=self.model.UNSENT, then=Value(self.model.State.OBSOLETE))
        state = Case(is_unsent, default=F("state"))
        return self.update(state=state, recipient="", registration_key="", last_error="", note="")

    @alters_data
    def erase_giver(self, key: str | None, names: Iterable[str | None]) -> int:
        """Drop from whom a seat is in the mails to who has it now; return in how many.

        The giver is known by this canonical address, which the mail to them still holds if it
        waits too, and by the names that are left of them.
        """
        given = self.filter(kind=self.model.Kind.GIVEN_AWAY, recipient__iexact=key)
        from_them = Q(registrations__in=given.values("registrations")) | Q(note__in=names)
        told = self.filter(from_them, kind=self.model.Kind.HANDED_OVER)
        return told.update(note="")

    @alters_data
    def hold(self) -> int:
        """Keep what waits from going out until somebody releases it; return how many."""
        return self.queued().update(state=self.model.State.HELD, lease_until=None)

    @alters_data
    def release(self) -> int:
        """Let held mails go out; return how many. What has expired meanwhile is not sent."""
        return self.held().update(state=self.model.State.QUEUED)

    def has_recent(
        self, kind: str, registrations: Sequence["Registration"], *, period: timedelta = DAY
    ) -> bool:
        """Whether mails of this kind told of all these rows lately."""
        recent = self.filter(kind=kind, created_at__gt=timezone.now() - period)
        told = recent.filter(registrations__in=registrations)
        return set(told.values_list("registrations", flat=True)) == {
            row.pk for row in registrations
        }

    @alters_data
    def enqueue(
        self,
        kind: str,
        registrations: Sequence["Registration"],
        *,
        is_first: bool = False,
        is_last: bool = False,
        anchor: "Registration | None" = None,
        **fields: Any,
    ) -> "OutgoingMail":
        """Write one mail about `registrations` of one person, all of them locked by the caller.

        Recipient and link key are fixed here; a row that is handed over or erased before the
        mail goes out makes it obsolete. With `is_first` the newest row has just been written and
        has no mail yet, which spares a question while others wait for the lock. With `is_last`
        the person is being erased: the mail goes out all the same, and has no link.
        `sequence` is the calendar's number of a cancellation, `note` a word for this mail alone.
        """
        # The link shall live as long as any of the talks is ahead.
        last = anchor or max(registrations, key=lambda row: (row.talk.ends_at, row.pk))
        newest = max(registrations, key=lambda row: row.pk)
        version = 0 if is_first else self.filter(kind=kind, registrations=newest).count()
        mail = self._new(kind, last, version, named_after=newest, **fields)
        if is_last:
            mail.registration_key = ""
        mail.save(force_insert=True)
        self._link((mail, row) for row in registrations)
        return mail

    @alters_data
    def tell_booked(
        self, registrations: Sequence["Registration"], *, is_first: bool = False
    ) -> None:
        """Tell the person that a form has given them a seat or a place in the queue."""
        self.enqueue(
            self.model.Kind.SIGNED_UP,
            registrations,
            is_first=is_first,
            not_before=not_before(registrations),
        )

    @alters_data
    def ask_to_confirm(self, pending: Sequence["Registration"], *, is_new: bool = False) -> None:
        """Ask for the click; the link lives as long as any row.

        The first question about a row always goes out, because without it the form were lost;
        the same question again only as often as mails to this address may.
        """
        may_repeat = limits.may_mail(pending[0].email_key)
        if is_new or may_repeat:
            self.enqueue(
                self.model.Kind.PLEASE_CONFIRM,
                pending,
                is_first=is_new,
                anchor=max(pending, key=lambda row: row.expires_at),
                not_before=not_before(pending),
            )

    @alters_data
    def ask_new_address(
        self, anchor: "Registration", rows: Sequence["Registration"], email: str
    ) -> None:
        """Ask at `email` whether these rows shall be its own; `anchor` holds the link."""
        self.enqueue(
            self.model.Kind.CHANGE_ADDRESS,
            rows,
            anchor=anchor,
            recipient=email,
            expires_at=timezone.now() + timedelta(hours=settings.PENDING_HOURS),
        )

    @alters_data
    def tell_already(self, registrations: Sequence["Registration"]) -> None:
        """Tell the person that they are registered: once a day, and not after a double click."""
        kind = self.model.Kind
        is_told = self.has_recent(kind.ALREADY, registrations) or self.has_recent(
            kind.SIGNED_UP, registrations, period=DOUBLE_CLICK
        )
        if not is_told and limits.may_mail(registrations[0].email_key):
            self.enqueue(kind.ALREADY, registrations)

    @alters_data
    def enqueue_each(
        self, kind: str, registrations: Iterable["Registration"], *, version: str, **fields: Any
    ) -> list["OutgoingMail"]:
        """Write one mail per row, but none that was written before under the same `version`.

        `version` is a word, lest it meet the numbers that `enqueue` counts. The caller holds the
        lock on the talk. Needs four statements, however many rows there are.
        """
        rows = {self._dedupe_key(kind, row, version): row for row in registrations}
        for known in self.filter(dedupe_key__in=list(rows)).values_list("dedupe_key", flat=True):
            del rows[known]
        mails = self.model.objects.bulk_create(
            self._new(kind, row, version, **fields) for row in rows.values()
        )
        self._link(zip(mails, rows.values(), strict=True))
        return mails

    @alters_data
    def ask_about_interest(self, interest: "Interest", *, is_new: bool = False) -> None:
        """Write the mail that asks about, or tells of, a place on the interest list."""
        kind = self.model.Kind.CONFIRM_INTEREST
        may_repeat = limits.may_mail(interest.email_key)
        if is_new or may_repeat:
            version = self.filter(interest=interest, kind=kind).count()
            begin = limits.quiet_until(interest.email_key) or timezone.now()
            mail = self._new(kind, interest, version, interest=interest, not_before=begin)
            mail.save(force_insert=True)

    @alters_data
    def enqueue_news(self, talk: Talk, interests: Iterable["Interest"]) -> list["OutgoingMail"]:
        """Write one mail about the new `talk` to each address of the interest list."""
        return self.model.objects.bulk_create(
            self._new(
                self.model.Kind.NEWS,
                interest,
                f"talk-{talk.pk}",
                interest=interest,
                talk=talk,
                expires_at=talk.starts_at,
            )
            for interest in interests
        )

    @alters_data
    def enqueue_test(self, message: "Message", address: str) -> "OutgoingMail":
        """Write a copy of the organisers' message to one of them; it is about nobody."""
        return self.create(
            kind=self.model.Kind.MESSAGE,
            priority=PERSONAL,
            recipient=address,
            organiser_message=message,
            dedupe_key=f"{TEST}{uuid.uuid4()}",
            message_id=new_message_id(),
        )

    @alters_data
    def enqueue_recap_test(
        self, talk: Talk, address: str, *, with_certificate: bool
    ) -> "OutgoingMail":
        """Write a copy of the mail with the material of `talk` to an organiser."""
        return self.create(
            kind=self.model.Kind.RECAP,
            priority=PERSONAL,
            recipient=address,
            talk=talk,
            note=WITH_CERTIFICATE if with_certificate else "",
            dedupe_key=f"{TEST}{uuid.uuid4()}",
            message_id=new_message_id(),
        )

    @alters_data
    def enqueue_to_account(
        self, kind: str, account: "User", *, recipient: str | None = None, note: str = ""
    ) -> "OutgoingMail":
        """Write a mail to an organiser: about the account, with its link, or with `note`."""
        return self.create(
            kind=kind,
            priority=PERSONAL,
            account=account,
            recipient=recipient or account.email,
            note=note,
            dedupe_key=f"account:{uuid.uuid4()}",
            message_id=new_message_id(),
            expires_at=timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        )

    @alters_data
    def enqueue_to_speaker(
        self, kind: str, link: "SpeakerLink", version: str, *, note: str = "", **fields: Any
    ) -> "OutgoingMail | None":
        """Write a mail to a speaker; None if one was written before under the same `version`.

        Renewing or withdrawing the link makes it obsolete, as its key is another then.
        """
        dedupe_key = f"{kind}:{link.uuid}:{version}"
        is_postponed = link.talk.status == Talk.Status.POSTPONED
        self.model.objects.bulk_create(
            [
                self.model(
                    kind=kind,
                    priority=PERSONAL,
                    speaker_link=link,
                    recipient=link.email,
                    registration_key=link.key,
                    talk=link.talk,
                    note=note,
                    dedupe_key=dedupe_key,
                    message_id=(message_id := new_message_id()),
                    # The link to a postponed talk lives on, though its old date is over.
                    expires_at=None if is_postponed else link.dies_at,
                    **fields,
                )
            ],
            ignore_conflicts=True,
        )
        return self.filter(message_id=message_id).first()

    @alters_data
    def enqueue_notice(
        self,
        kind: str,
        talk: Talk | None,
        occasion: str,
        accounts: Iterable["User"],
        *,
        note: str = "",
    ) -> None:
        """Tell these organisers of something once; `occasion` names it among the talk's.

        Two workers at once write each mail once.
        """
        self.model.objects.bulk_create(
            (
                self.model(
                    kind=kind,
                    priority=PRIORITIES["message"],
                    account=account,
                    recipient=account.email,
                    talk=talk,
                    note=note,
                    dedupe_key=f"{self.notice_key(kind, talk, occasion)}{account.pk}",
                    message_id=new_message_id(),
                    expires_at=timezone.now() + NOTICE_LASTS,
                )
                for account in accounts
            ),
            ignore_conflicts=True,
        )

    def has_notice(self, kind: str, talk: Talk | None, occasion: str) -> bool:
        """Whether anybody was told of this already."""
        key = self.notice_key(kind, talk, occasion)
        # The index of the accounts: most mails are to none.
        told = self.filter(account__isnull=False, talk=talk, kind=kind)
        return told.filter(dedupe_key__startswith=key).exists()

    @staticmethod
    def notice_key(kind: str, talk: Talk | None, occasion: str) -> str:
        return f"{kind}:talk-{talk.pk if talk else 'none'}:{occasion}:"

    @alters_data
    def readdress(self) -> int:
        """Write these mails anew, to the persons' present addresses; return how many.

        The former ones are overtaken, and no longer hold the address that was wrong.
        """
        mails = list(self.order_by("pk"))
        for mail in mails:
            mail.write_again()
        old = self.model.objects.filter(pk__in=[mail.pk for mail in mails])
        old.erase()
        old.update(state=self.model.State.OBSOLETE)
        return len(mails)

    def _new(
        self,
        kind: str,
        row: "Registration | Interest",
        version: int | str,
        *,
        named_after: "Registration | None" = None,
        sequence: int | None = None,
        recipient: str | None = None,
        **fields: Any,
    ) -> "OutgoingMail":
        return self.model(
            kind=kind,
            priority=PRIORITIES.get(kind, PERSONAL),
            recipient=recipient or row.email,
            registration_key=row.key,
            calendar_sequence=sequence,
            dedupe_key=self._dedupe_key(kind, named_after or row, version),
            message_id=new_message_id(),
            **fields,
        )

    @staticmethod
    def _dedupe_key(kind: str, row: "Registration | Interest", version: int | str) -> str:
        return f"{kind}:{row.uuid}:{version}"

    def _link(self, pairs: Iterable[tuple["OutgoingMail", "Registration"]]) -> None:
        through: Any = self.model.registrations.through
        through.objects.bulk_create(
            through(outgoingmail=mail, registration=row) for mail, row in pairs
        )


def not_before(registrations: Sequence["Registration"]) -> datetime:
    """Return when a mail that a form causes may go out: now, or once its address is not quiet.

    It does not wait so long that it would miss a talk.
    """
    quiet_until = limits.quiet_until(registrations[0].email_key or "")
    if quiet_until is None:
        return timezone.now()
    begins_at = min(row.talk.starts_at for row in registrations)
    return min(quiet_until, begins_at - timedelta(hours=1))


def new_message_id() -> str:
    """Return a Message-ID (RFC 5322 §3.6.4) of this site; it stays the same for every copy."""
    return f"<{uuid.uuid4()}@{settings.SITE_HOST}>"
