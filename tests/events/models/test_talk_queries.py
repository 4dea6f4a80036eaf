"""Who may see and book which talk: the same rule for rows and for one row."""

from datetime import timedelta
from itertools import product

import pytest

from events.models import Talk
from tests.conftest import NOW
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)

# What a talk can be at NOW: its fields, and the code of its registration state.
TALKS = {
    "coming": ({}, "open"),
    "draft": ({"status": "draft"}, "draft"),
    "draft, past": ({"status": "draft", "starts_in": -DAY}, "draft"),
    "cancelled": ({"status": "cancelled"}, "cancelled"),
    "cancelled, past": ({"status": "cancelled", "starts_in": -DAY}, "cancelled"),
    "postponed": ({"status": "postponed"}, "postponed"),
    "publish later": ({"publish_at": NOW + TICK}, "not_yet"),
    "publish now": ({"publish_at": NOW}, "open"),
    "publish later, past": ({"publish_at": NOW + DAY, "starts_in": -DAY}, "past"),
    "begins in a moment": ({"starts_in": TICK}, "open"),
    "begins now": ({"starts_in": timedelta()}, "closed"),
    "running": ({"starts_in": -HOUR / 2}, "closed"),
    "ends in a moment": ({"starts_in": -HOUR + TICK}, "closed"),
    "ended now": ({"starts_in": -HOUR}, "past"),
    "past": ({"starts_in": -DAY}, "past"),
    "opens later": ({"registration_opens_at": NOW + TICK}, "not_yet"),
    "opens now": ({"registration_opens_at": NOW}, "open"),
    "closes in a moment": ({"registration_closes_at": NOW + TICK}, "open"),
    "closes now": ({"registration_closes_at": NOW}, "closed"),
    "closes after its beginning": (
        {"starts_in": timedelta(), "registration_closes_at": NOW + HOUR},
        "closed",
    ),
    "one seat": ({"capacity": 1}, "few"),
    "many free": ({"capacity": 10, "seats_taken": 8}, "open"),
    "few free": ({"capacity": 10, "seats_taken": 9}, "few"),
    "full": ({"capacity": 10, "seats_taken": 10}, "waiting_list"),
    "full, no waiting list": (
        {"capacity": 10, "seats_taken": 10, "waiting_list": False},
        "full",
    ),
    "overfull": ({"capacity": 8, "seats_taken": 10, "waiting_count": 2}, "waiting_list"),
    "free seat for who waits": (
        {"capacity": 10, "seats_taken": 9, "waiting_count": 1},
        "waiting_list",
    ),
    "free seat for who waits, no list any more": (
        {"capacity": 10, "seats_taken": 9, "waiting_count": 1, "waiting_list": False},
        "full",
    ),
    "more free than wait": ({"capacity": 10, "seats_taken": 8, "waiting_count": 1}, "open"),
    "unlimited, some wait": ({"waiting_count": 3}, "open"),
    "full, just before the limit": (
        {"capacity": 1, "seats_taken": 1, "starts_in": 2 * HOUR + TICK},
        "waiting_list",
    ),
    "full, at the limit": ({"capacity": 1, "seats_taken": 1, "starts_in": 2 * HOUR}, "full"),
    "free seat at the limit though some wait": (
        {"capacity": 10, "seats_taken": 9, "waiting_count": 5, "starts_in": 2 * HOUR},
        "few",
    ),
}
RULES = {
    "published": "is_published",
    "upcoming": "is_upcoming",
    "past": "is_past",
    "taking_place": "is_taking_place",
    "bookable": "is_bookable",
}
BOOKABLE = {"open", "few", "waiting_list"}
# When the rules are compared, seen from NOW.
MOMENTS = [-2 * DAY, -TICK, timedelta(), TICK, HOUR, 19 * DAY, 21 * DAY, 22 * DAY]


def make_all() -> dict[str, Talk]:
    return {
        name: make_talk(title=name, speaker="", town=None, **fields)
        for name, (fields, _) in TALKS.items()
    }


def names(talks) -> set[str]:
    return {talk.title for talk in talks}


# The same rule in SQL and in Python


def test_rows_and_one_row_follow_the_same_rule(clock):
    talks = make_all()

    for (method, prop), later in product(RULES.items(), MOMENTS):
        clock.move_to(NOW + later)
        expected = {name for name, talk in talks.items() if getattr(talk, prop)}
        found = names(getattr(Talk.objects, method)())
        assert (method, later, found) == (method, later, expected)


def test_published_keeps_all_but_drafts_and_what_is_not_out_yet():
    make_all()

    assert names(Talk.objects.published()) == TALKS.keys() - {
        "draft",
        "draft, past",
        "publish later",
        "publish later, past",
    }


def test_taking_place_leaves_out_cancelled_and_postponed_talks():
    make_all()

    assert names(Talk.objects.taking_place()) == TALKS.keys() - {
        "draft",
        "draft, past",
        "cancelled",
        "cancelled, past",
        "postponed",
    }


def test_past_talks_have_ended_and_upcoming_ones_are_all_others():
    make_all()

    past, upcoming = names(Talk.objects.past()), names(Talk.objects.upcoming())

    assert past == {
        "draft, past",
        "cancelled, past",
        "publish later, past",
        "ended now",
        "past",
    }
    assert upcoming == TALKS.keys() - past


def test_bookable_keeps_what_can_be_booked():
    make_all()

    assert names(Talk.objects.bookable()) == {
        name for name, (_, code) in TALKS.items() if code in BOOKABLE
    }


def test_upcoming_and_bookable_begin_with_the_next_talk_and_past_with_the_last():
    for days in (3, 1, 2, -1, -3, -2):
        make_talk(title=str(days), starts_in=days * DAY)

    assert [talk.title for talk in Talk.objects.upcoming()] == ["1", "2", "3"]
    assert [talk.title for talk in Talk.objects.bookable()] == ["1", "2", "3"]
    assert [talk.title for talk in Talk.objects.past()] == ["-1", "-2", "-3"]


def test_talks_at_the_same_time_keep_their_order():
    for title in "abc":
        make_talk(title=title)
        make_talk(title=title.upper(), starts_in=-DAY)

    assert [talk.title for talk in Talk.objects.upcoming()] == ["a", "b", "c"]
    assert [talk.title for talk in Talk.objects.past()] == ["C", "B", "A"]


def test_start_page_announces_a_postponed_talk_until_it_has_its_new_date():
    make_talk(title="verschoben", starts_in=-30 * DAY, status="postponed")
    make_talk(title="vorbei", starts_in=-30 * DAY)
    make_talk(title="bald")

    assert [talk.title for talk in Talk.objects.awaited()] == ["verschoben", "bald"]


@pytest.mark.parametrize(
    ("starts_in", "is_running"),
    [(TICK, False), (timedelta(), True), (-HOUR + TICK, True), (-HOUR, False)],
)
def test_talk_runs_from_its_beginning_until_before_its_end(starts_in, is_running):
    assert make_talk(starts_in=starts_in).is_running is is_running


# The answer to "Can I sign up?"


@pytest.mark.parametrize("name", TALKS)
def test_registration_state_of_each_talk(name):
    fields, code = TALKS[name]

    talk = make_talk(**fields)

    assert (talk.registration_state.code, talk.is_bookable) == (code, code in BOOKABLE)


@pytest.mark.once
def test_postponed_talks_are_found_without_reading_all():
    """Without its index SQLite read 10,000 talks for the few that wait for a date."""
    plan = Talk.objects.awaited().order_by().values("pk").explain()

    assert "talk_postponed" in plan
    assert "SCAN" not in plan
