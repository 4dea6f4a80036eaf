"""The queue: it ends two hours before the start, and more seats move it up."""

from datetime import timedelta

import pytest

from registration.models import OutgoingMail, Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants", "clock")]


def kinds(**fields):
    mails = OutgoingMail.objects.filter(**fields).order_by("pk")
    return [(mail.kind, mail.recipient.partition("@")[0]) for mail in mails]


@pytest.fixture
def talk():
    talk = make_talk(capacity=1)
    for name in ("seat", "wait", "last"):
        make_registration(talk, email=f"{name}@stadt.example")
    OutgoingMail.objects.all().delete()
    return talk


def test_talk_that_is_held_after_all_has_no_seat_of_nobody(talk, clock):
    """Who is erased after the beginning stays in the figures, but not in a talk to come."""
    clock.move_to(talk.starts_at + timedelta(minutes=5))
    for row in talk.registrations.exclude(email="last@stadt.example"):
        row.anonymise()
    talk.refresh_from_db()
    assert (talk.seats_taken, talk.waiting_count) == (1, 2)
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()

    (moved,) = Registration.objects.promote_waiting(talk)

    talk.refresh_from_db()
    assert (moved.email, talk.seats_taken, talk.waiting_count) == ("last@stadt.example", 1, 0)


def test_the_waiting_are_told_once_when_the_queue_ends(clock, talk):
    clock.move_to(talk.starts_at - timedelta(hours=2, seconds=1))
    assert Registration.objects.close_queues() == 0
    clock.shift(1)

    assert [Registration.objects.close_queues() for _ in range(3)] == [2, 0, 0]
    assert kinds() == [("no_seat", "wait"), ("no_seat", "last")]


def test_after_the_start_nobody_is_told_any_more(clock, talk):
    clock.move_to(talk.starts_at)

    assert Registration.objects.close_queues() == 0


def test_seat_that_becomes_free_late_goes_to_the_next_form(clock, talk):
    clock.move_to(talk.starts_at - timedelta(hours=1))
    Registration.objects.get(email="seat@stadt.example").cancel()
    assert kinds() == [("cancelled", "seat")]

    talk.refresh_from_db()
    new = make_registration(talk, email="new@stadt.example")

    assert new.state == "confirmed"


def test_more_seats_move_the_queue_up_and_fewer_throw_nobody_out(talk):
    talk.capacity = 2
    talk.save()
    Registration.objects.promote_waiting(talk)
    assert kinds() == [("promoted", "wait")]

    talk.capacity = 1
    talk.save()
    Registration.objects.promote_waiting(talk)

    assert Registration.objects.confirmed().count() == 2
