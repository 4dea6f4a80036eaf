"""What the sign-up form and the pages of participants say of technology and help."""

import re
from html import unescape

import pytest
from django.urls import reverse

from events.models import Series, Talk
from registration.models import links
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NUMBER = "069 1234567, PIN 4711"


def text(client, address="/anmeldung/"):
    html = client.get(address).content.decode()
    main = re.search(r"<main.*?</main>", html, re.DOTALL)[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).replace("\xa0", " ").split())


def test_form_says_nothing_that_nobody_has_said(client):
    make_talk()

    assert "Technik und Hilfen" not in text(client)


def test_form_says_once_what_holds_for_all_talks_and_whom_to_ask(client):
    Series(programme='Zoom & "Co"', contact_email="kontakt@vhw.example").save()
    make_talk(dial_in="", title="Eins")
    make_talk(title="Zwei")

    page = text(client)

    assert page.count('Videokonferenz: Zoom & "Co"') == 1
    assert "Technik und Hilfen Videokonferenz" in page
    assert "Brauchen Sie etwas, um folgen zu können? Schreiben Sie uns" in page


def test_form_names_the_talks_for_which_something_else_holds(client):
    Series(is_recorded=False).save()
    make_talk(title="Eins & eins", is_recorded=True, dial_in=NUMBER)
    make_talk(title="Zwei")

    page = text(client)

    assert "Eins & eins (26. November 2025) Aufzeichnung: Der Talk wird aufgezeichnet." in page
    assert "Zwei (26. November 2025) Aufzeichnung: Der Talk wird nicht aufgezeichnet." in page
    assert "4711" not in page


def test_form_follows_a_change_of_the_series_at_once(client):
    make_talk()
    assert "Zoom" not in text(client)

    Series(programme="Zoom").save()

    assert "Zoom" in text(client)


def mine(row):
    return reverse("registration:mine", args=[links.token(row.key, links.PURPOSE_MINE)])


def way_in(row):
    return reverse("registration:join", args=[links.token(row.key, links.PURPOSE_JOIN)])


def test_number_to_dial_is_for_people_with_a_seat_alone(client):
    talk = make_talk(dial_in=NUMBER, capacity=1, has_captions=True)
    seated = make_registration(talk)
    waiting = make_registration(talk, email="wartet@stadt.example")
    seen = {
        (row.state, page.__name__): f"Einwahl per Telefon: {NUMBER}" in text(client, page(row))
        for row in (seated, waiting)
        for page in (mine, way_in)
    }
    assert seen == {
        ("confirmed", "mine"): True,
        ("confirmed", "way_in"): True,
        ("waiting", "mine"): False,
        ("waiting", "way_in"): False,
    }
    assert "Zugänglichkeit: Live-Untertitel, Einwahl per Telefon" in text(client, way_in(waiting))


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"has_telephone": False}])
def test_number_goes_where_nobody_can_dial(client, change):
    row = make_registration(make_talk(dial_in=NUMBER))
    Talk.objects.filter(pk=row.talk_id).update(**change)

    assert "4711" not in text(client, mine(row)) + text(client, way_in(row))
