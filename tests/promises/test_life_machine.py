"""In whatever order things happen, seats, queue and rows never contradict each other.

Hypothesis plays all verbs in any order.
"""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from registration.invariants import violations
from registration.mail import reminders
from registration.models import NotBookable, OutgoingMail, Registration, address_change
from registration.models.interest import announce_due
from registration.privacy.retention import carry_out
from tests.conftest import NOW
from tests.makers import make_talk

pytestmark = pytest.mark.django_db

PEOPLE = [f"p{number}@stadt.example" for number in range(5)]
people = st.sampled_from(PEOPLE)
numbers = st.integers(0, 20)


class Life(RuleBasedStateMachine):
    """One talk, five people, an organiser and the clock."""

    @initialize(
        capacity=st.sampled_from([2, 1, 3, None]),
        waiting_list=st.sampled_from([True, True, False]),
        double_opt_in=st.sampled_from([False, False, True]),
    )
    def publish(self, **fields):
        self.clock = time_machine.travel(NOW, tick=False)
        self.now = self.clock.start()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.talk = make_talk(starts_in=timedelta(days=9), **fields)
        self.crowd()

    def teardown(self):
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            self.clock.stop()

    def row(self, number):
        """Return one of the live rows: what happens to the others is tested one by one."""
        rows = list(Registration.objects.in_talk(self.talk).live().order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule()
    def crowd(self):
        """Sign everybody up: a talk where something can happen has people."""
        for email in PEOPLE:
            self.sign_up(email, must_confirm=False)

    @rule(email=people, must_confirm=st.booleans())
    def sign_up(self, email, must_confirm):
        self.talk.refresh_from_db()
        was_bookable = self.talk.is_bookable
        try:
            (row,) = Registration.objects.sign_up(
                [self.talk], name="Kim", email=email, must_confirm=must_confirm
            )
        except NotBookable:
            assert not was_bookable
        else:
            assert was_bookable
            assert row.is_live

    @rule()
    def all_confirm(self):
        for row in Registration.objects.pending():
            row.confirm()

    @rule(number=numbers)
    def cancel(self, number):
        if row := self.row(number):
            assert row.cancel() in (True, False)
            assert row.cancel() is False

    @rule(number=numbers, email=people)
    def hand_over(self, number, email):
        row = self.row(number)
        if row and row.email_key != email:
            row.hand_over(name="Lea", email=email)

    @rule(number=numbers, email=people)
    def change_address(self, number, email):
        row = self.row(number)
        if row and row.email_key != email:
            places = set(Registration.objects.booked().values_list("email_key", flat=True))
            before = Registration.objects.confirmed().count()
            is_free = not Registration.objects.live().of(email).exists()
            is_moved = address_change.carry_out(row, email)
            # In a talk that has begun both places stay.
            assert is_moved == (row.may_move and (row.is_cancellable or is_free))
            assert address_change.carry_out(row, email) is False
            after = Registration.objects.confirmed().count()
            # Two places become one; whoever waits moves up.
            assert before - (is_moved and email in places) <= after
            assert email in places or not is_moved or self.is_booked(email)

    def is_booked(self, email):
        return Registration.objects.booked().of(email).exists()

    @rule(number=numbers, tell=st.booleans())
    def erase(self, number, tell):
        if row := self.row(number):
            row.anonymise(tell=tell)
            row.refresh_from_db()
            assert (row.email, row.key, row.is_live and row.is_cancellable) == (None, None, False)

    @rule(email=people)
    def erase_person(self, email):
        Registration.objects.erase_person(email)
        assert not Registration.objects.of(email).exists()
        assert not OutgoingMail.objects.to_address(email).exists()

    @rule(capacity=st.sampled_from([None, 1, 2, 4]))
    def change_capacity(self, capacity):
        before = set(Registration.objects.in_talk(self.talk).confirmed())
        self.talk.refresh_from_db()
        self.talk.capacity = capacity
        self.talk.save()
        Registration.objects.promote_waiting(self.talk)
        assert before <= set(Registration.objects.in_talk(self.talk).confirmed())

    @rule(status=st.sampled_from(["published", "published", "cancelled", "postponed"]))
    def change_status(self, status):
        self.talk.refresh_from_db()
        self.talk.status = status
        self.talk.save()
        Registration.objects.promote_waiting(self.talk)
        Registration.objects.tell_of_change(self.talk)

    @rule(days=st.integers(0, 9))
    def move(self, days):
        self.talk.refresh_from_db()
        self.talk.starts_at += timedelta(days=days)
        self.talk.ends_at += timedelta(days=days)
        self.talk.save()
        Registration.objects.promote_waiting(self.talk)
        Registration.objects.tell_of_change(self.talk)

    @rule(hours=st.sampled_from([0.1, 1, 5, 30]))
    def time_passes(self, hours):
        self.now.shift(timedelta(hours=hours))

    @rule()
    def queue_ends(self):
        """Let the clock strike two hours before the start."""
        self.talk.refresh_from_db()
        moment = self.talk.starts_at - timedelta(hours=2)
        if moment > timezone.now():
            self.now.move_to(moment)

    @rule()
    def worker_looks_at_the_clock(self):
        reminders.plan_due()
        Registration.objects.close_queues()
        announce_due()
        carry_out()

    @precondition(lambda self: hasattr(self, "talk"))
    @invariant()
    def nothing_contradicts(self):
        assert list(violations()) == []
        numbers = [mail.calendar_sequence for mail in OutgoingMail.objects.order_by("pk")]
        cancels = [number for number in numbers if number is not None]
        assert cancels == sorted(set(cancels))


RUN = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    # The same run everywhere; tests/load/test_life_long.py looks for new orders.
    derandomize=True,
    print_blob=False,
    # Shrinking a failure takes minutes; the steps are printed as they are.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_any_order_of_events_keeps_the_invariants():
    run_state_machine_as_test(Life, settings=RUN)
