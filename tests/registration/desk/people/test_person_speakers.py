"""Somebody who speaks: found by the address, told what is kept, and erased."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group, User

from registration.models import Consent, Erasure, ProposedChange, SpeakerLink
from tests.makers import TITLE, make_groups, make_registration, make_speaker_link
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SINA = "sina@stadt.example"
FIND, DATA, LETTER, ERASE = (
    f"/admin/registration/registration/person/{page}"
    for page in ("", "auskunft/", "auskunft/brief/", "loeschen/")
)


@pytest.fixture
def organiser(client):
    make_groups()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name="Teilnehmende"))
    client.force_login(user)
    return user


@pytest.fixture
def link():
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", "Neu")
    ProposedChange.objects.propose(link, "role", "Amt").decide("declined", "Nein.")
    Consent.objects.give(link, "slides")
    Consent.objects.give(link, "recording").withdraw()
    return link


def text(response) -> str:
    html = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(html).split())


def test_address_finds_the_talk_and_what_was_proposed_and_agreed_to(client, organiser, link):
    shown = text(client.post(FIND, {"who": " Sina@STADT.example "}))

    for words in (
        "Unter dieser Adresse ist niemand angemeldet.",
        TITLE,
        "als Sina Massow, Bürgermeisterin der Stadt Gudensberg",
        "führt zum Talk",
        "Titel: offen Funktion: nicht übernommen",
        "Folien, 5.11.2025 Aufzeichnung, 5.11.2025, widerrufen am 5.11.2025",
    ):
        assert words in shown
    link.withdraw()
    assert "zurückgezogen am 5.11.2025" in text(client.post(FIND, {"who": SINA}))


def test_who_is_registered_too_finds_both_on_one_page(client, organiser, link):
    make_registration(email=SINA)

    shown = text(client.post(FIND, {"who": SINA}, follow=True))

    assert [words in shown for words in ("Talks", "Vorträge", "führt zum Talk")] == [True] * 3


def test_who_does_not_speak_sees_no_heading(client, organiser):
    make_registration()

    shown = text(client.post(FIND, {"who": "kim@stadt.example"}, follow=True))

    assert "Vorträge" not in shown


def test_file_and_letter_are_given(client, organiser, link):
    said = text(client.post(DATA, {"who": SINA}))
    assert "Dazu kommen Vorträge (1), Vorschläge (2) und Einwilligungen (2)." in said

    told = client.post(DATA, {"who": SINA, "ja": "1"}).json()
    assert [row["E-Mail-Adresse"] for row in told["Vorträge"]] == [SINA]
    assert [entry["Was"] for entry in told["Bearbeitungen durch die Veranstalter"]] == [
        "Auskunft erteilt."
    ]
    assert "Guten Tag Sina Massow" in text(client.post(LETTER, {"who": SINA}))


def test_erasing_says_what_goes_and_what_stays(client, organiser, link):
    asked = text(client.post(ERASE, {"who": SINA}))
    for words in (
        "ihre Adresse, ihr Link und ihre Vorschläge (noch nicht entschieden: 1)",
        f"{TITLE} , 26.",
        "als Sina Massow",
        "Name, Funktion und Porträt auf der Seite des Talks bleiben stehen.",
        "Einwilligungen (2) bleiben als Nachweis, solange die Aufzeichnung oder die Folien",
    ):
        assert words in asked.replace("\xa0", " ")
    assert SpeakerLink.objects.count() == 1

    client.post(ERASE, {"who": SINA, "ja": "1"})

    assert (SpeakerLink.objects.count(), ProposedChange.objects.count()) == (0, 0)
    assert list(Erasure.objects.values_list("uuid", "reason")) == [(link.uuid, "organiser")]
    assert Consent.objects.count() == 2
    assert link.speaker.talk.speakers.count() == 1
    assert "Über diese Adresse ist nichts gespeichert." in text(client.post(FIND, {"who": SINA}))


def test_participant_who_erases_everything_is_told_of_the_talk(client, link):
    row = make_registration(email=SINA)

    said = text(client.get(page_of("mine", row.key) + "loeschen/"))

    assert "Sie tragen auch vor. Ihr Link dazu gilt dann nicht mehr" in said
    assert TITLE in said
    client.post(page_of("mine", row.key) + "loeschen/")
    assert SpeakerLink.objects.count() == 0


def test_search_of_the_desk_knows_the_speaker(client, organiser, link):
    shown = text(client.post("/admin/suche/", {"q": SINA}))

    assert "Sina Massow" in shown
