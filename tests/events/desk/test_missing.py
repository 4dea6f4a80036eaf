"""What a form lacks: said beside the field, in the list of sections, until it is there."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User

from events.models import Talk, Topic
from tests.admin_form import NEW_TALK, send, url
from tests.events.upload_files import CREDIT, jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TOWN = "Ohne ihn fehlt das Ortsschild."
TEXT = "Ohne sie erfährt niemand, worum es geht."
TOPIC = "Ohne Thema finden ihn Leserinnen und Leser nicht nach Themen."
SPEAKER = "Ohne Namen erfährt niemand, wer berichtet."
LINK = "Er wird bis zum Beginn gebraucht."


def lacking(response) -> list[str]:
    """Return the reasons as they stand beside the fields."""
    html = unescape(response.content.decode())
    found = re.findall(r'<strong class="missing">Fehlt noch.</strong> ([^.?]*[.?])', html)
    return [" ".join(text.split()) for text in found]


def marks(response) -> list[str]:
    """Return the sections that bear a mark in the list."""
    return re.findall(r'<a href="#[^"]+">([^<]+) <span class="mark">', response.content.decode())


def test_new_talk_lacks_everything(admin_client):
    page = admin_client.get(url(Talk, "add"))

    assert lacking(page) == [TOWN, TEXT, TOPIC, SPEAKER, LINK]
    assert marks(page) == ["Worum es geht", "Wer spricht", "Zugang"]


def test_complete_talk_lacks_nothing(admin_client):
    talk = make_talk(meeting_url="https://video.example/raum")
    talk.topics.add(Topic.objects.create(name="Klima"))

    page = admin_client.get(url(talk))

    assert (lacking(page), marks(page)) == ([], [])


def test_form_that_comes_back_is_judged_by_what_was_typed(admin_client):
    typed = NEW_TALK | {"title": "", "announcement": ""}

    assert lacking(send(admin_client, url(Talk, "add"), typed)) == [TOWN, TEXT, TOPIC, LINK]


def test_picture_lacks_its_alternative_text(admin_client):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    page = admin_client.get(url(talk))

    assert "Wer das Bild nicht sehen kann, erfährt sonst nichts von ihm." in lacking(page)


def test_talk_that_is_over_lacks_its_recap_and_no_link(admin_client):
    page = admin_client.get(url(make_talk(starts_in=timedelta(days=-1))))

    assert lacking(page) == ["Was ist im Talk zur Sprache gekommen?"]
    assert marks(page) == ["Nach dem Talk"]


def test_talk_that_is_off_lacks_nothing(admin_client):
    assert lacking(admin_client.get(url(make_talk(status="cancelled", announcement="")))) == []


def test_who_may_only_look_is_told_of_no_gap(client):
    user = User.objects.create_user("leserin", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_talk"))
    client.force_login(user)

    page = client.get(url(make_talk(town=None, announcement="")))

    assert (page.status_code, lacking(page), marks(page)) == (200, [], [])
