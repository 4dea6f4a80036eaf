"""From whom a mail comes, how fast mails go out, and through how many connections."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from registration.mail.conversation import Rate
from registration.mail.deliver import Outcome, deliver_due
from registration.models import OutgoingMail
from registration.models.mails.bounce_mailbox import REFUSED_FOR, BounceMailbox
from tests.makers import make_registration, make_talk
from webtalks.management.commands import worker

pytestmark = [pytest.mark.once, pytest.mark.django_db]

SENDER, MAILBOX = "webtalks@town.example", "bounces@town.example"
NOT_YOURS = "553 5.7.1 Sender address rejected: not owned by user"


@pytest.fixture(autouse=True)
def _addresses(settings, clock):
    settings.DEFAULT_FROM_EMAIL = f"Kleinstadt Web-Talks <{SENDER}>"
    settings.BOUNCE_ADDRESS = MAILBOX


@pytest.fixture
def talk():
    return make_talk()


def sign_up(talk, number=1):
    for _ in range(number):
        count = OutgoingMail.objects.count()
        make_registration(talk, email=f"p{count}@stadt.example")


def seen(envelope):
    """Return who sent it: by the envelope, and as people read it."""
    mail = message_from_bytes(envelope.content, policy=policy.default)
    return envelope.mail_from, mail.get_all("From")


AS_PEOPLE_SEE_IT = [f"Kleinstadt Web-Talks <{SENDER}>"]


# How many mails: more than one is enough to see that no connection is opened for each.
NUMBERS = [5, pytest.param(50, marks=pytest.mark.slow)]


def refused_at():
    return BounceMailbox.load().sender_refused_at


def test_reports_go_to_the_mailbox_and_people_see_the_sender(smtp_server, talk):
    sign_up(talk, 2)

    assert deliver_due() == [Outcome.SENT] * 2

    assert [seen(one) for one in smtp_server.messages] == [(MAILBOX, AS_PEOPLE_SEE_IT)] * 2
    assert (smtp_server.conversations, refused_at()) == (1, None)


def test_without_an_address_of_its_own_the_sender_is_in_the_envelope(smtp_server, talk, settings):
    settings.BOUNCE_ADDRESS = ""
    sign_up(talk)

    assert deliver_due() == [Outcome.SENT]

    assert seen(smtp_server.messages[0]) == (SENDER, AS_PEOPLE_SEE_IT)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_server_that_refuses_the_mailbox_gets_the_mail_from_the_sender(
    smtp_server, talk, clock, step
):
    """Whenever it says so; after an hour it is asked again, and what it takes then is told."""
    smtp_server.answers[step] = [NOT_YOURS]
    sign_up(talk, 2)

    assert deliver_due() == [Outcome.SENT] * 2

    assert [seen(one) for one in smtp_server.messages] == [(SENDER, AS_PEOPLE_SEE_IT)] * 2
    assert refused_at() == timezone.now()
    assert {mail.attempts for mail in OutgoingMail.objects.all()} == {1}
    clock.shift(REFUSED_FOR)
    sign_up(talk)
    assert deliver_due() == [Outcome.SENT]
    assert (seen(smtp_server.messages[2])[0], refused_at()) == (MAILBOX, None)


@pytest.mark.parametrize(
    ("step", "answer", "outcome"),
    [
        ("MAIL", "530 5.7.0 log in first", Outcome.PAUSED),
        ("RCPT", "550 5.1.1 no such user", Outcome.FAILED),
        ("DATA", "554 5.7.1 spam", Outcome.FAILED),
    ],
)
def test_what_is_refused_from_the_sender_too_is_not_the_envelopes_fault(
    smtp_server, talk, step, answer, outcome
):
    smtp_server.answers[step] = [answer] * 2
    sign_up(talk)

    assert deliver_due() == [outcome]

    assert (smtp_server.answers[step], refused_at()) == ([], None)


@pytest.mark.parametrize(
    ("step", "outcome"),
    [("MAIL", Outcome.PAUSED), ("RCPT", Outcome.RETRY), ("DATA", Outcome.RETRY)],
)
def test_server_that_asks_for_patience_has_refused_nothing(smtp_server, talk, step, outcome):
    smtp_server.answers[step] = ["451 4.7.1 later"]
    sign_up(talk)

    assert deliver_due() == [outcome]

    assert (smtp_server.messages, refused_at()) == ([], None)


def test_conversation_that_the_server_ends_is_begun_anew_with_the_same_envelope(smtp_server, talk):
    smtp_server.answers["MAIL"] = ["421 4.7.0 enough"]
    sign_up(talk)

    assert deliver_due() == [Outcome.SENT]

    assert (seen(smtp_server.messages[0])[0], smtp_server.conversations) == (MAILBOX, 2)


@pytest.mark.parametrize("number", NUMBERS)
def test_many_mails_need_one_connection(smtp_server, talk, number):
    sign_up(talk, number)

    assert deliver_due() == [Outcome.SENT] * number

    assert (len(smtp_server.messages), smtp_server.conversations) == (number, 1)


@pytest.mark.parametrize("number", NUMBERS)
def test_error_costs_one_connection_more(smtp_server, talk, settings, number):
    settings.BOUNCE_ADDRESS = ""
    smtp_server.answers["RCPT"] = ["250 OK", "451 4.7.1 later"]
    sign_up(talk, number)

    assert deliver_due() == [Outcome.SENT, Outcome.RETRY, *[Outcome.SENT] * (number - 2)]

    assert (len(smtp_server.messages), smtp_server.conversations) == (number - 1, 2)


def test_worker_sends_no_more_in_a_minute_and_the_urgent_first(smtp_server, talk, settings, clock):
    settings.MAILS_PER_MINUTE = 10
    sign_up(talk, 15)
    OutgoingMail.objects.update(priority=30)
    ran, command = [], worker.Command()
    command.take_on({lambda: ran.append(timezone.now()): timedelta(seconds=20)})
    command.run_once()
    assert len(smtp_server.messages) == 10

    sign_up(talk)  # personal
    for _ in range(2):
        clock.shift(timedelta(seconds=29))
        command.run_once()
    assert (len(smtp_server.messages), len(ran)) == (10, 3)
    clock.shift(timedelta(seconds=2))
    command.run_once()

    assert len(smtp_server.messages) == 16
    assert smtp_server.messages[10].rcpt_tos == ["p15@stadt.example"]


def test_rate_without_a_limit_is_never_reached(settings):
    settings.MAILS_PER_MINUTE = 0
    rate = Rate()
    for _ in range(1000):
        rate.count()

    assert not rate.is_reached


def test_clock_that_is_set_back_stops_nothing(settings, clock):
    settings.MAILS_PER_MINUTE = 1
    rate = Rate()
    rate.count()
    assert rate.is_reached
    clock.shift(timedelta(days=-1))

    assert not rate.is_reached
