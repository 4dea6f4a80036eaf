from datetime import timedelta

import pytest
from django.utils import timezone

from registration.management.commands import worker
from registration.models import OutgoingMail, Registration
from tests.makers import make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def command():
    command = worker.Command()
    command.stopping = False
    command.pause = worker.FIRST_PAUSE
    command.next_retention = timezone.now()
    return command


def test_worker_sends_what_is_due_and_waits_a_little(command, smtp_server):
    make_registration()

    assert command.run_once() == worker.IDLE
    assert len(smtp_server.messages) == 1


def test_worker_waits_longer_and_longer_while_the_mail_server_is_away(command, smtp_server):
    make_registration()
    smtp_server.stop()

    pauses = [command.run_once() for _ in range(8)]
    assert pauses == [15, 30, 60, 120, 240, 480, 900, 900]

    smtp_server.start()
    assert [command.run_once(), command.pause] == [worker.IDLE, worker.FIRST_PAUSE]
    assert OutgoingMail.objects.get().state == "sent"


def test_worker_that_shall_stop_leaves_the_rest_for_the_next(command, smtp_server):
    make_registration()
    command.stop()

    command.run_once()

    assert smtp_server.messages == []


def test_worker_forgets_the_expired_once_an_hour(command, smtp_server, clock):
    row = make_registration()
    command.run_once()
    clock.move_to(row.talk.ends_at + timedelta(days=31))

    command.run_once()

    assert Registration.objects.get().email is None


def test_mail_goes_out_although_forgetting_fails(command, smtp_server, settings, caplog):
    settings.RETENTION_DAYS = None
    make_registration()

    assert command.run_once() == worker.IDLE
    assert len(smtp_server.messages) == 1
    assert "The worker goes on after an error" in caplog.text


def test_worker_outlives_an_error(command, caplog):
    def fail():
        raise TypeError("unexpected")

    assert command.attempt(fail) is None
    assert "The worker goes on after an error" in caplog.text
    assert "TypeError: unexpected" in caplog.text
