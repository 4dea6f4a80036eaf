"""Numbers of the series: by talk, by year, by town; from anonymous rows too."""

from datetime import date, datetime, timedelta

import pytest

from events.models import Municipality, Talk
from registration.desk.figures.statistics import (
    Day,
    days,
    talk_figures,
    year_figures,
)
from registration.models import Registration
from tests.conftest import BERLIN
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def figures():
    talks = Talk.objects.archived().headlines()
    return year_figures(talk_figures(talks))


def make_people(talk, number, *, town=None, state="confirmed", came=0, **fields):
    """Write rows as after their talk; by its report the first `came` of them took part."""
    offset = Registration.objects.count()
    Registration.objects.bulk_create(
        Registration(
            talk=talk,
            name="Kim",
            email=f"p{offset + n}@stadt.example",
            email_key=f"p{offset + n}@stadt.example",
            municipality=town,
            state=state,
            **({"minutes_present": 60} if n < came else {}),
            **fields,
        )
        for n in range(number)
    )
    if came:
        Talk.objects.store_presence(talk, guests=0)


def make_past(day, **fields):
    starts_at = datetime(*day, 10, tzinfo=BERLIN)
    return make_talk(starts_at=starts_at, **fields)


def town(name="Größenau", land="Hessen", population=7_000):
    return Municipality.objects.create(name=name, land=land, population=population)


def two_years():
    """Make two talks of 2025 and one of 2024, and their people."""
    big, small = town(), town("Klein & Fein", "Bayern", None)
    namesake = town("Größenau", "Sachsen", 20_000)
    first = make_past((2025, 3, 5), title="Erster")
    second = make_past((2025, 4, 2), title="Zweiter")
    older = make_past((2024, 12, 31), title="Älter")
    make_people(first, 6, town=big, came=3)
    make_people(first, 2, town=namesake)
    make_people(first, 2)
    make_people(first, 3, town=small, state="cancelled")
    make_people(first, 2, town=small, state="waiting")
    make_people(first, 4, town=small, state="pending")
    make_people(second, 4, town=big, joined_at=second.starts_at)
    make_people(older, 5, town=small, came=5)


def summary(year):
    return {
        "year": year.year,
        "talks": [
            (f.talk.title, f.signed_up, f.confirmed, f.attendance.attended) for f in year.talks
        ],
        "signed_up": year.signed_up,
        "confirmed": year.confirmed,
        "rate": year.attendance.rate_text,
        "laender": {land: len(towns) for land, towns in year.reached.laender.items()},
        "sizes": year.reached.sizes,
        "towns": [(t.town.name, t.land, t.people) for t in year.reached.named],
        "rest": year.reached.small_numbers.rest,
    }


EXPECTED = [
    {
        "year": 2025,
        "talks": [("Zweiter", 4, 4, None), ("Erster", 15, 10, 3)],
        "signed_up": 19,
        "confirmed": 14,
        # Three of the ten of the first talk; of the second only the way in is known.
        "rate": "30\u00a0%",
        "laender": {"Hessen": 1, "Sachsen": 1},
        "sizes": {"5.000 bis unter 10.000 Einwohner": 1, "20.000 Einwohner und mehr": 1},
        "towns": [("Größenau", "Hessen", 10), ("Größenau", "Sachsen", "<\u00a05")],
        # The two of Größenau are not told apart from the two without a town.
        "rest": 4,
    },
    {
        "year": 2024,
        "talks": [("Älter", 5, 5, 5)],
        "signed_up": 5,
        "confirmed": 5,
        "rate": "100\u00a0%",
        "laender": {"Bayern": 1},
        "sizes": {"Einwohnerzahl unbekannt": 1},
        "towns": [("Klein & Fein", "Bayern", 5)],
        "rest": 0,
    },
]


def test_years_count_talks_people_towns_and_sizes():
    two_years()

    assert [summary(year) for year in figures()] == EXPECTED


def test_anonymous_rows_count_as_before():
    two_years()

    for row in Registration.objects.named():
        row.anonymise()

    assert Registration.objects.named().count() == 0
    assert [summary(year) for year in figures()] == EXPECTED


def test_only_talks_that_took_place_count(clock):
    place = town()
    made = {
        "cancelled": make_past((2025, 3, 5), title="Abgesagt", status="cancelled"),
        "draft": make_past((2025, 3, 5), title="Entwurf", status="draft"),
        "ahead": make_talk(title="Kommt noch"),
    }
    for talk in made.values():
        make_people(talk, 9, town=place)
    assert figures() == []

    clock.move_to(made["ahead"].ends_at)

    assert [summary(year)["talks"] for year in figures()] == [[("Kommt noch", 9, 9, None)]]


def test_talk_on_new_years_eve_counts_where_its_clock_stands():
    place = town()
    talk = make_talk(starts_at=datetime(2025, 1, 1, 0, 30, tzinfo=BERLIN))
    make_people(talk, 5, town=place)

    (year,) = figures()

    assert (year.year, [t.town.name for t in year.reached.towns]) == (2025, ["Größenau"])


def test_days_add_up_what_came_and_went(clock):
    talk = make_talk()
    make_registration(make_talk(title="Anderer"), email="x@stadt.example")
    make_registration(talk, email="a@stadt.example")
    gone = make_registration(talk, email="b@stadt.example")
    make_people(talk, 3, state="pending")
    # Late in the evening; in UTC the day has 22 hours left.
    clock.move_to(datetime(2025, 11, 7, 0, 30, tzinfo=BERLIN))
    make_registration(talk, email="c@stadt.example")
    clock.move_to(datetime(2025, 11, 10, 9, 0, tzinfo=BERLIN))
    gone.cancel()
    expected = [
        Day(date(2025, 11, 5), 2, 0, 2),
        Day(date(2025, 11, 7), 1, 0, 3),
        Day(date(2025, 11, 10), 0, 1, 2),
    ]
    assert days(talk.registrations.all()) == expected

    clock.move_to(talk.ends_at + timedelta(days=31))
    for row in talk.registrations.ever_booked():
        row.anonymise()

    assert days(talk.registrations.all()) == expected


def test_talk_without_people_counts_too():
    talk = make_past((2025, 3, 5))

    (found,) = talk_figures(Talk.objects.archived())

    assert (found.talk, found.signed_up, found.attendance.rate_text) == (
        talk,
        0,
        "nicht erfasst",
    )
