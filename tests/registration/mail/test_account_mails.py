"""Mails to organisers as they arrive, and those that have become pointless."""

import re
from datetime import timedelta

import pytest

from registration.mail.account_mails import WORDS
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail
from tests.mailbox import Mailbox
from tests.makers import make_registration, make_talk
from tests.registration.rows import state_of
from tests.sentences import too_long_in_text
from tests.webtalks.team.people import make_colleague

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Kind = OutgoingMail.Kind
NOTICES = [Kind.NO_WAY_IN, Kind.PUT_OFF, Kind.TALK_FULL, Kind.NAMES_GO]


@pytest.fixture
def colleague():
    return make_colleague(email="aenne@verein.example")


@pytest.fixture
def box(smtp_server):
    return Mailbox(smtp_server, "aenne@verein.example")


def write(colleague, kind, talk, note="Nachricht"):
    OutgoingMail.objects.enqueue_notice(kind, talk, "einmal", [colleague], note=note)
    return OutgoingMail.objects.get(account=colleague)


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def test_every_kind_has_its_words():
    accounts = list(Kind)[list(Kind).index(Kind.INVITATION) :]

    assert set(WORDS) == set(accounts)


@pytest.mark.parametrize("kind", NOTICES)
def test_notice_arrives_and_names_nobody(box, colleague, kind):
    talk = make_talk(capacity=1)
    make_registration(talk)
    OutgoingMail.objects.all().delete()
    mail = write(colleague, kind, talk)

    deliver_due()

    (message,) = box.messages
    text = text_of(message)
    assert talk.title in text
    assert "kim" not in text.lower()
    assert "http://testserver/admin/profil/" in text
    assert too_long_in_text(text) == []
    assert state_of(mail)[::2] == ("sent", "")
    assert "/admin/" in box.link("/admin/")


def test_way_in_that_has_come_meanwhile_is_not_asked_for(box, colleague):
    talk = make_talk()
    mail = write(colleague, Kind.NO_WAY_IN, talk)
    talk.meeting_url = "https://meet.example/a"
    talk.save()

    deliver_due()

    assert box.messages == []
    mail.refresh_from_db()
    assert mail.state == "obsolete"


def test_notice_about_no_talk_arrives(box, colleague):
    write(colleague, Kind.PUT_OFF, None, "Neue Termine per E-Mail: bestätigen")

    deliver_due()

    assert box.subjects == ["Eine Mail wird aufgeschoben"]
    assert "Neue Termine per E-Mail" in text_of(box.messages[0])


def test_notice_is_not_sent_to_an_address_that_is_no_longer_the_accounts(box, colleague):
    write(colleague, Kind.TALK_FULL, make_talk(capacity=1))
    colleague.email = "neu@verein.example"
    colleague.save()

    deliver_due()

    assert box.messages == []


def test_old_notice_is_not_sent(box, colleague, clock):
    write(colleague, Kind.TALK_FULL, make_talk(capacity=1))
    clock.shift(timedelta(days=2))

    deliver_due()

    assert box.messages == []


def test_refused_mail_keeps_its_address_until_its_time_is_over(smtp_server, colleague):
    smtp_server.answers["RCPT"] = ["550 no"]
    mail = OutgoingMail.objects.enqueue_to_account(Kind.INVITATION, colleague)

    deliver_due()

    assert state_of(mail) == ("failed", 1, "aenne@verein.example", "550 no")
    assert mail.resend() is None
    OutgoingMail.objects.to_erase(mail.created_at + timedelta(seconds=1)).erase()
    mail.refresh_from_db()
    assert (mail.recipient, mail.last_error) == ("", "")


def test_mail_goes_with_its_account(colleague):
    OutgoingMail.objects.enqueue_to_account(Kind.INVITATION, colleague)

    colleague.delete()

    assert OutgoingMail.objects.count() == 0


def test_erasing_a_participant_leaves_the_mails_to_the_account_of_that_address(colleague):
    mail = OutgoingMail.objects.enqueue_to_account(Kind.INVITATION, colleague)

    OutgoingMail.objects.to_address("aenne@verein.example").erase()

    mail.refresh_from_db()
    assert mail.recipient == "aenne@verein.example"


def test_link_of_the_mail_is_made_when_it_is_sent(box, colleague, clock):
    OutgoingMail.objects.enqueue_to_account(Kind.NEW_PASSWORD, colleague)
    clock.shift(timedelta(hours=71))

    deliver_due()

    assert re.search(r"/admin/konto/\d+/passwort/\w+-\w+/$", box.link("/admin/konto/"))
