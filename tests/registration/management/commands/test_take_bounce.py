"""The command that a mail server's pipe calls: what it changes, and with which code it ends."""

import io
import os
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail
from tests.makers import make_registration
from tests.registration.mail.bounces.samples import report_of, sample

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "smtp_server")]


@pytest.fixture
def pipe(monkeypatch, capsys):
    """Give a function that pipes a mail into the command; returns what it wrote."""

    def pipe(raw):
        content = io.BytesIO(raw)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content, newline=""))
        call_command("take_bounce")
        assert content.read() == b""
        return "".join(capsys.readouterr())

    return pipe


def test_report_is_taken_without_a_word(pipe):
    make_registration()
    deliver_due()
    mail = OutgoingMail.objects.get()

    assert pipe(report_of(mail) + b"x" * 3_000_000) == ""
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == ("failed", "5.1.1")


@pytest.mark.parametrize("raw", [b"", b"\xff\0" * 100, sample("letter"), sample("postfix")])
def test_everything_else_is_taken_too_and_changes_nothing(pipe, raw):
    assert pipe(raw) == ""
    assert not OutgoingMail.objects.exists()


def test_mail_server_is_to_try_again_while_the_database_does_not_answer(pipe):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registration_outgoingmail RENAME TO registration_away")

    with pytest.raises(SystemExit) as ended:
        pipe(sample("postfix"))
    assert ended.value.code == os.EX_TEMPFAIL == 75
