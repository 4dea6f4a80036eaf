"""The search in the header: what it finds, for whom, and that no name gets into an address."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Municipality
from registration.models import Interest
from tests.makers import (
    TITLE,
    make_groups,
    make_message,
    make_registration,
    make_speaker_link,
    make_talk,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/admin/suche/"
KIM = "kim@stadt.example"


def log_in(client, role):
    make_groups()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)
    return client


@pytest.fixture
def desk(client):
    """Be somebody who may see people and messages."""
    return log_in(client, "Teilnehmende")


def main(response) -> str:
    return response.content.decode().partition('<div id="content"')[2]


def text(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main(response))).split())


def hits(response) -> list[tuple[str, str]]:
    found = re.findall(r'<li><a href="([^"]+)">(.*?)</a>', main(response))
    return [(url, unescape(words)) for url, words in found]


def search_form(response) -> tuple[str, str]:
    """Return the method of the form in the header, and the form."""
    html = response.content.decode()
    method, form = re.search(
        r'<form id="header-search"[^>]*method="(\w+)">(.*?)</form>', html, re.S
    ).groups()
    return method, form


def test_one_field_finds_talks_towns_messages_and_people(desk):
    talk = make_talk()
    message = make_message(talk, subject="Neues aus Gudensberg")
    make_registration(talk, name="Gudensberger, Kim")
    place = talk.municipality
    Municipality.objects.filter(pk=place.pk).update(population=9032)

    response = desk.post(PAGE, {"q": "Gudensberg"})

    assert response.status_code == 200
    assert hits(response) == [
        (f"/admin/events/talk/{talk.pk}/change/", TITLE),
        (f"/admin/events/municipality/{place.pk}/change/", "Gudensberg (Hessen), 9.032 Einwohner"),
        (f"/admin/registration/message/{message.pk}/pruefen/", "Neues aus Gudensberg"),
    ]
    assert f"Gudensberger, Kim {KIM} 1" in text(response)
    assert "no-store" in response["Cache-Control"]


def test_address_finds_the_person_however_it_is_written(desk):
    make_registration(name="Kim Müller")
    make_registration(make_talk(title="Zweiter"), email="anders@stadt.example")
    Interest.objects.ask("pia@stadt.example")

    found = text(desk.post(PAGE, {"q": " KIM@Stadt.example"}))
    assert ("Kim Müller" in found, "anders@" in found) == (True, False)
    assert "pia@stadt.example 0" in text(desk.post(PAGE, {"q": "pia@stadt.example"}))
    assert "Keine Person gefunden." in text(desk.post(PAGE, {"q": "weg@stadt.example"}))


def test_who_may_see_people_sends_what_is_typed_by_post_alone(desk):
    make_registration()
    make_message(make_talk(title="Zweiter"))

    for page in ("/admin/", "/admin/events/talk/", PAGE, "/admin/registration/message/"):
        assert search_form(desk.get(page))[0] == "post"
    for number in range(25):
        make_talk(title=f"Kim Beispiel spricht {number}")
    for words in (KIM, "Kim Beispiel"):
        html = desk.post(PAGE, {"q": words}).content.decode()
        targets = re.findall(r'(?:href|action|src)="([^"]*)"', html)
        assert [target for target in targets if re.search("kim|beispiel", target, re.I)] == []
    assert "Ein weiteres Wort grenzt ein." in html


def test_others_search_by_get_and_find_no_people(client):
    make_registration(name="Kim Gudensberg")
    log_in(client, "Redaktion")

    method, form = search_form(client.get("/admin/"))
    assert (method, "csrf" in form, 'pattern="[^@]*"' in form) == ("get", False, True)
    for response in (
        client.get(PAGE, {"q": "gudensberg"}),
        client.post(PAGE, {"q": "gudensberg"}),
    ):
        assert [words for _, words in hits(response)] == [
            TITLE,
            "Gudensberg (Hessen), Einwohnerzahl unbekannt",
        ]
        assert KIM not in response.content.decode()
        assert "Person" not in text(response)


def test_address_of_a_person_does_not_stay_in_the_address(client):
    log_in(client, "Redaktion")

    response = client.get(PAGE, {"q": KIM})

    assert (response.status_code, response.url) == (302, PAGE)
    assert "Nach Personen suchen nur Konten mit der Rolle Teilnehmende." in text(client.get(PAGE))


def test_get_finds_no_people_even_for_who_may_see_them(desk):
    make_registration(name="Kim Gudensberg")

    response = desk.get(PAGE, {"q": "Gudensberg"})

    assert KIM not in response.content.decode()


def test_more_than_twenty_lead_to_the_list(client):
    for number in range(22):
        make_talk(title=f"Wärme {number}", town=None)
    log_in(client, "Lesend")

    response = client.get(PAGE, {"q": "wärme"})

    assert len(hits(response)) == 20
    assert 'href="/admin/events/talk/?q=w%C3%A4rme"' in main(response)


def test_what_was_searched_in_vain_is_said(desk):
    found = text(desk.post(PAGE, {"q": 'Ä & "Ö"'}))

    assert 'Gesucht ist „Ä & "Ö"“.' in found
    assert "Nichts gefunden unter: Talks, Orte, Nachrichten." in found
    assert "Keine Person gefunden." in found


@pytest.mark.parametrize("typed", ["", "x", "kim@", "y" * 300])
def test_nonsense_gets_a_message_and_stays_in_the_field(desk, typed):
    response = desk.post(PAGE, {"q": typed})

    assert response.status_code == 422
    assert 'class="errorlist"' in main(response)
    assert f'value="{typed}"' in search_form(response)[1]


@pytest.mark.parametrize("words", ["''", "%%", "a:b & c", "((", "Stadt \\ x"])
def test_odd_signs_find_nothing_and_break_nothing(desk, words):
    make_registration()

    assert desk.post(PAGE, {"q": words}).status_code == 200


def test_who_may_see_nothing_finds_no_field_and_no_page(client):
    log_in(client, "nobody")

    assert "header-search" not in client.get("/admin/").content.decode()
    assert client.get(PAGE).status_code == 403


def test_log_in_and_visitors_have_no_field(client):
    assert "header-search" not in client.get("/admin/login/").content.decode()
    assert client.get(PAGE).status_code == 302
    # Whose session is over: the log-in keeps what was sent, and finds it afterwards.
    answer = client.post(PAGE, {"q": KIM})
    assert (answer.status_code, "noch einmal an" in answer.content.decode()) == (200, True)


def test_field_has_a_label_of_its_own(desk):
    form = search_form(desk.get("/admin/"))[1]

    label = '<label for="header-search-field" class="visually-hidden">Suchbegriff</label>'
    assert (label in form, 'id="header-search-field"' in form) == (True, True)


@pytest.mark.parametrize("words", ["Wärme", KIM])
def test_search_needs_the_same_queries_for_any_number(desk, words):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.post(PAGE, {"q": words})
        return len(captured)

    make_registration(make_talk(), name="Wärme")
    queries()  # begins the session
    first = queries()
    for number in range(12):
        talk = make_talk(title=f"Wärme {number}", town=f"Wärme {number}")
        make_message(talk, subject=f"Wärme {number}")
        make_registration(talk, name=f"Wärme {number}", email=f"w{number}@stadt.example")
        make_registration(talk)

    assert queries() == first <= 12


def test_address_of_a_speaker_leads_to_their_link_whoever_may_change_talks(admin_client, client):
    link = make_speaker_link(email="sina@stadt.example")
    page = f"/admin/events/talk/{link.talk.pk}/vortragende/"

    found = admin_client.post(PAGE, {"q": "Sina@STADT.example"})

    assert hits(found) == [(page, "Sina Massow")]
    assert TITLE in text(found)
    assert page not in main(log_in(client, "Teilnehmende").post(PAGE, {"q": "sina@stadt.example"}))
