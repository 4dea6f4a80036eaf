"""What organisers do to registrations; each verb is one transaction under the talk's lock."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from events.models import Revision, Talk
from registration.models.addresses import email_key
from registration.models.links import new_key
from registration.models.outgoing_mail import OutgoingMail

Kind = OutgoingMail.Kind


class Participant:
    """Part of a registration."""

    @transaction.atomic
    def promote(self) -> bool:
        """Move this person up from the queue, past all others and even if no seat is free.

        Whoever presses this means this one person: an additional seat. Returns False for who
        does not wait, or whose talk has begun or does not take place.
        """
        talk, is_same = self._lock()
        if not (is_same and self.is_waiting and talk.is_taking_place and not talk.has_begun):
            return False
        before = talk.registration_state
        self._enter(self.State.CONFIRMED)
        talk.seats_taken += 1
        talk.waiting_count -= 1
        store_counts(talk, before)
        OutgoingMail.objects.enqueue(Kind.PROMOTED, [self])
        return True

    @transaction.atomic
    def correct_address(self, email: str) -> bool:
        """Write this canonical address into all rows of the person, and send again what failed.

        The former links die: whoever got mail at the wrong address cannot use them. Returns False,
        and does nothing, if the row names nobody any more, the address is the same, or somebody is
        registered with it in one of the talks already.
        """
        key, former = email_key(email), self.email_key
        mine = type(self).objects.named().of(former)
        Talk.objects.lock(mine.values("talk"))
        self.refresh_from_db()
        rows = list(mine.select_related("talk").order_by("pk"))
        if former is None or self.email_key != former or self.email == email:
            return False
        if key != former and type(self).objects.live().of(key).in_talks_of(rows).exists():
            return False
        for row in rows:
            row.email, row.email_key, row.key = email, key, new_key()
            row.save(update_fields=["email", "email_key", "key"])
        if not OutgoingMail.objects.about(rows).undelivered().readdress():
            OutgoingMail.objects.enqueue(Kind.LINKS, rows)
        self.refresh_from_db()
        return True

    def correct_town(self, municipality):
        """Say which town it is, or that none is known."""
        type(self).objects.filter(pk=self.pk).update(municipality=municipality)
        self.municipality = municipality

    promote.alters_data = True
    correct_address.alters_data = True
    correct_town.alters_data = True

    @property
    def was_there(self) -> bool:
        return self.joined_at is not None

    @property
    def last_mail(self):
        """The newest mail that was not overtaken; reads what `with_mails` has fetched."""
        told = [mail for mail in self.mails.all() if mail.state != mail.State.OBSOLETE]
        return max(told, key=lambda mail: mail.pk, default=None)

    @property
    def is_undeliverable(self) -> bool:
        """Whether the address was refused the last time."""
        return self.last_mail is not None and self.last_mail.state == OutgoingMail.State.FAILED


class ParticipantsQuerySet:
    """Part of the registrations' QuerySet."""

    def in_talks_of(self, rows):
        return self.filter(talk__in=[row.talk_id for row in rows])

    def with_mails(self):
        """Fetch what a list shows of each person's mails, in one query."""
        mails = OutgoingMail.objects.only("kind", "state")
        return self.prefetch_related(models.Prefetch("mails", mails))

    def undeliverable(self):
        """Keep whose address was refused the last time; for one row: `is_undeliverable`."""
        failed = OutgoingMail.objects.failed()
        told = OutgoingMail.objects.filter(registrations=models.OuterRef("pk")).not_overtaken()
        refused = self.filter(pk__in=failed.values("registrations"))
        return refused.alias(
            last_state=models.Subquery(told.order_by("-pk").values("state")[:1])
        ).filter(last_state=OutgoingMail.State.FAILED)

    def attendable(self):
        """Keep who has a seat in a talk whose way in has opened: they may have been there."""
        opened = timezone.now() + timedelta(minutes=settings.JOIN_OPENS_MINUTES)
        return self.confirmed().filter(talk__starts_at__lte=opened)

    def mark_present(self) -> list:
        """Note that these people were there; return whom it was not known of."""
        rows = list(self.attendable().filter(joined_at=None))
        self.model.objects.filter(pk__in=[row.pk for row in rows]).update(joined_at=timezone.now())
        return rows

    def mark_absent(self) -> list:
        """Take back that these people were there; return whom it was noted of."""
        rows = list(self.exclude(joined_at=None))
        self.model.objects.filter(pk__in=[row.pk for row in rows]).update(joined_at=None)
        return rows

    def were_there(self):
        return self.exclude(joined_at=None)

    def among(self, rows):
        return self.filter(pk__in=[row.pk for row in rows])

    mark_present.alters_data = True
    mark_absent.alters_data = True


def store_counts(talk, before):
    """Write the counters of the locked `talk`; raise the revision if its label changed."""
    Talk.objects.store_counts(talk)
    if talk.registration_state != before:
        Revision.bump()
