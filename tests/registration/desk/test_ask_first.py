"""No click in a list takes something away before a page has named how many and who."""

import pytest
from django.urls import reverse

from registration.desk import ask_first
from registration.models import Interest, Offer, OutgoingMail, Registration
from tests.makers import make_interest, make_offer, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def people() -> list[Registration]:
    talk = make_talk(capacity=1)
    return [
        make_registration(talk, name=name, email=f"{name}@x.example") for name in ("Kim", "Lea")
    ]


def held() -> list[OutgoingMail]:
    people()
    OutgoingMail.objects.all().hold()
    return list(OutgoingMail.objects.order_by("pk"))


def interested() -> list[Interest]:
    return [make_interest(f"{name}@x.example") for name in ("Kim", "Lea")]


def offered() -> list[Offer]:
    return [make_offer(name=name, email=f"{name}@x.example") for name in ("Kim", "Lea")]


def present() -> list[Registration]:
    rows = people()
    Registration.objects.update(marked_present=True, state="confirmed")
    return rows


STEPS = {
    "take_back_mark_selected": present,
    "cancel_selected": people,
    "promote_selected": people,
    "discard_selected": held,
    "withdraw_selected": interested,
    "erase_selected": offered,
}
# These take nothing away, or can be taken back in the same list.
HARMLESS = {
    "confirm_selected",
    "mark_present_selected",
    "resend_selected",
    "release_selected",
    *("answer_selected", "reopen_selected"),
    # It asks for the password, or has a page of its own.
    "remove_second_factor",
    "unlock",
    # Django asks.
    "delete_selected",
}


def changelist(row) -> str:
    return reverse(f"admin:registration_{row._meta.model_name}_changelist")


def choose(client, action, rows, **more):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(changelist(rows[0]), data | more)


def stored() -> list:
    models = (Registration, OutgoingMail, Interest, Offer)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_every_action_of_every_list_is_known():
    from tests.registration.test_roles import ACTIONS

    assert {action for _, action in ACTIONS} == {*STEPS, *HARMLESS}


@pytest.mark.parametrize("action", STEPS)
def test_first_click_only_names_how_many_and_who(admin_client, action):
    rows = STEPS[action]()
    before = stored()

    response = choose(admin_client, action, rows)

    assert stored() == before
    page = response.content.decode()
    assert f': {len(rows)}">' in page
    assert [name in page for name in ("Kim", "Lea")] == [True, True]
    assert page.count('name="_selected_action"') == len(rows)


@pytest.mark.parametrize("action", STEPS)
def test_button_of_the_page_does_it(admin_client, action):
    rows = STEPS[action]()
    before = stored()

    response = choose(admin_client, action, rows, ja=action)

    assert response.status_code == 302
    assert stored() != before


@pytest.mark.parametrize("action", STEPS)
def test_button_of_another_page_does_nothing(admin_client, action):
    rows = STEPS[action]()
    before = stored()

    choose(admin_client, action, rows, ja="something_else")

    assert stored() == before


@pytest.mark.parametrize(
    "action", ["cancel_selected", "promote_selected", "take_back_mark_selected"]
)
@pytest.mark.parametrize("more", [{}, {"select_across": "1"}])
def test_nothing_happens_across_talks(admin_client, action, more):
    rows = [*people(), make_registration(make_talk(title="Zweiter"), email="mia@x.example")]
    before = stored()

    response = choose(admin_client, action, rows, ja=action, **more)

    assert stored() == before
    page = admin_client.get(response["Location"]).content.decode()
    assert "Die Auswahl reicht über mehrere Talks." in page


def test_too_many_are_refused(admin_client, monkeypatch):
    monkeypatch.setattr(ask_first, "MOST", 1)
    rows = people()
    before = stored()

    response = choose(admin_client, "cancel_selected", rows, ja="cancel_selected")

    assert stored() == before
    assert "höchstens 1 auf einmal" in admin_client.get(response["Location"]).content.decode()


def test_who_comes_meanwhile_is_not_among_them(admin_client):
    rows = people()
    page = choose(admin_client, "cancel_selected", rows, select_across="1").content.decode()
    make_registration(rows[0].talk, name="Mia", email="mia@x.example")

    assert 'name="select_across"' not in page
    choose(admin_client, "cancel_selected", rows, ja="cancel_selected")

    live = Registration.objects.live().values_list("name", flat=True)
    assert list(live) == ["Mia"]


def test_queue_moves_up_in_its_order(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk, email="seat@x.example")
    first = make_registration(talk, name="Erste", email="first@x.example")
    second = make_registration(talk, name="Zweite", email="second@x.example")

    page = choose(admin_client, "promote_selected", [second, first]).content.decode()

    assert page.index("Erste") < page.index("Zweite")
