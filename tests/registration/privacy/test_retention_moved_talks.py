"""A slip in a talk's date erases nobody: what each person was told last counts too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Talk
from registration.models import Registration
from registration.privacy.retention import carry_out
from tests.admin_form import send, url
from tests.makers import let_know, make_message, make_registration, make_talk
from tests.registration.privacy.test_retention_messages import words_of
from webtalks.management.commands.worker import Command

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
YEAR = timedelta(days=365)


def slip_in_the_form(client, talk):
    slip = {"starts_at_0": "25.11.2024", "means_past": "on"}
    assert send(client, url(talk), slip).status_code == 302


def slip_in_a_program(client, talk):
    talk.starts_at -= YEAR
    talk.ends_at -= YEAR
    talk.save()


@pytest.mark.parametrize("slip", [slip_in_the_form, slip_in_a_program])
def test_slip_in_the_year_erases_nobody_for_thirty_days(admin_client, clock, slip):
    talk = make_talk(starts_in=20 * DAY, capacity=1)
    people = [make_registration(talk, email=f"{name}@stadt.example") for name in "ab"]
    pending = make_registration(talk, email="c@stadt.example", must_confirm=True)
    slip(admin_client, Talk.objects.get())
    assert Talk.objects.get().is_past

    Command().run_once()

    assert set(Registration.objects.named()) == {*people, pending}
    clock.shift(30 * DAY)
    carry_out()
    # The one who did not confirm in 72 hours has gone, as ever.
    assert set(Registration.objects.named()) == set(people)
    clock.shift(1)
    assert carry_out() == 2
    assert not Registration.objects.named().exists()


def test_slip_in_the_state_of_a_postponed_talk_erases_nobody_at_once(clock):
    row = make_registration()
    row.talk.status = Talk.Status.POSTPONED
    row.talk.save()
    clock.move_to(row.talk.ends_at + 100 * DAY)
    talk = Talk.objects.get()
    talk.status = Talk.Status.PUBLISHED
    talk.save()
    clock.shift(30 * DAY)

    assert carry_out() == 0
    clock.shift(1)
    assert carry_out() == 1


def test_slip_erases_nobody_who_waits_for_a_new_date(clock):
    row = make_registration()
    talk = row.talk
    talk.status = Talk.Status.POSTPONED
    talk.starts_at -= YEAR
    talk.ends_at -= YEAR
    talk.save()
    clock.shift(30 * DAY)

    assert carry_out() == 0
    clock.shift(1)
    assert carry_out() == 1


def test_who_has_cancelled_is_erased_after_seven_days_all_the_same(clock):
    row = make_registration()
    row.cancel()
    slip_in_a_program(None, Talk.objects.get())
    clock.shift(7 * DAY + SECOND)

    assert carry_out() == 1


def test_words_of_a_message_outlive_the_slip_too(clock):
    message = make_message(make_talk(), subject="Ä & Ö")
    slip_in_a_program(None, Talk.objects.get())
    carry_out()
    assert words_of(message)[0] == "Ä & Ö"

    clock.shift(30 * DAY + SECOND)
    carry_out()
    assert words_of(message) == ("", "")


def test_click_after_the_slip_gives_no_seat_and_still_works_when_it_is_mended():
    row = make_registration(must_confirm=True)
    slip_in_a_program(None, Talk.objects.get())

    assert (row.confirm(), Registration.objects.get().state) == (False, "pending")
    talk = Talk.objects.get()
    talk.starts_at += YEAR
    talk.ends_at += YEAR
    talk.save()
    assert (row.confirm(), Registration.objects.get().state) == (True, "confirmed")


@pytest.mark.parametrize("moved_ago", [None, 0 * DAY, 30 * DAY, 30 * DAY + SECOND])
@pytest.mark.parametrize("waits_since", [timedelta(hours=71), timedelta(hours=72)])
@pytest.mark.parametrize("starts_in", [SECOND, 0 * DAY])
def test_rules_for_one_and_for_many_are_the_same(moved_ago, waits_since, starts_in):
    row = make_registration(must_confirm=True)
    Registration.objects.update(created_at=timezone.now() - waits_since)
    moved_at = None if moved_ago is None else timezone.now() - moved_ago
    Talk.objects.update(starts_at=timezone.now() + starts_in)
    Talk.objects.update(dates_changed_at=moved_at)  # alone: the change of the date notes it too
    row = Registration.objects.get()

    assert row.talk.was_moved_lately == (moved_ago in (0 * DAY, 30 * DAY))
    assert Talk.objects.moved_lately().exists() == row.talk.was_moved_lately
    assert row.is_expired == (
        waits_since == timedelta(hours=72) or (not starts_in and not row.talk.was_moved_lately)
    )
    assert Registration.objects.expired().exists() == row.is_expired


@pytest.fixture
def told():
    """Return a talk in twenty days of which one person was told."""
    talk = make_talk(starts_in=20 * DAY)
    make_registration(talk)
    let_know(talk)
    talk.refresh_from_db()
    return talk


def move(talk, by):
    talk.starts_at += by
    talk.ends_at += by
    talk.save()


def stay_until(clock, moment) -> bool:
    """Whether the people stay up to this moment, and go right after it."""
    clock.move_to(moment)
    before = carry_out()
    clock.shift(1)
    return (before, carry_out()) == (0, 1)


def test_slip_erases_nobody_before_the_end_that_they_know_is_over(told, clock):
    known = told.ends_at
    move(told, -YEAR)

    assert stay_until(clock, known + 30 * DAY)


def test_earlier_date_counts_once_the_person_knows_it(told, clock):
    move(told, -10 * DAY)
    let_know(told)

    assert stay_until(clock, told.ends_at + 30 * DAY)


def test_later_date_keeps_also_who_does_not_know_it_yet(told, clock):
    move(told, 100 * DAY)

    assert stay_until(clock, told.ends_at + 30 * DAY)


def test_new_date_of_a_talk_that_was_over_keeps_whom_it_was_told(told, clock):
    clock.move_to(told.ends_at + 10 * DAY)
    move(told, 90 * DAY)
    let_know(told)

    assert stay_until(clock, told.ends_at + 30 * DAY)


def test_new_date_of_a_talk_that_was_over_keeps_nobody_else_for_more_than_sixty_days(told, clock):
    known = told.ends_at
    clock.move_to(known + 10 * DAY)
    move(told, 90 * DAY)

    assert stay_until(clock, known + 60 * DAY)


def test_date_that_is_put_off_again_and_again_keeps_nobody_longer(told, clock):
    known = told.ends_at
    clock.move_to(known + DAY)
    for _ in range(5):
        clock.shift(10 * DAY)
        move(told, 30 * DAY)

    assert stay_until(clock, known + 60 * DAY)


def test_postponed_talk_keeps_people_for_180_days_after_the_end_that_they_know(told, clock):
    known = told.ends_at
    move(told, -YEAR)
    told.refresh_from_db()
    told.status = Talk.Status.POSTPONED
    told.save()

    assert stay_until(clock, known + 180 * DAY)


@pytest.mark.parametrize("is_told", [True, False])
def test_new_date_of_a_talk_that_was_postponed_long_ago_erases_nobody(told, clock, is_told):
    told.status = Talk.Status.POSTPONED
    told.save()
    if is_told:
        let_know(told)
    clock.move_to(told.ends_at + 100 * DAY)
    talk = Talk.objects.get()
    talk.starts_at += 150 * DAY
    talk.ends_at += 150 * DAY
    talk.save()

    assert carry_out() == 0
    clock.shift(29 * DAY)
    assert carry_out() == 0
