"""Forms that a program may have sent: a click more, and never a loss or an error."""

import re
from datetime import timedelta

import pytest
from django.core.signing import Signer

from registration.models import OutgoingMail, Registration
from registration.pages import form_stamp
from tests.makers import make_registration, make_talk, opened

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FORM = "/anmeldung/"
HOUR = 3600


def send(client, talk, **fields):
    person = {"name": "Kim Beispiel", "email": "kim@stadt.example", "opened": opened()}
    return client.post(FORM, {"talks": talk.slug} | person | fields)


def field(page, name) -> str:
    return re.search(rf'<input[^>]* name="{name}"[^>]*>', page)[0]


def value(page, name) -> str | None:
    found = re.search(r'value="([^"]*)"', field(page, name))
    return found and found[1]


SUSPECT = {
    "too soon": {"opened": lambda: opened(2)},
    "from the future": {"opened": lambda: opened(-60)},
    "too late": {"opened": lambda: opened(12 * HOUR + 1)},
    "no stamp": {"opened": lambda: ""},
    "forged": {"opened": lambda: "1762329600.x"},
    "signed for something else": {"opened": lambda: Signer(sep=".").sign("1762329600")},
    "no moment": {"opened": lambda: Signer(salt="webtalks.form-opened", sep=".").sign("heute")},
    "no text": {"opened": lambda: "\U0001f3e1" * 1000},
    "the field for programs": {"website": lambda: "https://spam.example"},
    "a novel in the field for programs": {"website": lambda: "a" * 50_000},
}


@pytest.mark.parametrize("name", SUSPECT)
def test_suspect_form_is_kept_and_asked_for_a_click(client, name):
    person = make_registration(email="lea@stadt.example")
    ordinary = send(client, person.talk, email="ordinary@stadt.example")

    response = send(client, person.talk, **{key: make() for key, make in SUSPECT[name].items()})

    row = Registration.objects.latest("pk")
    assert (row.email, row.state) == ("kim@stadt.example", "pending")
    assert OutgoingMail.objects.latest("pk").kind == "please_confirm"
    answers = [(each.status_code, each.items(), each.content) for each in (ordinary, response)]
    assert [*answers[0][1]] == [*answers[1][1]]
    assert (answers[0][0], answers[0][2]) == (answers[1][0], answers[1][2])
    row.confirm()
    row.refresh_from_db()
    assert row.state == "confirmed"


@pytest.mark.parametrize("seconds", [3, 60, 12 * HOUR])
def test_person_who_took_the_time_is_booked_at_once(client, seconds):
    send(client, make_talk(), opened=opened(seconds))

    assert Registration.objects.get().state == "confirmed"


def test_form_carries_the_stamp_of_its_opening(client, clock):
    talk = make_talk()
    response = client.get(FORM)
    clock.shift(timedelta(seconds=30))

    stamp = value(response.content.decode(), "opened")

    assert form_stamp.opened_at(stamp) == form_stamp.opened_at(opened(30))
    assert "no-store" in response.headers["Cache-Control"]
    send(client, talk, opened=stamp)
    assert Registration.objects.get().state == "confirmed"


def test_stamp_is_not_lost_by_a_mistake(client, clock):
    first = opened(2)

    page = send(client, make_talk(), name="", opened=first).content.decode()

    # Whoever mends a mistake quickly is no program.
    assert value(page, "opened") == first


@pytest.mark.parametrize("name", ["no stamp", "forged", "too late", "from the future"])
def test_page_shown_again_gets_a_new_stamp_for_one_that_is_void(client, name):
    page = send(client, make_talk(), name="", opened=SUSPECT[name]["opened"]()).content.decode()

    assert value(page, "opened") == opened(0)


def test_field_for_programs_is_for_nobody_else(client):
    make_talk()
    page = client.get(FORM).content.decode()

    trap = field(page, "website")
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap
    assert "style" not in trap
    wrapper = page[: page.index(trap)].rpartition("<div")[2]
    assert wrapper.startswith(' class="honeypot" aria-hidden="true">')
    assert 'type="hidden"' in field(page, "opened")


def test_organiser_and_who_comes_back_carry_no_stamp(client):
    """Only the public form is looked at in this way."""
    assert make_registration().state == "confirmed"
