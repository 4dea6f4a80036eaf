"""The place in the queue: one rule for the order in which people move up and for what is said."""

from datetime import timedelta

import pytest

from registration.models import Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def queue_of(number):
    """Return a full talk in which so many wait."""
    talk = make_talk(capacity=1)
    for index in range(number + 1):
        make_registration(talk, email=f"p{index}@stadt.example")
    return talk


def said(talk):
    rows = Registration.objects.in_talk(talk).live().with_queue_position()
    return [row.queue_text for row in rows.select_related("talk").order_by("created_at", "pk")]


def test_places_are_exact_up_to_ten_and_then_rounded_up():
    texts = said(queue_of(22))

    exact = [f"Sie stehen auf Platz\u00a0{number} der Warteliste" for number in range(1, 11)]
    first = ["Sie sind unter den ersten\u00a020 auf der Warteliste"] * 10
    second = ["Sie sind unter den ersten\u00a030 auf der Warteliste"] * 2
    assert texts == ["", *exact, *first, *second]


def test_whoever_is_at_the_first_place_moves_up_first():
    talk = queue_of(3)
    make_registration(make_talk(capacity=0), email="anderswo@stadt.example")
    waiting = Registration.objects.in_talk(talk).waiting().with_queue_position()
    order = [row.email for row in sorted(waiting, key=lambda row: row.queue_position)]

    moved = []
    for _ in order:
        Registration.objects.in_talk(talk).confirmed().get().cancel()
        moved.append(Registration.objects.in_talk(talk).confirmed().get().email)

    assert moved == order


def test_who_was_erased_stands_in_nobodys_way():
    talk = queue_of(2)
    Registration.objects.erase_person("p1@stadt.example")

    assert said(talk) == ["", "Sie stehen auf Platz\u00a01 der Warteliste"]


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_nothing_is_said_of_a_talk_that_does_not_take_place(status):
    talk = queue_of(1)
    talk.status = status
    talk.save()

    assert said(talk) == ["", ""]


def test_nothing_is_said_once_the_queue_has_ended(clock):
    talk = queue_of(1)
    clock.move_to(talk.starts_at - timedelta(hours=2))

    assert said(talk) == ["", ""]


def test_queue_of_any_length_is_one_query(django_assert_num_queries):
    talk = queue_of(12)
    with django_assert_num_queries(1):
        said(talk)
