"""One mail of the outbox, sent again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.mail.deliver import Outcome, deliver_due
from registration.models import OutgoingMail, Registration, SpeakerLink
from registration.models.mails.outbox import LEASE
from tests.makers import make_registration, make_speaker_link
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


def speaker_mail(kind, **fields):
    link = make_speaker_link()
    return OutgoingMail.objects.enqueue_to_speaker(kind, link, "1", **fields)


@pytest.mark.parametrize(
    "kind", ["speaker_link", "speaker_reminder", "speaker_dates", "speaker_answer"]
)
def test_mail_to_a_speaker_is_sent_again_to_the_present_address(smtp_server, kind):
    mail = speaker_mail(kind, note="Wir freuen uns.")
    OutgoingMail.objects.filter(pk=mail.pk).update(state="failed")
    link = SpeakerLink.objects.make(mail.talk.speakers.get(), "neu@stadt.example")

    again = OutgoingMail.objects.get(pk=mail.pk).resend()

    assert again is not None
    assert (again.kind, again.recipient, again.registration_key, again.speaker_link) == (
        kind,
        "neu@stadt.example",
        link.key,
        link,
    )
    # It waits already.
    assert OutgoingMail.objects.get(pk=mail.pk).resend() is None


def test_mail_to_a_speaker_is_sent_again_as_often_as_one_likes(smtp_server):
    mail = speaker_mail("speaker_link", note="Wir freuen uns.")
    for _ in range(3):
        deliver_due()
        assert OutgoingMail.objects.get(pk=mail.pk).resend()
    deliver_due()

    assert len(smtp_server.messages) == 4
    assert all(b"Wir freuen uns." in each.content for each in smtp_server.messages)


@pytest.mark.parametrize("is_gone", [True, False])
def test_mail_to_a_speaker_whose_link_is_dead_is_not_sent_again(smtp_server, is_gone):
    mail = speaker_mail("speaker_link")
    deliver_due()
    if is_gone:
        SpeakerLink.objects.all().delete()
    else:
        SpeakerLink.objects.update(withdrawn_at=timezone.now())

    assert OutgoingMail.objects.get(pk=mail.pk).resend() is None


def test_refused_mail_to_a_speaker_is_answered_by_the_next_one(smtp_server):
    mail = speaker_mail("speaker_reminder")
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()
    refused = OutgoingMail.objects.unanswered()
    assert [each.pk for each in refused] == [mail.pk]

    link = SpeakerLink.objects.get()
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "2")

    assert not OutgoingMail.objects.unanswered().exists()


def test_mails_to_a_speaker_are_readdressed(smtp_server):
    mail = speaker_mail("speaker_link", note="Bis bald.")

    assert OutgoingMail.objects.filter(pk=mail.pk).readdress() == 1

    former, new = OutgoingMail.objects.order_by("pk")
    assert (former.state, former.recipient, former.note) == ("obsolete", "", "")
    assert (new.state, new.recipient, new.note) == ("queued", "sina@stadt.example", "Bis bald.")
