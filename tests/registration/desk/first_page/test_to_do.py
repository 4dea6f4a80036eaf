"""The words and the order of tasks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.desk.first_page.to_do import ToDo, Urgency, until_names_go, until_talk
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "urgency"),
    [(0, Urgency.NOW), (1, Urgency.NOW), (2, Urgency.SOON), (7, Urgency.SOON), (8, Urgency.LATER)],
)
def test_urgency_follows_the_days_that_are_left(days, urgency):
    assert Urgency.within(days) is urgency


def test_order_is_urgency_then_deadline_then_what_has_none():
    now = timezone.now()
    expected = [
        (Urgency.NOW, now + DAY),
        (Urgency.SOON, now),
        (Urgency.SOON, now + DAY),
        (Urgency.SOON, None),
        (Urgency.LATER, now),
    ]
    tasks = [ToDo("", "", "", urgency, due_at=due_at) for urgency, due_at in reversed(expected)]

    assert [(task.urgency, task.due_at) for task in sorted(tasks, key=lambda task: task.rank)] == (
        expected
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"starts_in": DAY}, "Morgen ist der Talk."),
        ({"starts_in": 3 * DAY, "status": "cancelled"}, "In 3 Tagen wäre der Talk."),
        ({"starts_in": -timedelta(minutes=5)}, "Heute ist der Talk."),
        ({"starts_in": -DAY}, "Der Termin ist vorbei."),
        ({"starts_in": -DAY, "status": "postponed"}, "Der neue Termin ist offen."),
    ],
)
def test_deadline_of_a_talk(fields, said):
    assert until_talk(make_talk(**fields)).replace("\u00a0", " ") == said


def test_deadline_of_the_names():
    talk = make_talk(starts_in=-7 * DAY)

    assert until_names_go(talk).replace("\u00a0", " ") == "In 23 Tagen gehen die Namen."
