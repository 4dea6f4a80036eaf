"""Writing mails into the outbox: who may get which mail, how often, and in which rank."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from registration.models import limits

DAY = timedelta(hours=24)
# How the key of a copy begins that goes to an organiser alone.
TEST = "test:"
# The same form again within this time is a second click and no question.
DOUBLE_CLICK = timedelta(minutes=10)
# Smaller goes first: the way in before everything, personal mail before reminders before news.
PERSONAL = 10
PRIORITIES = {
    "way_in": 0,
    "reminder_hour": 20,
    "reminder_day": 21,
    "message": 25,
    "news": 30,
}


class WritesMails:
    """Part of the outbox's QuerySet."""

    def has_recent(self, kind, registrations, *, period=DAY) -> bool:
        """Whether mails of this kind told of all these rows lately."""
        recent = self.of_kind_since(kind, timezone.now() - period)
        told = recent.filter(registrations__in=registrations)
        return set(told.values_list("registrations", flat=True)) == {
            row.pk for row in registrations
        }

    def enqueue(
        self,
        kind,
        registrations,
        *,
        is_first=False,
        is_last=False,
        anchor=None,
        quiet_until=None,
        **fields,
    ):
        """Write one mail about `registrations` of one person, all of them locked by the caller.

        Recipient and link key are fixed here; a row that is handed over or erased before the
        mail goes out makes it obsolete. With `is_first` the newest row has just been written and
        has no mail yet, which spares a question while others wait for the lock. With `is_last`
        the person is being forgotten: the mail goes out all the same, and has no link.
        `sequence` is the calendar's number of a cancellation, `note` a word for this mail alone.
        It waits for the end of the quiet time, but not so long that it would miss a talk.
        """
        if quiet_until:
            begins_at = min(row.talk.starts_at for row in registrations)
            fields["not_before"] = min(quiet_until, begins_at - timedelta(hours=1))
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

    def ask_to_confirm(self, pending, *, is_new=False, quiet_until=None):
        """Ask for the click; the link lives as long as any row.

        The first question about a row always goes out, because without it the form were lost;
        the same question again only as often as mails to this address may.
        """
        may_repeat = not quiet_until and limits.may_mail(pending[0].email_key)
        if is_new or may_repeat:
            self.enqueue(
                self.model.Kind.PLEASE_CONFIRM,
                pending,
                is_first=is_new,
                anchor=max(pending, key=lambda row: row.expires_at),
                quiet_until=quiet_until,
            )

    def tell_already(self, registrations, *, quiet_until=None):
        """Tell the person that they are registered: once a day, and not after a double click."""
        kind = self.model.Kind
        is_told = self.has_recent(kind.ALREADY, registrations) or self.has_recent(
            kind.SIGNED_UP, registrations, period=DOUBLE_CLICK
        )
        if not (quiet_until or is_told) and limits.may_mail(registrations[0].email_key):
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

    def ask_about_interest(self, interest, *, is_new=False, quiet_until=None):
        """Write the mail that asks about, or tells of, a place on the interest list."""
        kind = self.model.Kind.CONFIRM_INTEREST
        may_repeat = not quiet_until and limits.may_mail(interest.email_key)
        if is_new or may_repeat:
            version = self.filter(interest=interest, kind=kind).count()
            not_before = quiet_until or timezone.now()
            mail = self._new(kind, interest, version, interest=interest, not_before=not_before)
            mail.save(force_insert=True)

    def enqueue_news(self, talk, interests):
        """Write one mail about the new `talk` to each address of the interest list."""
        return self.bulk_create(
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

    def enqueue_test(self, message, address):
        """Write a copy of the organisers' message to one of them; it is about nobody."""
        return self.create(
            kind=self.model.Kind.MESSAGE,
            priority=PERSONAL,
            recipient=address,
            organiser_message=message,
            dedupe_key=f"{TEST}{uuid.uuid4()}",
            message_id=new_message_id(),
        )

    def readdress(self) -> int:
        """Write these mails anew, to the persons' present addresses; return how many.

        The former ones are overtaken, and no longer hold the address that was wrong.
        """
        mails = list(self.order_by("pk"))
        for mail in mails:
            mail.write_again()
        old = self.model.objects.filter(pk__in=[mail.pk for mail in mails])
        old.forget()
        old.update(state=self.model.State.OBSOLETE)
        return len(mails)

    def _new(self, kind, row, version, *, named_after=None, sequence=None, **fields):
        return self.model(
            kind=kind,
            priority=PRIORITIES.get(kind, PERSONAL),
            recipient=row.email,
            registration_key=row.key,
            calendar_sequence=sequence,
            dedupe_key=self._dedupe_key(kind, named_after or row, version),
            message_id=new_message_id(),
            **fields,
        )

    @staticmethod
    def _dedupe_key(kind, row, version) -> str:
        return f"{kind}:{row.uuid}:{version}"

    def _link(self, pairs):
        through = self.model.registrations.through
        through.objects.bulk_create(
            through(outgoingmail=mail, registration=row) for mail, row in pairs
        )

    enqueue.alters_data = True
    ask_to_confirm.alters_data = True
    tell_already.alters_data = True
    enqueue_each.alters_data = True
    ask_about_interest.alters_data = True
    enqueue_news.alters_data = True
    enqueue_test.alters_data = True
    readdress.alters_data = True


def new_message_id() -> str:
    """Return a Message-ID (RFC 5322 §3.6.4) of this site; it stays the same for every copy."""
    return f"<{uuid.uuid4()}@{settings.SITE_HOST}>"
