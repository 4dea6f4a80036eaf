"""The outbox: whose turn it is, whose mail it is, and what is held."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from registration.mail import deliver
from registration.mail.deliver import Outcome, deliver_due
from registration.models import OutgoingMail, Registration
from registration.models.mails.outbox import LEASE
from tests.makers import make_registration, make_talk
from tests.registration.rows import mails_to, state_of

pytestmark = pytest.mark.django_db


def test_leased_mail_belongs_to_its_worker_until_the_lease_ends(smtp_server, clock):
    (mail,) = mails_to("kim")
    dead_worker = OutgoingMail.objects.claim()

    assert deliver_due() == []
    clock.shift(LEASE + timedelta(seconds=1))
    assert deliver_due() == [Outcome.SENT]

    # The first worker wakes up: what it writes no longer counts.
    deliver._close(dead_worker, Outcome.FAILED, "too late")
    assert state_of(mail) == ("sent", 1, "", "")


def test_claim_takes_the_most_urgent_first(clock):
    first, second, third = mails_to("a", "b", "c")
    OutgoingMail.objects.filter(pk=first.pk).update(priority=11)
    OutgoingMail.objects.filter(pk=third.pk).update(
        not_before=timezone.now() - timedelta(seconds=5)
    )

    claimed = [OutgoingMail.objects.claim() for _ in range(4)]

    assert claimed == [third, second, first, None]


@pytest.mark.usefixtures("clock")
def test_claim_takes_exactly_what_is_due():
    second = timedelta(seconds=1)
    moments = (-second, timedelta(0), second)
    cases = itertools.product(OutgoingMail.State, moments, (None, *moments))
    now = timezone.now()
    for state, not_before, lease in cases:
        mail = mails_to("kim")[-1]
        lease_until = None if lease is None else now + lease
        OutgoingMail.objects.filter(pk=mail.pk).update(
            state=state, not_before=now + not_before, lease_until=lease_until
        )
    due = {*OutgoingMail.objects.due()}

    claimed = {*iter(OutgoingMail.objects.claim, None)}

    assert claimed == due
    assert 0 < len(due) < OutgoingMail.objects.count()


def test_empty_outbox_is_looked_at_without_a_transaction(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert OutgoingMail.objects.claim() is None


def test_link_belongs_to_the_talk_that_ends_last(clock):
    later, sooner = make_talk(starts_in=timedelta(days=60)), make_talk(title="Bald")
    rows = Registration.objects.sign_up([later, sooner], name="Kim", email="kim@stadt.example")

    mail = OutgoingMail.objects.get()
    assert mail.registration_key == next(row.key for row in rows if row.talk == later)

    next(row for row in rows if row.talk == sooner).anonymise()
    mail.refresh_from_db()
    assert (mail.state, mail.recipient) == ("queued", "kim@stadt.example")


def test_erased_person_stands_in_no_error_text(smtp_server):
    row = make_registration()
    smtp_server.answers["RCPT"] = ["550 <kim@stadt.example> unknown"]
    deliver_due()

    row.anonymise()

    assert OutgoingMail.objects.values_list("recipient", "registration_key", "last_error")[0] == (
        "",
        "",
        "",
    )


def test_held_mail_is_not_claimed_and_goes_out_once_released():
    make_registration()
    mail = OutgoingMail.objects.claim()

    assert OutgoingMail.objects.hold() == 1
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert OutgoingMail.objects.claim() is None
    assert OutgoingMail.objects.release() == 1
    assert OutgoingMail.objects.claim() == mail
    assert OutgoingMail.objects.release() == 0


def test_held_mail_goes_with_the_person():
    row = make_registration()
    OutgoingMail.objects.hold()

    Registration.objects.get(pk=row.pk).anonymise()

    assert list(OutgoingMail.objects.values_list("state", "recipient")) == [("obsolete", "")]
