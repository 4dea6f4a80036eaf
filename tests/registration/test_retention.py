from datetime import timedelta

import pytest

from events.models import Talk
from registration.models import OutgoingMail, Registration
from registration.retention import carry_out
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_person_is_forgotten_thirty_days_after_the_talk(clock):
    row = make_registration()
    clock.move_to(row.talk.ends_at + timedelta(days=30))
    assert carry_out() == 0

    clock.shift(1)

    assert [carry_out(), carry_out()] == [1, 0]
    row.refresh_from_db()
    assert (row.name, row.email, row.state) == (None, None, "confirmed")


def test_period_is_a_setting(clock, settings):
    settings.RETENTION_DAYS = 1
    row = make_registration()
    clock.move_to(row.talk.ends_at + timedelta(days=1, seconds=1))

    assert carry_out() == 1


def test_other_talks_of_the_person_keep_their_data(clock):
    past = make_talk()
    make_registration(past)
    coming = make_registration(make_talk(starts_in=timedelta(days=90)))
    clock.move_to(past.ends_at + timedelta(days=31))

    carry_out()

    coming.refresh_from_db()
    assert coming.email == "kim@stadt.example"


def test_forgotten_address_is_nowhere_in_the_tables(clock):
    row = make_registration(
        email="marke-adresse@stadt.example",
        name="Marke Name",
        organisation="Marke Organisation",
        question="Marke Frage",
    )
    key = row.key
    row.cancel()
    clock.move_to(row.talk.ends_at + timedelta(days=31))

    carry_out()

    stored = repr([*Registration.objects.values(), *OutgoingMail.objects.values()]).lower()
    assert [word for word in ("marke", key.lower()) if word in stored] == []


def test_talk_without_its_new_date_keeps_its_people_for_180_days(clock):
    row = make_registration()
    Talk.objects.filter(pk=row.talk_id).update(status=Talk.Status.POSTPONED)

    clock.move_to(row.talk.ends_at + timedelta(days=180))
    assert carry_out() == 0
    clock.shift(1)
    assert carry_out() == 1
    row.talk.refresh_from_db()
    assert row.talk.seats_taken == 0
