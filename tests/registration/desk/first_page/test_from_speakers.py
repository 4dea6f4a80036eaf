"""What speakers have sent, on the first page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Speaker, Topic
from registration.models import ProposedChange, SpeakerLink
from tests.conftest import NOW
from tests.makers import TITLE, make_speaker_link, make_talk
from tests.registration.desk.first_page.page import Line, as_role, find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def propose(link, *fields):
    for field in fields:
        ProposedChange.objects.propose(link, field, "Neu")


def test_page_names_what_was_sent_as_a_speaker_sees_it(admin_client):
    link = make_speaker_link()
    page = reverse("admin:speaker_proposals", args=[link.talk.pk])
    assert find(admin_client, "geschickt") is None

    propose(link, "title")
    assert find(admin_client, "geschickt") == Line(
        f"{TITLE} Gudensberg hat heute geschickt: Titel und Text.",
        "In 21 Tagen ist der Talk.",
        "Ansehen und entscheiden",
        page,
        False,
    )

    ProposedChange.objects.update(proposed_at=NOW - DAY)
    propose(link, "subtitle", "role")
    line = find(admin_client, "geschickt")
    sent = f"{TITLE} Gudensberg hat geschickt: Name und Funktion, Titel und Text. Das erste kam"
    assert line.text == f"{sent} gestern."
    ProposedChange.objects.filter(field="title").update(proposed_at=NOW - 2 * DAY)
    line = find(admin_client, "geschickt")
    assert line.text == f"{sent} vor 2 Tagen."
    propose(link, "portrait_credit")
    assert ": Name und Funktion, Porträt, Titel und Text. " in find(admin_client, "geschickt").text


def test_what_is_decided_is_not_to_do(admin_client):
    link = make_speaker_link()
    propose(link, "title", "subtitle")
    ProposedChange.objects.get(field="title").decide("declined", "Nein.")

    assert " hat heute geschickt: Titel und Text." in find(admin_client, "geschickt").text
    ProposedChange.objects.get(field="subtitle").decide("taken")
    assert find(admin_client, "geschickt") is None


@pytest.mark.parametrize(
    ("town", "expected"),
    [
        ("Gudensberg", "Gudensberg hat geschickt: Name und Funktion. Das erste kam heute."),
        (None, "2 Personen haben geschickt: Name und Funktion. Das erste kam heute."),
    ],
)
def test_two_speakers_of_a_talk_are_one_task(admin_client, town, expected):
    link = make_speaker_link(make_talk(town=town))
    other = Speaker.objects.create(talk=link.talk, name="Jörg Öz", position=1)
    propose(link, "name")
    propose(SpeakerLink.objects.make(other, "joerg@stadt.example"), "name", "role")

    assert find(admin_client, "geschickt").text == f"{TITLE} {expected}"


def test_speaker_of_a_talk_without_a_town_is_called_by_name(admin_client):
    propose(make_speaker_link(make_talk(town=None)), "name")

    assert find(admin_client, "Sina Massow hat heute geschickt: Name und Funktion.")


@pytest.mark.parametrize(
    ("fields", "deadline", "is_urgent"),
    [
        ({"starts_in": DAY}, "Morgen ist der Talk.", True),
        ({"starts_in": -2 * DAY}, "Der Termin ist vorbei.", False),
        ({"status": "draft"}, "In 21 Tagen ist der Talk.", False),
        ({"status": "cancelled"}, "In 21 Tagen wäre der Talk.", False),
        ({"status": "postponed", "starts_in": -20 * DAY}, "Der neue Termin ist offen.", False),
    ],
)
def test_it_is_to_do_wherever_the_talk_stands(admin_client, fields, deadline, is_urgent):
    propose(make_speaker_link(make_talk(**fields)), "title")

    line = find(admin_client, "geschickt")
    assert (line.deadline, line.is_urgent) == (deadline, is_urgent)


def test_only_who_may_change_talks_is_told(client):
    propose(make_speaker_link(), "title")

    as_role(client, "Redaktion")
    assert find(client, "geschickt")
    as_role(client, "Teilnehmende")
    assert find(client, "geschickt") is None


def test_missing_piece_that_is_proposed_waits_for_a_decision(admin_client):
    link = make_speaker_link(make_talk(announcement=""))
    change = ProposedChange.objects.create(link=link, field="image", picture="bilder/a/9x9.jpg")
    ProposedChange.objects.propose(link, "subtitle", "Neu")

    line = find(admin_client, "Es fehlt noch")
    html = admin_client.get("/admin/").content.decode()

    assert line.text == (
        f"{TITLE} Es fehlt noch: Ankündigung, Thema, Bild: Vorschlag wartet, Zugänglichkeit."
    )
    assert (line.button, line.url.partition("#")[2]) == ("Ergänzen", "id_announcement")
    proposals = reverse("admin:speaker_proposals", args=[link.talk.pk])
    assert f'<a href="{proposals}">Bild: Vorschlag wartet</a>' in html
    assert html.count("Bild: Vorschlag wartet") == 2  # in the table too
    change.decide("declined", "Zu dunkel.")
    assert find(admin_client, "Es fehlt noch").text.endswith("Thema, Bild, Zugänglichkeit.")


def test_nothing_is_to_be_added_where_all_that_is_missing_is_proposed(admin_client):
    facts = {"has_captions": False, "has_sign_language": False, "has_telephone": False}
    link = make_speaker_link(make_talk(announcement="", **facts))
    link.talk.topics.add(Topic.objects.create(name="Energie"))
    propose(link, "announcement")
    assert find(admin_client, "Es fehlt noch").button == "Ergänzen"

    ProposedChange.objects.create(link=link, field="image", picture="bilder/a/9x9.jpg")

    assert find(admin_client, "Es fehlt noch") is None
    assert find(admin_client, "hat geschickt: ")
