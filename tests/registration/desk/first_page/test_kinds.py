"""The list of all kinds of tasks."""

from datetime import timedelta

import pytest

from registration.desk.first_page.desk import Desk
from registration.desk.first_page.kinds import AT_ONCE, KINDS, ToDoList, to_do
from registration.desk.first_page.to_do import ToDo, Urgency
from tests.makers import make_talk
from tests.registration.desk.first_page.page import as_role, lines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def some(number: int, urgency: Urgency) -> list[ToDo]:
    return [ToDo(str(index), "", "", urgency) for index in range(number)]


@pytest.mark.parametrize(
    ("pressing", "others", "first"),
    [(0, 15, 15), (3, 20, 15), (20, 5, 20), (2, 1, 3)],
)
def test_what_presses_is_shown_at_once_and_not_much_more(pressing, others, first):
    found = ToDoList(some(pressing, Urgency.SOON) + some(others, Urgency.LATER))

    assert AT_ONCE == 15
    assert (len(found.first), len(found.further)) == (first, pressing + others - first)


def test_further_tasks_are_on_the_page_too(admin_client):
    for number in range(20):
        make_talk(title=f"Talk {number}", starts_in=timedelta(days=30 + 8 * number))

    assert len(lines(admin_client)) > 2 * AT_ONCE
    assert "weitere, die noch Zeit haben" in admin_client.get("/admin/").content.decode()


def test_nobody_is_shown_what_they_may_not_do(client):
    assert to_do(Desk(as_role(client))) is None
    assert to_do(Desk(as_role(client, "Lesend"))) is None
    for role in ("Redaktion", "Teilnehmende"):
        desk = Desk(as_role(client, role))
        assert 0 < len([kind for kind in KINDS if desk.may(*kind.permissions)]) < len(KINDS)
