"""Leaving a talk: who moves up, who is told, and what is kept of a person."""

from datetime import timedelta

import pytest

from events.models import Talk
from registration.models import OutgoingMail, Registration
from registration.privacy.retention import carry_out
from tests.makers import make_registration, make_talk
from tests.registration.rows import mails, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants", "clock")]


def test_cancel_frees_the_seat_and_the_first_in_the_queue_moves_up(clock):
    talk = make_talk(capacity=1)
    rows = []
    for name in ("a", "b", "c"):
        rows.append(make_registration(talk, email=f"{name}@stadt.example"))
        clock.shift(1)

    assert rows[0].cancel() is True

    talk.refresh_from_db()
    assert states(talk) == [
        ("a@stadt.example", "cancelled"),
        ("b@stadt.example", "confirmed"),
        ("c@stadt.example", "waiting"),
    ]
    assert (talk.seats_taken, talk.waiting_count) == (1, 1)
    assert mails()[-2:] == [
        ("cancelled", "a@stadt.example", "queued"),
        ("promoted", "b@stadt.example", "queued"),
    ]
    assert rows[0].state_reason == "person"


def test_cancel_twice_is_harmless():
    row = make_registration()

    assert [row.cancel(), row.cancel()] == [True, False]

    row.talk.refresh_from_db()
    assert row.talk.seats_taken == 0
    assert [kind for kind, *_ in mails()] == ["signed_up", "cancelled"]


def test_cancel_through_a_stale_object_is_harmless():
    row = make_registration()
    stale = Registration.objects.get(pk=row.pk)
    row.cancel()

    assert stale.cancel() is False


def test_cancel_after_the_beginning_does_nothing(clock):
    row = make_registration()
    clock.move_to(row.talk.starts_at)

    assert row.cancel() is False
    assert states(row.talk) == [("kim@stadt.example", "confirmed")]


def test_cancelling_a_place_in_the_queue_moves_nobody_up_and_has_no_calendar():
    talk = make_talk(capacity=1)
    make_registration(talk, email="a@stadt.example")
    waiting = make_registration(talk, email="b@stadt.example")

    waiting.cancel()

    mail = OutgoingMail.objects.latest("pk")
    assert (mail.kind, mail.calendar_sequence) == ("cancelled", None)
    talk.refresh_from_db()
    assert (talk.seats_taken, talk.waiting_count, talk.calendar_sequence) == (1, 0, 0)


def test_every_personal_cancel_has_a_higher_calendar_sequence():
    talk = make_talk()
    for expected in (1, 3):
        make_registration(talk).cancel()
        assert OutgoingMail.objects.latest("pk").calendar_sequence == expected


def test_who_comes_back_gets_a_new_row_at_the_end_of_the_queue(clock):
    talk = make_talk(capacity=1)
    first = make_registration(talk, email="a@stadt.example")
    clock.shift(1)
    make_registration(talk, email="b@stadt.example")
    clock.shift(1)
    make_registration(talk, email="c@stadt.example")
    clock.shift(1)
    first.cancel()

    back = make_registration(talk, email="a@stadt.example")

    assert back != first
    assert [row.email for row in talk.registrations.waiting()] == [
        "c@stadt.example",
        "a@stadt.example",
    ]


def test_lowered_capacity_throws_nobody_out():
    talk = make_talk(capacity=3)
    for name in "abc":
        make_registration(talk, email=f"{name}@stadt.example")
    talk = Talk.objects.get(pk=talk.pk)
    talk.capacity = 1
    talk.save(update_fields=["capacity"])

    talk.registrations.first().cancel()

    assert talk.registrations.confirmed().count() == 2


def test_nobody_moves_up_in_a_cancelled_talk():
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")
    talk = Talk.objects.get(pk=talk.pk)
    talk.status = Talk.Status.CANCELLED
    talk.save(update_fields=["status"])

    seated.cancel()

    assert talk.registrations.confirmed().count() == 0


def test_postponed_talk_can_be_left_after_its_former_date(clock):
    row = make_registration()
    Talk.objects.filter(pk=row.talk_id).update(status=Talk.Status.POSTPONED)
    clock.move_to(row.talk.ends_at + timedelta(days=3))

    assert Registration.objects.get().cancel() is True


# Erased


def test_anonymise_forgets_the_person_and_keeps_the_state(clock):
    row = make_registration(organisation="Stadt Musterstadt", question="Wie?")
    clock.shift(timedelta(days=60))

    row.anonymise()

    row.refresh_from_db()
    assert [getattr(row, field) for field in Registration.PERSONAL] == [None] * 7
    assert (row.state, row.talk.title) == ("confirmed", 'Wärme & "Licht" für Gudensberg')
    assert row.created_at.isoformat() == "2025-11-04T23:00:00+00:00"
    assert mails() == [("signed_up", "", "obsolete")]


def test_erasing_before_the_talk_frees_the_seat():
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")

    seated.anonymise()

    assert states(talk) == [(None, "cancelled"), ("b@stadt.example", "confirmed")]
    assert mails() == [
        ("signed_up", "", "obsolete"),
        ("signed_up", "b@stadt.example", "queued"),
        ("promoted", "b@stadt.example", "queued"),
    ]


def test_pending_in_a_talk_that_is_over_is_anonymised_once(clock):
    make_registration(make_talk(double_opt_in=True, starts_in=timedelta(hours=5)))
    clock.shift(timedelta(hours=6))

    assert [carry_out(), carry_out()] == [1, 0]


def test_anonymise_through_a_stale_object_spares_who_is_booked_meanwhile(clock):
    make_registration(make_talk(double_opt_in=True))
    clock.shift(timedelta(hours=73))
    (stale,) = Registration.objects.expired().select_related("talk")
    Talk.objects.update(double_opt_in=False)
    row = make_registration(Talk.objects.get())
    assert row.state == "confirmed"

    stale.anonymise()

    row.refresh_from_db()
    assert (row.state, row.email) == ("confirmed", "kim@stadt.example")
