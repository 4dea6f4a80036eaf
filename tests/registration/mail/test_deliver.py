"""Sending what is due: what the mail server may answer, and what is not sent any more."""

import re
import socketserver
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.mail import mailers
from django.db import connection
from django.utils import timezone

from events.models import Talk
from registration.mail import deliver
from registration.mail.deliver import Outcome, deliver_due
from registration.mail.smtp import SMTP_BACKEND
from registration.models import OutgoingMail, Registration
from tests.mailbox import Mailbox
from tests.makers import make_registration, make_talk
from tests.registration.rows import mails_to, state_of

pytestmark = pytest.mark.django_db


def test_due_mail_is_sent_once_and_erases_the_address(smtp_server):
    (mail,) = mails_to("kim")

    outcomes = [deliver_due(), deliver_due()]

    assert outcomes == [[Outcome.SENT], []]
    assert state_of(mail) == ("sent", 1, "", "")
    assert [envelope.rcpt_tos for envelope in smtp_server.messages] == [["kim@stadt.example"]]
    assert mail.message_id.encode() in smtp_server.messages[0].content


def test_one_connection_serves_many_mails(smtp_server):
    mails_to("a", "b", "c")

    assert deliver_due() == [Outcome.SENT] * 3
    assert [envelope.rcpt_tos[0][0] for envelope in smtp_server.messages] == ["a", "b", "c"]


def test_no_transaction_is_open_while_sending(transactional_db, smtp_server):
    mails_to("kim")
    seen = []
    mailer = mailers.default
    send = mailer.send_messages

    def watch(messages):
        seen.append(connection.in_atomic_block)
        return send(messages)

    mailer.send_messages = watch
    deliver_due(mailer)

    assert seen == [False]


# Refused


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["421 later", "450 grey", "451 grey", "452 full"])
def test_temporary_refusal_is_tried_again_later(smtp_server, clock, step, answer):
    (mail,) = mails_to("kim")
    smtp_server.answers[step] = [answer]

    assert deliver_due() == [Outcome.RETRY]
    state, attempts, recipient, error = state_of(mail)
    assert (state, attempts, recipient) == ("queued", 1, "kim@stadt.example")
    assert error.startswith(answer[:3])

    assert deliver_due() == []
    clock.shift(timedelta(seconds=61))
    assert deliver_due() == [Outcome.SENT]
    assert state_of(mail) == ("sent", 2, "", "")


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_final_refusal_shows_with_its_address(smtp_server, step):
    (mail,) = mails_to("kim")
    smtp_server.answers[step] = ["550 no such user"]

    assert deliver_due() == [Outcome.FAILED]
    assert state_of(mail) == ("failed", 1, "kim@stadt.example", "550 no such user")


def test_refused_sender_pauses_the_queue(smtp_server):
    first, second = mails_to("a", "b")
    smtp_server.answers["MAIL"] = ["550 you may not send"]

    assert deliver_due() == [Outcome.PAUSED]
    assert state_of(first)[:3] == ("queued", 0, "a@stadt.example")
    assert "you may not send" in state_of(first)[3]
    assert state_of(second) == ("queued", 0, "b@stadt.example", "")
    assert deliver_due() == [Outcome.SENT, Outcome.SENT]


def test_server_that_is_away_pauses_and_costs_no_attempt(smtp_server):
    (mail,) = mails_to("kim")
    smtp_server.stop()

    for _ in range(3):
        assert deliver_due() == [Outcome.PAUSED]

    assert state_of(mail)[:3] == ("queued", 0, "kim@stadt.example")
    smtp_server.start()
    assert deliver_due() == [Outcome.SENT]


def test_temporary_refusals_never_lose_a_mail_before_the_talk_is_over(smtp_server, clock):
    (mail,) = mails_to("kim")
    smtp_server.answers["RCPT"] = ["450 grey"] * 30
    pauses = []
    for _ in range(9):
        assert deliver_due() == [Outcome.RETRY]
        mail.refresh_from_db()
        pauses.append((mail.not_before - timezone.now()).total_seconds() / 60)
        clock.move_to(mail.not_before)
    assert pauses == [1, 4, 16, 64, 256, 1024, 1440, 1440, 1440]

    clock.shift(timedelta(days=30))
    assert deliver_due() == [Outcome.OBSOLETE]


def test_one_bad_row_does_not_stop_the_queue(smtp_server):
    bad, good = mails_to("a", "b")
    OutgoingMail.objects.filter(pk=bad.pk).update(kind="no such kind")

    assert deliver_due() == [Outcome.RETRY, Outcome.SENT]
    assert state_of(bad)[:2] == ("queued", 1)
    assert state_of(good)[0] == "sent"


def test_address_that_cannot_be_written_is_final(smtp_server):
    bad, good = mails_to("a", "b")
    bad_address = {"email": "a\nb@stadt.example", "email_key": "a\nb@stadt.example"}
    Registration.objects.filter(email="a@stadt.example").update(**bad_address)
    OutgoingMail.objects.filter(pk=bad.pk).update(recipient="a\nb@stadt.example")

    assert deliver_due() == [Outcome.FAILED, Outcome.SENT]
    assert state_of(good)[0] == "sent"


@pytest.mark.parametrize("user", ["nutzer:pässwort", "nützer:x"])
def test_log_in_that_cannot_be_sent_pauses_the_queue(smtp_server, settings, user):
    (mail,) = mails_to("kim")
    name, password = user.split(":")
    settings.MAILERS["default"]["OPTIONS"] |= {"username": name, "password": password}

    assert deliver_due() == [Outcome.PAUSED]
    assert state_of(mail)[:2] == ("queued", 0)
    assert OutgoingMail.objects.due().exists()


class Refusal(socketserver.StreamRequestHandler):
    """A mail server that greets and then wants nothing to do with us."""

    def handle(self):
        self.wfile.write(b"220 hello\r\n")
        while self.rfile.readline():
            self.wfile.write(b"550 go away\r\n")


def test_server_that_refuses_our_greeting_pauses_the_queue(settings, clock):
    (mail,) = mails_to("kim")
    with socketserver.TCPServer(("127.0.0.1", 0), Refusal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.MAILERS = {
            "default": {
                "BACKEND": SMTP_BACKEND,
                "OPTIONS": {"host": "127.0.0.1", "port": server.server_address[1], "timeout": 5},
            }
        }
        outcomes = deliver_due()
        server.shutdown()

    assert outcomes == [Outcome.PAUSED]
    assert state_of(mail)[:2] == ("queued", 0)


# Written when it is sent, or no longer


def test_mail_whose_key_has_changed_goes_to_nobody(smtp_server):
    (mail,) = mails_to("kim")
    Registration.objects.update(key="another-key")

    assert deliver_due() == [Outcome.OBSOLETE]
    assert state_of(mail) == ("obsolete", 0, "", "")
    assert smtp_server.messages == []


def test_confirmation_overtaken_by_a_cancellation_is_obsolete(smtp_server):
    row = make_registration()
    row.cancel()

    assert deliver_due() == [Outcome.OBSOLETE, Outcome.SENT]
    assert [b"Abgemeldet" in message.content for message in smtp_server.messages] == [True]


def test_text_is_rendered_when_sent(smtp_server):
    row = make_registration()
    talk = row.talk
    talk.title = "Jetzt ganz anders"
    talk.save()

    deliver_due()

    assert b"Jetzt ganz anders" in smtp_server.messages[0].content


def test_cancellation_of_who_has_come_back_is_not_sent(smtp_server, clock):
    row = make_registration()
    deliver_due()
    row.cancel()
    smtp_server.answers["RCPT"] = ["451 grey"]
    deliver_due()
    make_registration(row.talk)
    clock.shift(timedelta(hours=1))

    assert deliver_due() == [Outcome.SENT, Outcome.OBSOLETE]
    assert [b"Abgemeldet" in message.content for message in smtp_server.messages] == [False] * 2


def test_mail_names_talks_booked_under_another_spelling(smtp_server):
    first, second = make_talk(title="Erster"), make_talk(title="Zweiter")
    make_registration(first, email="Kim@stadt.example")
    Registration.objects.sign_up([first, second], name="Kim", email="kim@stadt.example")

    deliver_due()

    message = message_from_bytes(smtp_server.messages[1].content, policy=policy.default)
    assert re.fullmatch(r"Angemeldet, ab \d+\. \w+: 2 Web-Talks", message["Subject"])


@pytest.mark.parametrize(
    "change", [{"status": "cancelled"}, {"status": "postponed"}, {"status": "draft"}]
)
def test_nobody_is_invited_to_a_talk_that_does_not_take_place(smtp_server, change):
    row = make_registration()
    Talk.objects.filter(pk=row.talk_id).update(**change)

    assert deliver_due() == [Outcome.OBSOLETE]


def test_cancellation_goes_to_who_came_back_to_the_queue(smtp_server):
    """Who lost the seat must lose the entry in the calendar too."""
    talk = make_talk(capacity=1)
    row = make_registration(talk)
    make_registration(talk, email="lea@stadt.example")
    deliver_due()
    row.cancel()

    assert make_registration(talk).state == "waiting"
    deliver_due()

    assert Mailbox(smtp_server, "kim@stadt.example").calendar == {}


def test_cancellation_goes_to_who_came_back_and_has_to_confirm(smtp_server):
    row = make_registration()
    deliver_due()
    row.cancel()
    Talk.objects.update(double_opt_in=True)

    assert make_registration(Talk.objects.get()).state == "pending"
    deliver_due()

    assert Mailbox(smtp_server, "kim@stadt.example").calendar == {}


def test_no_seat_of_a_talk_that_is_moved_meanwhile_is_obsolete(smtp_server, clock):
    talk = make_talk(capacity=1, starts_in=timedelta(hours=3))
    make_registration(talk, email="lea@stadt.example")
    make_registration(talk)
    deliver_due()
    clock.shift(timedelta(hours=1, minutes=30))
    assert Registration.objects.close_queues() == 1
    talk.refresh_from_db()
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()

    assert deliver_due() == [Outcome.OBSOLETE]


def test_refusal_of_a_mail_to_somebody_erased_meanwhile_keeps_no_address():
    make_registration()
    mail = OutgoingMail.objects.claim()
    Registration.objects.erase_person("kim@stadt.example")

    deliver._refused(mail, 550, b"<kim@stadt.example> unknown")

    stored = repr([*OutgoingMail.objects.filter(pk=mail.pk).values()])
    assert "kim@" not in stored
