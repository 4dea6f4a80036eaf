"""A mail server that refuses or hangs up, at each step of the conversation (RFC 5321 §4.2)."""

import socketserver
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from registration.mail import smtp
from registration.mail.deliver import Outcome, deliver_due
from registration.mail.smtp import SMTP_BACKEND
from registration.models import OutgoingMail
from tests.makers import make_registration, make_talk
from webtalks.management.commands import worker

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TEMPORARY = ("421 closing", "450 busy", "451 error", "452 full")
FINAL = ("550 no", "554 no")
HANGS_UP = "hangs up"
ANSWERS = (*TEMPORARY, *FINAL, HANGS_UP)
EHLO = "250-mx.example\r\n250-STARTTLS\r\n250 AUTH PLAIN"
GOOD = {
    "EHLO": EHLO,
    "HELO": "250 mx.example",
    "AUTH": "235 welcome",
    "DATA": "354 go on",
    "QUIT": "221 bye",
}


class Conversation(socketserver.StreamRequestHandler):
    """Answers as `server.plan` says for a step, else as a good server would."""

    def handle(self):
        self.mails = 0
        if not self.answer("connect", "220 mx.example"):
            return
        while line := self.rfile.readline():
            step = line.split()[0].decode().upper()
            if not self.answer(step, GOOD.get(step, "250 OK")):
                return
            if step == "DATA" and self.said.startswith("354") and not self.take():
                return

    def answer(self, step, good) -> bool:
        time.sleep(self.server.takes.get(step, 0))
        is_full = step == "MAIL" and self.mails == self.server.mails_per_connection
        self.said = "421 enough" if is_full else self.server.plan.get(step, good)
        if self.said == HANGS_UP:
            return False
        self.wfile.write(f"{self.said}\r\n".encode())
        # RFC 5321 §3.8: who answers 421 closes the channel.
        return not self.said.startswith("421")

    def take(self) -> bool:
        while self.rfile.readline() not in (b".\r\n", b""):
            pass
        is_open = self.answer("end of data", "250 OK")
        if self.said == "250 OK":
            self.mails += 1
            self.server.taken += 1
        return is_open


@pytest.fixture
def mail_server(settings):
    """Run the server; it offers a log-in and encryption, which MAILERS may use."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        server.plan, server.taken, server.mails_per_connection = {}, 0, None
        server.takes = {}  # seconds, by step
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        options = {"host": "127.0.0.1", "port": server.server_address[1], "timeout": 5}
        settings.MAILERS = {
            "default": {
                "BACKEND": SMTP_BACKEND,
                "OPTIONS": options,
            }
        }
        yield server
        server.shutdown()


# Final are refusals of the recipient and of the content. The operator's are connection, greeting,
# encryption, log-in and sender: these pause the queue and cost no mail an attempt.
PAUSED = dict.fromkeys(ANSWERS, Outcome.PAUSED)
JUDGED = dict.fromkeys(ANSWERS, Outcome.RETRY) | dict.fromkeys(FINAL, Outcome.FAILED)
EXPECTED = {
    "connect": PAUSED,
    "EHLO": PAUSED,
    "STARTTLS": PAUSED,
    "AUTH": PAUSED,
    "MAIL": PAUSED | {HANGS_UP: Outcome.RETRY},
    "RCPT": JUDGED,
    "DATA": JUDGED,
    "end of data": JUDGED,
    "QUIT": dict.fromkeys(ANSWERS, Outcome.SENT),
}

# What must be configured for the step to come.
NEEDS = {"STARTTLS": {"use_tls": True}, "AUTH": {"username": "kim", "password": "geheim"}}


# The gate tries one answer of each sort: the one that ends the conversation, "later", and "no".
OTHERS = {"450 busy", "452 full", "554 no"}
TRIED = [
    pytest.param(answer, marks=pytest.mark.slow if answer in OTHERS else []) for answer in ANSWERS
]


@pytest.mark.parametrize("answer", TRIED)
@pytest.mark.parametrize("step", EXPECTED)
def test_what_becomes_of_a_mail_at_each_step(mail_server, settings, clock, step, answer):
    make_registration()
    mail_server.plan = {step: answer}
    if step == "EHLO":
        mail_server.plan["HELO"] = answer
    options = settings.MAILERS["default"]["OPTIONS"]
    options |= NEEDS.get(step, {})

    outcomes = deliver_due()

    expected = EXPECTED[step][answer]
    mail = OutgoingMail.objects.get()
    assert outcomes == [expected]
    assert mail.attempts == (expected != Outcome.PAUSED)
    assert mail_server.taken == (expected == Outcome.SENT)
    assert bool(mail.last_error) == (expected != Outcome.SENT)
    if expected in (Outcome.PAUSED, Outcome.RETRY):
        # Nothing is lost: it goes out once the server is well again.
        mail_server.plan = {}
        options["use_tls"] = False
        clock.shift(timedelta(minutes=2))
        assert deliver_due() == [Outcome.SENT]
        assert mail_server.taken == 1


def test_server_without_the_encryption_that_is_asked_for_gets_nothing(mail_server, settings):
    make_registration()
    mail_server.plan = {"EHLO": "250 mx.example"}
    settings.MAILERS["default"]["OPTIONS"]["use_tls"] = True

    assert deliver_due() == [Outcome.PAUSED]
    assert mail_server.taken == 0


def test_server_that_ends_the_conversation_after_some_mails_is_called_again(mail_server):
    talk = make_talk()
    for number in range(7):
        make_registration(talk, email=f"p{number}@stadt.example")
    mail_server.mails_per_connection = 3

    assert deliver_due() == [Outcome.SENT] * 7
    assert mail_server.taken == 7


def test_pause_is_short_again_after_a_mail_went_out(mail_server, clock):
    """A server that takes so many mails in a minute must not be left alone for a quarter hour."""
    command, talk = worker.Command(), make_talk()
    make_registration(talk, email="a@stadt.example")
    mail_server.plan = {"MAIL": "451 too many"}
    for seconds in (15, 30, 60):
        command.run_once()
        assert command.no_mail_before == timezone.now() + timedelta(seconds=seconds)
        clock.shift(timedelta(seconds=seconds))
    make_registration(talk, email="b@stadt.example")
    mail_server.plan, mail_server.mails_per_connection = {}, 1
    sending = Conversation.take

    def take_one(self):
        self.server.plan = {"MAIL": "451 too many"}
        return sending(self)

    Conversation.take = take_one
    try:
        command.run_once()
        assert command.no_mail_before == timezone.now() + timedelta(seconds=15)
    finally:
        Conversation.take = sending
    assert mail_server.taken == 1


# Seconds: more than any step but the last may take, and less than that one may.
SLOW = 0.6
WAITED_FOR = {
    "connect": Outcome.PAUSED,
    "EHLO": Outcome.PAUSED,
    "MAIL": Outcome.RETRY,
    "RCPT": Outcome.RETRY,
    "DATA": Outcome.SENT,
    "end of data": Outcome.SENT,
}


@pytest.mark.parametrize("step", WAITED_FOR)
def test_worker_is_patient_where_giving_up_would_send_a_copy(mail_server, settings, step):
    make_registration()
    settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.3
    mail_server.takes = {step: SLOW}

    assert deliver_due() == [WAITED_FOR[step]]
    assert mail_server.taken == (WAITED_FOR[step] == Outcome.SENT)


def test_worker_is_impatient_again_with_the_next_mail(mail_server, settings):
    """Nothing but the answers to DATA takes long for a good reason."""
    talk = make_talk()
    make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")
    settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.3
    sending = Conversation.take

    def take_and_slow_down(self):
        self.server.takes = {"MAIL": SLOW}
        return sending(self)

    Conversation.take = take_and_slow_down
    try:
        assert deliver_due() == [Outcome.SENT, Outcome.RETRY]
    finally:
        Conversation.take = sending


def test_worker_gives_up_an_answer_that_does_not_come(mail_server, settings, monkeypatch):
    make_registration()
    monkeypatch.setattr(smtp, "DATA_TIMEOUT", 0.3)
    mail_server.takes = {"end of data": SLOW}

    assert deliver_due() == [Outcome.RETRY]


class SlowToOpen(smtp.SmtpBackend):
    """Connects only when so much time has passed; at last another worker looks for mails."""

    seconds, clock, found = [], None, None

    def open(self):
        if self.connection is None:
            self.clock.shift(self.seconds.pop(0))
            if not self.seconds:
                self.found = OutgoingMail.objects.claim()
        return super().open()


@pytest.mark.parametrize("waits", [[], [0]], ids=["at first", "in a new conversation"])
@pytest.mark.parametrize(("seconds", "is_taken"), [(200, False), (300, True)])
def test_mail_is_sent_by_one_worker_however_long_the_server_is_not_reached(
    mail_server, settings, clock, seconds, is_taken, waits
):
    mailer = SlowToOpen(alias="default", **settings.MAILERS["default"]["OPTIONS"])
    mailer.clock, mailer.seconds = clock, [*waits, seconds]
    mail_server.mails_per_connection = 1
    once = [True] * len(mailer.seconds)
    for number, _ in enumerate(once):
        make_registration(make_talk(), email=f"p{number}@stadt.example")

    outcomes = deliver_due(mailer, keep_going=iter([*once, False]).__next__)

    assert outcomes[-1] == (Outcome.RETRY if is_taken else Outcome.SENT)
    assert (mailer.found is not None) == is_taken
    assert mail_server.taken == len(once) - is_taken
