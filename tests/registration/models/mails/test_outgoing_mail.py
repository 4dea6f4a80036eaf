"""One mail of the outbox, sent again."""

from datetime import timedelta

import pytest

from registration.mail.deliver import Outcome, deliver_due
from registration.models import OutgoingMail, Registration
from registration.models.mails.outbox import LEASE
from tests.makers import make_registration
from tests.registration.rows import mails_to

pytestmark = pytest.mark.django_db


def test_resend_reaches_the_present_address(smtp_server):
    (mail,) = mails_to("kim")
    deliver_due()
    Registration.objects.update(email="neu@stadt.example", email_key="neu@stadt.example")

    again = mail.resend()

    assert deliver_due() == [Outcome.SENT]
    assert smtp_server.messages[1].rcpt_tos == ["neu@stadt.example"]
    assert again.message_id != mail.message_id


def test_waiting_mail_is_not_resent():
    (mail,) = mails_to("kim")

    assert mail.resend() is None
    assert OutgoingMail.objects.count() == 1


def test_mail_is_sent_again_as_often_as_the_organiser_wants(smtp_server):
    (mail,) = mails_to("kim")
    deliver_due()

    for count in (2, 3):
        assert mail.resend() is not None
        assert mail.resend() is None  # a double click
        deliver_due()
        assert len(smtp_server.messages) == count


def test_mail_is_not_sent_again_while_its_copy_is_held():
    make_registration()
    deliver_due()
    mail = OutgoingMail.objects.get()
    mail.resend()
    OutgoingMail.objects.hold()

    assert mail.resend() is None


def test_lease_is_renewed_by_its_worker_alone(clock):
    mails_to("kim")
    mine = OutgoingMail.objects.claim()
    clock.shift(LEASE - timedelta(seconds=1))

    assert mine.renew_lease()
    clock.shift(LEASE - timedelta(seconds=1))
    assert OutgoingMail.objects.claim() is None
    clock.shift(2)
    assert OutgoingMail.objects.claim() == mine
    assert not mine.renew_lease()


def test_lease_of_a_mail_that_is_sent_cannot_be_renewed(smtp_server):
    mails_to("kim")
    mine = OutgoingMail.objects.claim()
    OutgoingMail.objects.update(state="sent")

    assert not mine.renew_lease()
