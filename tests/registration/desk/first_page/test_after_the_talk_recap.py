"""The first page asks for the mail with the material, ever more urgently."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Material, Talk
from registration.desk.first_page.after_the_talk import recap_urgency
from registration.desk.first_page.to_do import Urgency
from registration.models import Registration
from tests.makers import make_registration, make_talk
from tests.registration.desk.first_page.page import as_role, find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
WORDS = "Auf die versprochenen Unterlagen"


@pytest.fixture
def talk():
    talk = make_talk(recap="So war es.", meeting_url="https://v.example/")
    for name in ("kim", "lea"):
        make_registration(talk, email=f"{name}@stadt.example")
    return talk


def task_after(client, clock, talk, days):
    clock.move_to(talk.ends_at + days * DAY)
    as_role(client, "Teilnehmende")
    return find(client, WORDS)


@pytest.mark.parametrize(
    ("days", "is_there", "is_urgent"),
    [(2, False, False), (3, True, False), (19, True, False), (20, True, True), (30, False, False)],
)
def test_it_is_asked_for_three_days_after_until_the_names_go(
    client, clock, talk, days, is_there, is_urgent
):
    task = task_after(client, clock, talk, days)

    assert (task is not None, task is not None and task.is_urgent) == (is_there, is_urgent)


@pytest.mark.parametrize(
    ("days_left", "urgency"),
    [(21, Urgency.LATER), (20, Urgency.SOON), (11, Urgency.SOON), (10, Urgency.NOW)],
)
def test_it_becomes_more_urgent_as_the_names_go(days_left, urgency):
    assert recap_urgency(days_left) is urgency


def test_task_says_for_how_many_and_leads_to_the_page(client, clock, talk):
    task = task_after(client, clock, talk, 3)

    assert task.text.endswith("Auf die versprochenen Unterlagen warten 2 Personen.")
    assert task.deadline == "In 27 Tagen gehen die Namen."
    assert task.url == f"/admin/events/talk/{talk.pk}/unterlagen/"


def test_task_goes_once_it_is_released(client, clock, talk):
    clock.move_to(talk.ends_at + 3 * DAY)
    Registration.objects.release_recap(talk)

    assert task_after(client, clock, talk, 3) is None


NOTHING_TO_DO = {
    "nothing to send": lambda: Talk.objects.update(recap=""),
    "nobody was told": lambda: Registration.objects.update(recap_promised=False),
    "nobody wants it": lambda: Registration.objects.update(recap_off=True),
}


@pytest.mark.parametrize("why", NOTHING_TO_DO)
def test_nothing_is_asked_where_nothing_can_be_sent(client, clock, talk, why):
    NOTHING_TO_DO[why]()

    assert task_after(client, clock, talk, 4) is None


def test_certificate_alone_is_worth_it(client, clock, talk):
    Talk.objects.update(recap="")
    row = Registration.objects.first()
    Registration.objects.filter(pk=row.pk).update(marked_present=True)

    assert "wartet 1 Person." in task_after(client, clock, talk, 4).text


def test_only_who_may_write_to_people_is_asked(client, clock, talk):
    clock.move_to(talk.ends_at + 4 * DAY)
    as_role(client, "Redaktion")

    assert find(client, WORDS) is None


def test_whoever_wants_to_be_early_finds_the_page_on_the_first_day(client, clock, talk):
    page = reverse("admin:recap_mail", args=[talk.pk])

    assert task_after(client, clock, talk, 0) is None
    assert page in client.get("/admin/").content.decode()
    Talk.objects.store_recap_released(talk)
    assert page not in client.get("/admin/").content.decode()


def test_a_talk_with_all_work_done_stays_until_its_material_is_sent(client, clock, talk):
    Material.objects.create(talk=talk, title="Folien", url="https://folien.example/1")
    Registration.objects.update(marked_present=True)
    page = reverse("admin:recap_mail", args=[talk.pk])

    assert task_after(client, clock, talk, 0) is None
    html = client.get("/admin/").content.decode()

    assert "Fehlt: Versand der Unterlagen" in html
    assert page in html
    Registration.objects.release_recap(talk)
    assert "Fehlt: Versand" not in client.get("/admin/").content.decode()
