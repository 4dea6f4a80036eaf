"""Which mails can go out once more: those that still say something true."""

from datetime import timedelta

import pytest

from registration.desk.people.resending import WORTH, is_worth
from registration.mail import account_mails, speaker_mails
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration
from tests.makers import make_message, make_registration, make_talk
from tests.registration.mail.every_kind import EVERY_KIND

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def worth(mail) -> bool:
    mail.refresh_from_db()
    return is_worth(mail, list(mail.registrations.select_related("talk")))


@pytest.mark.parametrize(("kind", "make"), EVERY_KIND)
def test_what_is_offered_goes_out_as_it_says(kind, make, clock, smtp_server):
    """Whatever is offered is rendered, and not found to be pointless."""
    make(clock)
    mail = OutgoingMail.objects.filter(kind=kind, state="queued").first()
    assert not worth(mail)
    deliver_due()
    mail.refresh_from_db()
    is_about_somebody = mail.registrations.exists() and not mail.is_last
    if not is_about_somebody or mail.is_to_new_address:
        assert not worth(mail)
        return
    sent = len(smtp_server.messages)
    if worth(mail):
        assert mail.resend()
        deliver_due()
        assert len(smtp_server.messages) == sent + 1


def test_every_kind_about_a_registration_is_decided():
    kinds = OutgoingMail.Kind
    others = {*OutgoingMail.LAST_KINDS, kinds.CHANGE_ADDRESS, kinds.CONFIRM_INTEREST, kinds.NEWS}
    others |= {*account_mails.WORDS, *speaker_mails.RENDER}

    assert set(kinds) - others - {kinds.MESSAGE} == set(WORTH)


def test_confirmation_is_worth_it_until_the_talk_is_over_or_left(clock):
    row = make_registration()
    mail = OutgoingMail.objects.get()
    deliver_due()

    assert worth(mail)
    clock.move_to(row.talk.ends_at)
    assert not worth(mail)
    clock.move_to(row.talk.starts_at - timedelta(days=1))
    Registration.objects.get().cancel()
    assert not worth(mail)


def test_stopped_message_is_not_sent_to_one_of_its_people(clock):
    row = make_registration(make_talk())
    message = make_message(row.talk)
    message.release()
    deliver_due()
    mail = message.mails.get()

    assert worth(mail)
    message.stopped_at = message.released_at
    message.save()
    assert not worth(mail)
