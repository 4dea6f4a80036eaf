"""Forgetting a person: what goes, what stays for the statistics, and what the log says of it."""

import uuid

from django.db import transaction
from django.utils import timezone

from events.models import Municipality
from registration.models.addresses import email_key
from registration.models.erasure import Erasure
from registration.models.links import new_key
from registration.models.outgoing_mail import OutgoingMail


class Forgettable:
    """Part of a registration."""

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

    @transaction.atomic
    def decline(self):
        """Erase what a colleague has entered; for other talks the person gets a fresh link."""
        key = self.email_key
        self.anonymise(tell=True)
        if self.anonymised_at:
            type(self).objects.send_fresh_link(key)

    @transaction.atomic
    def expire(self) -> bool:
        """Forget who did not confirm in time; False if the person was quicker."""
        _, is_same = self._lock()
        if not (is_same and self.is_expired):
            return False
        self._enter(self.State.CANCELLED, self.Reason.EXPIRED)
        self._forget_person(Erasure.Reason.EXPIRED)
        return True

    @transaction.atomic
    def anonymise(self, *, tell=False, reason=Erasure.Reason.PERSON):
        """Forget the person; talk, town, state and the day stay for the statistics.

        Whoever still has a seat in a coming talk, or waits for one, is cancelled first. With
        `tell` a last mail takes the talk out of the calendar of who had a seat.
        """
        talk, is_same = self._lock()
        if not is_same or self.anonymised_at:
            return
        if self.is_cancellable:
            sequence = self._leave(talk)
            if tell and sequence is not None:
                self._say_goodbye(OutgoingMail.Kind.ERASED, sequence)
            self._forget_person(reason)
            type(self).objects.promote_waiting(talk)
        else:
            self._forget_person(reason)

    @transaction.atomic
    def forget(self, reason):
        """Forget who came back with an old backup: no mail, and nobody moves up."""
        talk, is_same = self._lock()
        if not is_same or self.anonymised_at:
            return
        OutgoingMail.objects.forget_giver(self.email_key, [self.name])
        if self.is_cancellable:
            self._leave(talk)
        self._forget_person(reason)

    def _say_goodbye(self, kind, sequence):
        """Queue the last mail to a person whose data go now; it names nobody."""
        OutgoingMail.objects.enqueue(kind, [self], sequence=sequence, is_last=True)

    def _become(self, *, name, email, organisation):
        """Make this row another person's, with a link and a uuid of their own.

        The old uuid stands in the erasure log, for the former person alone.
        """
        self._drop_mails()
        Erasure.objects.note(self, Erasure.Reason.HANDED_OVER)
        self.name, self.email, self.email_key = name, email, email_key(email)
        self.organisation, self.question = organisation, ""
        self.municipality = Municipality.objects.named_in(organisation)
        self.key, self.reminders_off, self.joined_at = new_key(), False, None
        self.uuid, self.state_changed_at = uuid.uuid4(), timezone.now()
        self.save()

    def _forget_person(self, reason):
        self._drop_mails()
        Erasure.objects.note(self, reason)
        for field in self.PERSONAL:
            setattr(self, field, None)
        midnight = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
        for field in ("created_at", "state_changed_at", "joined_at"):
            if moment := getattr(self, field):
                setattr(self, field, timezone.localtime(moment).replace(**midnight))
        self.anonymised_at = timezone.localtime().replace(**midnight)
        self.save()

    def _drop_mails(self):
        self.mails.filter(registration_key=self.key).forget()

    decline.alters_data = True
    expire.alters_data = True
    anonymise.alters_data = True
    forget.alters_data = True
