"""The numbers of the report: goals, talks, what is known of presence, towns."""

from datetime import datetime

import pytest
from django.utils import timezone

from events.models import FunderReport, Talk
from registration.desk.figures.funder.numbers import report_numbers
from registration.models import Feedback, Registration
from tests.conftest import BERLIN
from tests.makers import make_talk
from tests.registration.desk.figures.funder.year import YEAR, make_held, make_people, make_town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def of_talks(numbers):
    return [(one.talk.title, one.signed_up, one.confirmed, one.presence.parts) for one in numbers]


def test_each_talk_says_what_is_known_of_presence_and_how():
    read, empty, marked = make_held(1, title="A"), make_held(2, title="B"), make_held(3, title="C")
    used, old, unknown = make_held(4, title="D"), make_held(5, title="E"), make_held(6, title="F")
    Talk.objects.store_presence(read, 3)
    Talk.objects.store_presence(empty, 0)
    now = timezone.now()
    make_people(read, 4, minutes_present=45, joined_at=now)
    make_people(read, 2, minutes_present=10, joined_at=now)
    make_people(read, 1, marked_present=True)
    make_people(read, 3, state="cancelled")
    make_people(read, 2, state="pending")
    make_people(empty, 2, joined_at=now)
    make_people(marked, 2, marked_present=True)
    make_people(marked, 5, joined_at=now)
    make_people(used, 5, joined_at=now)
    make_people(old, 5, counted_before=True, joined_at=now)
    make_people(unknown, 5)

    numbers = report_numbers(YEAR)

    assert of_talks(numbers.talks) == [
        ("A", 10, 7, [(5, "nach Bericht")]),
        ("B", 2, 2, [(0, "nach Bericht")]),
        ("C", 7, 7, [(2, "vom Veranstalter bestätigt"), (5, "Zugang benutzt")]),
        ("D", 5, 5, [(5, "Zugang benutzt")]),
        ("E", 5, 5, [(5, "alte Zählung")]),
        ("F", 5, 5, []),
    ]
    assert [(one.kind, one.number, one.talks, one.share_text) for one in numbers.presence] == [
        ("nach Bericht", 5, 2, "56\u00a0%"),
        ("vom Veranstalter bestätigt", 2, 1, ""),
        ("alte Zählung", 5, 1, ""),
        ("Zugang benutzt", 10, 2, ""),
    ]
    assert (numbers.signed_up, numbers.confirmed, numbers.guests) == (34, 31, 3)


def test_only_what_took_place_in_the_year_counts(clock):
    for fields in ({"status": "draft"}, {"status": "cancelled"}, {"status": "postponed"}):
        make_people(make_held(3, **fields), 7)
    make_people(make_held(12), 7)
    assert [report_numbers(year).talks for year in (YEAR - 1, YEAR)] == [[], []]

    clock.move_to(Talk.objects.get(status="published").ends_at)

    assert report_numbers(YEAR).signed_up == 7


def test_people_count_where_they_come_from():
    talk = make_held(3)
    make_people(talk, 6, town=make_town())
    make_people(talk, 2, town=make_town("Zweitau", "Hessen", 20_000))
    make_people(talk, 5, town=make_town("Ahausen", "", None))
    make_people(talk, 9, town=make_town("Weg", "Bayern"), state="cancelled")
    make_people(talk, 4)

    numbers = report_numbers(YEAR)

    assert [
        (land, [(t.town.name, t.people) for t in towns])
        for land, towns in numbers.reached.laender.items()
    ] == [
        ("Hessen", [("Größenau", 6), ("Zweitau", "<\u00a05")]),
        ("Land nicht eingetragen", [("Ahausen", 5)]),
    ]
    assert (len(numbers.reached.towns), numbers.reached.small, numbers.reached.known_laender) == (
        3,
        1,
        1,
    )
    assert list(numbers.reached.sizes.items()) == [
        ("5.000 bis unter 10.000 Einwohner", 1),
        ("20.000 Einwohner und mehr", 1),
        ("Einwohnerzahl unbekannt", 1),
    ]
    # The two of Zweitau are not told apart from the four.
    assert numbers.reached.small_numbers.rest == 6


def test_sum_tells_no_number_of_a_town():
    talk = make_held(3)
    make_people(talk, 9, town=make_town())
    make_people(talk, 1, town=make_town("Kleinau"))

    numbers = report_numbers(YEAR)

    assert [(one.town.name, one.people) for one in numbers.reached.named] == [
        ("Größenau", "<\u00a010"),
        ("Kleinau", "<\u00a010"),
    ]
    assert (numbers.reached.small_numbers.rest, numbers.reached.small_numbers.rest_label) == (
        10,
        "Angemeldet ohne Ort oder aus Orten mit weniger als 10 Angemeldeten",
    )


def test_towns_are_not_named_where_the_sum_tells_all():
    talk = make_held(3)
    make_people(talk, 1, town=make_town())
    make_people(talk, 1, town=make_town("Kleinau"))

    numbers = report_numbers(YEAR)

    assert (numbers.reached.named, len(numbers.reached.towns), numbers.confirmed) == ([], 2, 2)


def test_anonymous_rows_count_as_before():
    talk = make_held(3)
    Talk.objects.store_presence(talk, 0)
    make_people(talk, 6, town=make_town(), minutes_present=45)
    make_people(talk, 2, minutes_present=3)
    before = report_numbers(YEAR)

    for row in Registration.objects.named().select_related("talk"):
        row.anonymise()

    after = report_numbers(YEAR)
    assert Registration.objects.named().count() == 0
    assert of_talks(after.talks) == of_talks(before.talks)
    assert after.reached.towns == before.reached.towns


# Goals


def goals_of(**targets):
    FunderReport.objects.update_or_create(year=YEAR, defaults=targets)
    numbers = report_numbers(YEAR)
    return [(g.label, g.target_text, g.reached_text, g.share_text) for g in numbers.goals]


def test_goals_are_compared_with_what_was_reached():
    talk = make_held(3)
    Talk.objects.store_presence(talk, 0)
    make_people(talk, 6, town=make_town(), minutes_present=60)
    make_people(talk, 2, state="waiting")

    found = goals_of(talks=2, signed_up=8, attended=5, towns=4, small_towns=4, laender=0)

    assert found == [
        ("Talks", "2", "1", "50\u00a0%"),
        ("Anmeldungen", "8", "8", "100\u00a0%"),
        ("Erreichte Orte", "4", "1", "25\u00a0%"),
        ("Erreichte Orte unter 20.000 Einwohnern", "4", "1", "25\u00a0%"),
        ("Erreichte Länder", "0", "1", "–"),
        ("Teilnahmen (dabei)", "5", "6\u00a0(nach Bericht)", "120\u00a0%"),
    ]


def test_goal_that_is_empty_is_none():
    assert goals_of(talks=None) == []


def test_presence_that_nobody_noted_is_not_zero():
    make_people(make_held(3), 6)

    assert goals_of(attended=5) == [("Teilnahmen (dabei)", "5", "nicht erfasst", "–")]


def test_ways_of_counting_are_not_added_up():
    make_people(make_held(3), 6, counted_before=True)
    read = make_held(4)
    Talk.objects.store_presence(read, 0)
    make_people(read, 2, minutes_present=60)

    (goal,) = goals_of(attended=10)

    assert goal[2:] == (
        "2\u00a0(nach Bericht, 1 von 2 Talks), 6\u00a0(alte Zählung, 1 von 2 Talks)",
        "–",
    )


def test_presence_of_some_talks_is_what_was_reached_at_least():
    read = make_held(4)
    Talk.objects.store_presence(read, 0)
    make_people(read, 5, minutes_present=60)
    make_people(make_held(5), 5)

    (goal,) = goals_of(attended=10)

    assert goal[2:] == ("5\u00a0(nach Bericht, 1 von 2 Talks)", "mindestens 50\u00a0%")


def test_goals_in_own_words_keep_their_order():
    report = FunderReport.objects.create(year=YEAR)
    for goal in ("Zuerst", "Danach"):
        report.own_goals.create(goal=goal)

    numbers = report_numbers(YEAR)

    assert ([own.goal for own in numbers.own_goals], numbers.has_goals) == (
        ["Zuerst", "Danach"],
        True,
    )


# What people said


def answer(talk, *, is_shown=True, **numbers):
    for worth, number in numbers.items():
        for _ in range(number):
            Feedback.objects.create(
                talk=talk, worth=worth, use="soon", could_follow=True, is_shown=is_shown
            )


def test_answers_of_the_year_are_added_up():
    answer(make_held(3), fully=3, rather=1, hardly=1)
    answer(make_held(4), rather=5)
    answer(make_talk(starts_at=datetime(YEAR - 1, 3, 5, 10, tzinfo=BERLIN)), **{"not": 7})

    numbers = report_numbers(YEAR)

    assert [(step.label, step.number, step.share_text) for step in numbers.feedback] == [
        ("Ja, sehr", 3, "30\u00a0%"),
        ("Eher ja", 6, "60\u00a0%"),
        ("Eher nein", 1, "10\u00a0%"),
        ("Nein", 0, "0\u00a0%"),
    ]
    assert (numbers.answers, numbers.worthwhile) == (10, 90)
    assert [(step.start, step.width) for step in numbers.feedback] == [
        (0, 300),
        (300, 600),
        (900, 100),
        (1000, 0),
    ]
    assert goals_of(worthwhile=80)[0][1:] == ("80\u00a0%", "90\u00a0%", "112\u00a0%")


def test_answers_that_nobody_may_see_yet_are_not_counted():
    answer(make_held(3), fully=4, is_shown=False)

    assert report_numbers(YEAR).feedback == []
    assert goals_of(worthwhile=80)[0][2:] == ("nicht erfasst", "–")
