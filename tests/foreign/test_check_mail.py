"""`manage.py check_mail --send` with a real mailbox (dovecot): what arrives, and what stays."""

import io

import pytest
from django.core.management import call_command

from registration.mail.domain import trial
from registration.mail.smtp import SMTP_BACKEND
from tests.conftest import SmtpServer
from tests.foreign.dovecot import dovecot, letter

pytestmark = pytest.mark.django_db

BOX = "rueck@stadt.example"
HEAD = (
    b"Authentication-Results: mx.stadt.example; dkim=pass header.d=town.example; spf=pass;\r\n"
    b" dmarc=pass\r\n"
    b"Received: from out.town.example (out.town.example [203.0.113.9])\r\n"
    b"\tby mx.stadt.example with ESMTPS id 1\r\n"
    b"DKIM-Signature: v=1; d=town.example; b=abc=\r\n"
)


class Deliverer(SmtpServer):
    """Signs each mail, and puts it into the mailbox behind somebody's letter."""

    box = None

    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        if answer.startswith("250"):
            self.box.deliver(letter(2), HEAD + envelope.content)
        return answer


@pytest.fixture
def box(settings, monkeypatch):
    with dovecot() as box:
        monkeypatch.setenv("SSL_CERT_FILE", str(box.directory / "cert.pem"))
        monkeypatch.setattr(trial, "PAUSE", 0.1)
        settings.BOUNCE_URL, settings.BOUNCE_ADDRESS = box.url(), BOX
        settings.DEFAULT_FROM_EMAIL = "Die Reihe <talks@town.example>"
        box.deliver(letter(1))
        yield box


@pytest.fixture
def server(settings, box):
    server = Deliverer()
    server.box = box
    server.start()
    options = {"host": "127.0.0.1", "port": server.port, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": SMTP_BACKEND, "OPTIONS": options}}
    yield server
    server.stop()


def told():
    return {one.subject: str(one.state) for one in trial.try_out()}


LETTERS = {b"<letter-1@stadt.example>": [], b"<letter-2@stadt.example>": []}


def test_mail_is_judged_and_removed_and_letters_stay_unread(server, box):
    assert told() == dict.fromkeys(
        ["DKIM", "SPF beim Empfang", "DMARC beim Empfang", "Weg"], "in Ordnung"
    )
    assert box.contents() == LETTERS
    assert [one.mail_from for one in server.messages] == [BOX]


def test_command_says_it(server, box):
    out = io.StringIO()
    call_command("check_mail", send=True, nameserver="127.0.0.1:1", stdout=out)

    assert "DKIM: in Ordnung\n  town.example hat unterschrieben, und das gilt." in out.getvalue()


def test_mail_that_does_not_come(smtp_server, box, monkeypatch):
    monkeypatch.setattr(trial, "WAIT", 0.5)

    assert told() == {"Probe": "zu ändern"}
    assert len(box.contents()) == 1


def test_mail_that_is_refused(server, box):
    server.answers["RCPT"] = ["550 5.1.1 no"] * 2

    (finding,) = trial.try_out()
    assert finding.text == "Die Mail ging nicht hinaus. Das Postfach gibt es nicht (550 5.1.1)."


def test_mailbox_that_does_not_let_us_in(server, settings, box):
    settings.BOUNCE_URL = box.url(password="falsch")  # noqa: S106

    (finding,) = trial.try_out()
    assert finding.text.startswith("Das Postfach für Rückläufer lässt sich nicht lesen. localhost")
    assert server.messages == []
