"""A message that waits for its time: who gets it, and what keeps it from going out."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from registration.mail.deliver import deliver_due
from registration.models import Message, OutgoingMail, Registration
from registration.models.mails import organiser_message
from registration.privacy.retention import carry_out
from tests.makers import make_message, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TOMORROW = timedelta(days=1)


def planned(talk, **fields) -> Message:
    """Return a message that shall go out tomorrow; the outbox is empty."""
    OutgoingMail.objects.all().delete()
    message = make_message(talk, **fields)
    assert message.plan(timezone.now() + TOMORROW)
    return message


def queued() -> list[str]:
    mails = OutgoingMail.objects.filter(kind="message").queued().order_by("pk")
    return list(mails.values_list("recipient", flat=True))


def test_goes_to_those_who_belong_to_its_recipients_at_its_time(clock):
    talk = make_talk()
    leaving = make_registration(talk, email="weg@x.example")
    make_registration(talk, email="da@x.example")
    message = planned(talk)
    leaving.cancel()
    make_registration(talk, email="neu@x.example")

    clock.shift(TOMORROW - timedelta(seconds=1))
    assert (organiser_message.release_due(), queued()) == (0, [])
    clock.shift(timedelta(seconds=1))
    assert [organiser_message.release_due(), organiser_message.release_due()] == [1, 0]

    assert queued() == ["da@x.example", "neu@x.example"]
    message.refresh_from_db()
    assert (message.is_released, message.is_planned) == (True, False)


def test_two_workers_at_once_write_each_mail_once(clock):
    """Both have found it due before either has released it."""
    talk = make_talk()
    make_registration(talk)
    planned(talk)
    clock.shift(TOMORROW)
    first, second = Message.objects.get(), Message.objects.get()

    assert [first.release_if_due(), second.release_if_due()] == [True, False]

    assert len(queued()) == 1


def test_worker_that_dies_meanwhile_leaves_it_to_the_next(clock):
    talk = make_talk()
    make_registration(talk)
    message = planned(talk)
    clock.shift(TOMORROW)

    def die(execute, sql, *arguments):
        if sql.startswith("INSERT"):
            raise KeyboardInterrupt
        return execute(sql, *arguments)

    with connection.execute_wrapper(die), pytest.raises(KeyboardInterrupt):
        organiser_message.release_due()
    message.refresh_from_db()
    assert not message.is_released

    assert organiser_message.release_due() == 1
    assert len(queued()) == 1


@pytest.mark.parametrize(
    "change", [{"status": "cancelled"}, {"title": "Anders"}, {"starts_at": timedelta(days=1)}]
)
def test_talk_that_changes_meanwhile_stops_it(clock, change):
    talk = make_talk()
    make_registration(talk)
    message = planned(talk)
    talk.refresh_from_db()
    for name, value in change.items():
        if isinstance(value, timedelta):
            talk.ends_at, value = talk.ends_at + value, talk.starts_at + value
        setattr(talk, name, value)
    talk.save()

    assert organiser_message.release_due() == 0

    # At once, and not only when it should go out: so organisers have time to read it again.
    message = Message.objects.get()
    assert (message.standing, message.talk_has_changed, queued()) == ("angehalten", True, [])
    assert list(Message.objects.left_stopped(timezone.now() - TOMORROW)) == [message]
    assert message.plan(timezone.now() + TOMORROW)
    assert not message.talk_has_changed
    clock.shift(TOMORROW)
    assert organiser_message.release_due() == 1


def test_talk_of_which_something_else_changes_does_not_stop_it(clock):
    talk = make_talk()
    make_registration(talk)
    planned(talk)
    talk.refresh_from_db()
    talk.recap = "Schön"
    talk.save()
    clock.shift(TOMORROW)

    assert organiser_message.release_due() == 1


def test_stopped_it_is_a_draft_again(clock):
    talk = make_talk()
    make_registration(talk)
    message = planned(talk)
    assert not message.is_draft

    assert [message.stop(), message.stop(), message.resume()] == [True, False, 0]

    assert (message.is_draft, message.standing) == (True, "angehalten")
    clock.shift(TOMORROW)
    assert organiser_message.release_due() == 0
    assert message.release() == 1
    assert Message.objects.with_progress().get().standing == "wird verschickt (0 von\u00a01)"


def test_released_at_once_it_does_not_go_out_again_at_its_time(clock, smtp_server):
    talk = make_talk()
    make_registration(talk)
    message = planned(talk)
    assert message.release() == 1
    assert not message.plan(timezone.now() + TOMORROW)
    deliver_due()
    clock.shift(TOMORROW)

    assert (organiser_message.release_due(), len(smtp_server.messages)) == (0, 1)
    assert Message.objects.with_progress().get().standing == "verschickt"


def test_erased_with_its_people_it_never_goes_out(clock):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk)
    message.plan(talk.ends_at + timedelta(days=29))
    clock.move_to(talk.ends_at + timedelta(days=31))

    carry_out()

    assert (organiser_message.release_due(), queued()) == (0, [])
    assert not Registration.objects.named().exists()
    assert not Message.objects.due().exists()


@pytest.mark.parametrize(
    ("moment", "text", "wrong"),
    [
        (timedelta(0), "Bis dann", "schon vorbei"),
        (timedelta(days=51, hours=2), "Bis dann", "26. Dezember 2025 werden die Namen"),
        (timedelta(days=21, hours=1), "{zugang}", "nur bis zum Ende des Talks"),
        (timedelta(seconds=1), "{zugang}", ""),
        (timedelta(days=51), "Bis dann", ""),
    ],
)
def test_moment_lies_ahead_and_before_the_names_go(moment, text, wrong):
    message = make_message(make_talk(), text=text)
    if not wrong:
        message.check_moment(timezone.now() + moment)
        return

    with pytest.raises(ValidationError) as error:
        message.check_moment(timezone.now() + moment)

    assert wrong in error.value.message.replace("\u00a0", " ")


def test_standing_is_said_in_words():
    talk = make_talk()
    for name in "ab":
        make_registration(talk, email=f"{name}@x.example")
    draft, waits, runs, stopped = [make_message(talk) for _ in range(4)]
    waits.plan(timezone.now() + TOMORROW)
    runs.release()
    stopped.release()
    stopped.stop()
    runs.send_test("orga@amt.example")
    OutgoingMail.objects.filter(organiser_message=runs, recipient="a@x.example").update(
        state="sent"
    )

    found = {message.pk: message.standing for message in Message.objects.with_progress()}

    assert found == {
        draft.pk: "Entwurf",
        waits.pk: "geplant für 6.\u00a0November 2025, 9:00\u00a0Uhr",
        runs.pk: "wird verschickt (1 von\u00a02)",
        stopped.pk: "angehalten",
    }
