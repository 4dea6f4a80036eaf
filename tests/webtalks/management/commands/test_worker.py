import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Talk
from registration.models import OutgoingMail, Registration
from registration.models.heartbeat import Heartbeat
from tests.makers import make_registration, make_talk
from webtalks.management.commands import worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def command():
    return worker.Command()


def test_worker_sends_what_is_due_and_waits_a_little(command, smtp_server):
    make_registration()

    assert command.run_once() == worker.IDLE
    assert len(smtp_server.messages) == 1


def run(command, clock, seconds) -> list[int]:
    """Let the worker run for so many seconds; return those at which it tried the one mail."""
    begin, tries = timezone.now(), []
    while (passed := (timezone.now() - begin).total_seconds()) < seconds:
        before = OutgoingMail.objects.get().lease_no
        pause = command.run_once()
        if OutgoingMail.objects.get().lease_no > before:
            tries.append(passed)
        clock.shift(timedelta(seconds=pause))
    return tries


def test_worker_asks_ever_less_often_while_the_mail_server_is_away(
    command, smtp_server, clock, monkeypatch
):
    monkeypatch.setattr(worker, "IDLE", 15)
    command.take_on({})  # those have a test of their own
    make_registration()
    smtp_server.stop()

    moments = [0, *itertools.accumulate([15, 30, 60, 120, 240, 480, 900, 900])]
    assert run(command, clock, moments[-1] + 15) == moments

    smtp_server.start()
    assert run(command, clock, 901) == [900 - 15]
    assert OutgoingMail.objects.get().state == "sent"
    assert command.pause == worker.FIRST_PAUSE


def test_mail_goes_out_soon_after_a_short_outage(command, smtp_server, clock):
    make_registration()
    smtp_server.stop()
    tries = run(command, clock, 60)

    smtp_server.start()

    assert [len(tries), len(run(command, clock, 60)), len(smtp_server.messages)] == [3, 1, 1]


def test_duties_go_on_in_time_while_the_mail_server_is_away(
    command, smtp_server, clock, monkeypatch
):
    monkeypatch.setattr(worker, "IDLE", 10)
    beats = []

    def duty():
        beats.append(timezone.now())

    command.take_on(worker.DUTIES | {duty: timedelta(minutes=1)})
    make_registration()
    smtp_server.stop()

    run(command, clock, 30 * 60)

    waits = {after - before for before, after in itertools.pairwise(beats)}
    assert waits == {timedelta(minutes=1)}
    assert Heartbeat.last_seen_at() == beats[-1]
    smtp_server.start()


def test_worker_that_shall_stop_leaves_the_rest_for_the_next(command, smtp_server):
    make_registration()
    command.stop()

    command.run_once()

    assert smtp_server.messages == []


def test_worker_erases_the_expired_once_an_hour(command, smtp_server, clock):
    row = make_registration()
    command.run_once()
    clock.move_to(row.talk.ends_at + timedelta(days=31))

    command.run_once()

    assert Registration.objects.get().email is None


def test_mail_goes_out_although_erasing_fails(command, smtp_server, settings, caplog):
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


def test_duty_that_becomes_due_does_not_wait_for_the_end_of_the_queue(command, smtp_server, clock):
    talk = make_talk()
    for number in range(5):
        make_registration(talk, email=f"p{number}@stadt.example")
    command.run_once()
    talk.reminds_hour_before = False
    talk.save()
    clock.move_to(talk.starts_at - timedelta(days=1))
    for number in range(5):
        make_registration(talk, email=f"n{number}@stadt.example")
    sending = smtp_server.handle_DATA

    async def take_long(*arguments):
        clock.shift(timedelta(seconds=25))
        return await sending(*arguments)

    smtp_server.handle_DATA = take_long
    command.next_time = dict.fromkeys(worker.DUTIES, timezone.now() + timedelta(seconds=20))

    assert command.run_once() == 0
    assert OutgoingMail.objects.filter(state="sent").count() == 5 + 1
    assert not OutgoingMail.objects.filter(kind="reminder_day").exists()
    command.run_once()
    assert OutgoingMail.objects.filter(kind="reminder_day").count() == 5


def test_worker_says_that_it_lives(command):
    assert Heartbeat.last_seen_at() is None

    command.run_once()

    assert Heartbeat.last_seen_at() == timezone.now()


def test_worker_names_broken_counts_once_a_day(command, caplog, clock):
    talk = make_talk(slug="wert")
    command.run_once()
    assert "Invariant broken" not in caplog.text
    Talk.objects.filter(pk=talk.pk).update(seats_taken=2)

    clock.shift(timedelta(hours=23, minutes=59))
    command.run_once()
    assert "Invariant broken" not in caplog.text
    clock.shift(timedelta(minutes=1))
    command.run_once()

    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert errors == ["Invariant broken: wert: 2 Plätze gezählt, 0 vergeben"]
