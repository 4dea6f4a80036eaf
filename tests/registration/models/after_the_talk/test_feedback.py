"""What people say of a talk: shown five at a time, and nothing that leads back to anybody."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models

from events.models import Talk
from registration.models import Feedback, Registration
from registration.models.after_the_talk.feedback import BATCH
from registration.privacy.retention import carry_out
from tests.makers import give_feedback, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
ANSWERS = {"worth": "fully", "use": "soon", "could_follow": True}


@pytest.fixture
def talk():
    """Give a talk that has just ended."""
    return make_talk(starts_in=timedelta(hours=-1))


def numbers(talk) -> tuple[int, int]:
    """Return how many answers are shown, and how many wait."""
    rows = Feedback.objects.filter(talk=talk)
    return rows.shown().count(), rows.waiting().count()


# Five at a time


@pytest.mark.parametrize(
    ("given", "shown"), [(0, 0), (1, 0), (4, 0), (5, 5), (6, 5), (9, 5), (10, 10), (14, 10)]
)
def test_answers_are_shown_five_at_a_time(talk, given, shown):
    give_feedback(talk, given)

    assert numbers(talk) == (shown, given - shown)


def test_talks_are_counted_apart(talk):
    other = make_talk(starts_in=timedelta(hours=-1))
    give_feedback(talk, 4)
    give_feedback(other, 4)

    assert numbers(talk) == numbers(other) == (0, 4)


def stored_order() -> list[str]:
    """Return the texts in the order in which the database keeps its rows."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT takes_along FROM registration_feedback ORDER BY {place}")  # noqa: S608
        return [text for (text,) in cursor.fetchall()]


def test_not_even_the_place_in_the_table_tells_the_order(talk):
    """Of 20 batches at least one would be out of order by chance if they were shuffled."""
    given = [f"{number:03}" for number in range(20 * BATCH)]
    keys = set()
    for text in given:
        give_feedback(talk, takes_along=text)
        keys |= set(Feedback.objects.waiting().values_list("pk", flat=True))

    kept = stored_order()

    assert sorted(kept) == given
    assert kept != given
    # Who knew the key of an answer that waited knows nothing of the one that is shown.
    assert not keys & set(Feedback.objects.shown().values_list("pk", flat=True))
    batches = [set(kept[first : first + BATCH]) for first in range(0, len(kept), BATCH)]
    assert batches == [set(given[first : first + BATCH]) for first in range(0, len(given), BATCH)]


# When


def test_it_is_taken_from_ten_minutes_before_the_end_for_two_weeks(clock, talk):
    taken = {}
    for name, moment in {
        "early": talk.ends_at - timedelta(minutes=10, seconds=1),
        "open": talk.ends_at - timedelta(minutes=10),
        "last": talk.ends_at + 14 * DAY - timedelta(seconds=1),
        "over": talk.ends_at + 14 * DAY,
    }.items():
        clock.move_to(moment)
        taken[name] = Feedback.objects.give(talk, **ANSWERS)

    assert taken == {"early": False, "open": True, "last": True, "over": False}
    assert numbers(talk) == (0, 2)


@pytest.mark.parametrize("status", ["draft", "cancelled", "postponed"])
def test_talk_that_did_not_take_place_takes_none(talk, status):
    Talk.objects.filter(pk=talk.pk).update(status=status)  # after the form was opened

    assert Feedback.objects.give(talk, **ANSWERS) is False
    assert Feedback.objects.count() == 0


def test_what_waits_is_deleted_when_the_page_has_closed(clock, talk):
    late = make_talk(starts_in=timedelta(days=1))
    give_feedback(talk, 9)
    clock.move_to(late.ends_at)
    give_feedback(late, 2)
    clock.move_to(talk.feedback_closes_at - timedelta(seconds=1))
    carry_out()
    assert numbers(talk) == (5, 4)

    clock.move_to(talk.feedback_closes_at)
    carry_out()
    carry_out()

    assert (numbers(talk), numbers(late)) == ((5, 0), (0, 2))


def test_rule_about_one_talk_and_about_many_agree(clock, talk):
    for moment in (talk.ends_at, talk.feedback_closes_at - timedelta(seconds=1)):
        clock.move_to(moment)
        assert (talk.takes_feedback, [*Talk.objects.feedback_over()]) == (True, [])
    clock.move_to(talk.feedback_closes_at)
    assert (talk.takes_feedback, [*Talk.objects.feedback_over()]) == (False, [talk])


# Figures


def test_satisfaction_counts_what_is_shown_in_one_query(talk, django_assert_num_queries):
    other = make_talk(starts_in=timedelta(hours=-1))
    give_feedback(talk, 3, worth="fully")
    give_feedback(talk, 2, worth="hardly")
    give_feedback(talk, 4, worth="not")
    give_feedback(other, 5, worth="fully")

    with django_assert_num_queries(1):
        found = Feedback.objects.satisfaction(Talk.objects.all())

    assert found == {"fully": 8, "rather": 0, "hardly": 2, "not": 0}
    assert list(found) == ["fully", "rather", "hardly", "not"]
    assert Feedback.objects.satisfaction([talk])["fully"] == 3
    assert sum(Feedback.objects.satisfaction([]).values()) == 0


# Nobody


def paths(model, seen=()) -> list[list[str]]:
    """Return all ways along keys from `model` to others, as the names of models."""
    found = []
    for field in model._meta.get_fields():
        to = field.related_model
        if field.is_relation and not field.auto_created and to and to not in seen:
            found.append([to._meta.label])
            found += [[to._meta.label, *path] for path in paths(to, (*seen, model, to))]
    return found


def test_no_path_of_keys_leads_from_an_answer_to_a_person():
    """Only the talk is named; nothing names an answer."""
    found = paths(Feedback)
    reached = {label for path in found for label in path}
    naming = [
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is Feedback
    ]

    assert {path[0] for path in found} == {"events.Talk"}
    assert [label for label in reached if label.startswith(("registration.", "auth."))] == []
    assert naming == []
    # The control: from a registration there is one.
    assert ["registration.Registration"] in paths(apps.get_model("registration.OutgoingMail"))


def test_table_has_no_moment_and_no_number_that_rises():
    columns = {field.name: type(field) for field in Feedback._meta.concrete_fields}
    moments = (models.DateField, models.TimeField, models.DurationField)

    assert [name for name, kind in columns.items() if issubclass(kind, moments)] == []
    rising = [name for name, kind in columns.items() if issubclass(kind, models.AutoField)]
    assert (rising, Feedback._meta.pk.get_internal_type()) == ([], "UUIDField")
    with connection.cursor() as cursor:
        stored = connection.introspection.get_table_description(cursor, Feedback._meta.db_table)
    assert {column.name for column in stored} == {
        *("id", "talk_id", "worth", "use", "takes_along"),
        *("could_follow", "follow_text", "is_shown"),
    }


def test_answers_stay_when_the_people_are_erased(clock, talk):
    row = make_registration(make_talk(starts_in=timedelta(minutes=30)))
    clock.move_to(row.talk.ends_at)
    give_feedback(row.talk, 5)

    Registration.objects.erase_person(row.email_key)

    assert numbers(row.talk) == (5, 0)


def test_text_that_names_somebody_is_emptied_and_the_rest_stays(talk):
    give_feedback(talk, 5, takes_along="Frau Ä war gut.", follow_text="Der Ton")
    row = Feedback.objects.shown().first()

    row.remove_text("takes_along")
    row.remove_text("takes_along")

    row.refresh_from_db()
    assert (row.takes_along, row.follow_text, row.worth) == ("", "Der Ton", "rather")


@pytest.mark.parametrize(("column", "value"), [("worth", "super"), ("use", "")])
def test_database_takes_no_other_step(talk, column, value):
    with pytest.raises(IntegrityError, match=f"feedback_{column}"):
        Feedback.objects.create(talk=talk, **ANSWERS | {column: value})
