"""Which sections of a talk's form are open, and the errors that lead to their fields."""

import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Material, Talk
from tests.admin_form import NEW_TALK, send, url
from tests.makers import make_practice_profile, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CLOSED = [
    "Technik-Check",
    "Anmeldung",
    "Technik und Zugänglichkeit",
    "Anerkennung als Fortbildung",
    "Nach dem Talk",
    "Material",
    "Praxisprofil",
]


def closed(response) -> list[str]:
    html = response.content.decode()
    found = re.findall(r"<details><summary>\s*<h2[^>]*>\s*(.*?)\s*</h2>", html, re.DOTALL)
    return [text.strip() for text in found]


def leads(response) -> list[tuple[str, str]]:
    html = unescape(response.content.decode())
    above = html.partition('class="errors-above"')[2].partition("</ul>")[0]
    return re.findall(r'<a href="#([\w-]+)">(.*?)</a>', above)


def test_what_is_seldom_used_is_closed(admin_client):
    assert closed(admin_client.get(url(Talk, "add"))) == CLOSED
    assert closed(admin_client.get(url(make_talk()))) == CLOSED


def test_after_the_talk_what_is_due_then_is_open(admin_client):
    page = admin_client.get(url(make_talk(starts_in=timedelta(days=-1), recap="So war es.")))

    assert closed(page) == [*CLOSED[:4], "Praxisprofil"]


def test_rows_that_exist_are_open(admin_client):
    talk = make_talk()
    Material.objects.create(talk=talk, title="Folien", url="https://vhw.de/")

    assert closed(admin_client.get(url(talk))) == [*CLOSED[:5], "Praxisprofil"]


def test_profile_is_open_where_something_stands_in_it_and_is_never_asked_for(admin_client):
    talk = make_talk(starts_in=timedelta(days=-1))
    before = admin_client.get(url(talk))
    refused = send(admin_client, url(talk), {"title": "", "profile-0-costs": "48.000 Euro"})
    untouched = send(admin_client, url(talk), {"title": ""})
    make_practice_profile(talk)

    assert ("Praxisprofil" in closed(before), "Praxisprofil" in closed(refused)) == (True, False)
    assert "Praxisprofil" in closed(untouched)
    assert "Praxisprofil" not in closed(admin_client.get(url(talk)))
    assert '<a href="#profile-heading">Praxisprofil</a>' in before.content.decode()


def test_section_with_an_error_is_open(admin_client):
    page = send(admin_client, url(Talk, "add"), NEW_TALK | {"capacity": "0"})

    assert "Anmeldung" not in closed(page)


def test_errors_of_fields_and_rows_lead_to_them(admin_client):
    sent = NEW_TALK | {"title": "", "starts_at_0": "gestern", "speakers-1-name": ""}

    assert [anchor for anchor, _ in leads(send(admin_client, url(Talk, "add"), sent))] == [
        "id_starts_at_0",
        "id_title",
        "id_speakers-1-name",
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "draft"}, "Entwurf: nur hier zu sehen."),
        ({}, "Veröffentlicht: für alle zu sehen."),
        ({"starts_in": timedelta(days=-1)}, "Veröffentlicht, und vorbei."),
        ({"status": "cancelled"}, "Abgesagt."),
    ],
)
def test_bar_says_who_sees_the_talk(admin_client, fields, words):
    html = admin_client.get(url(make_talk(**fields))).content.decode()

    assert f'<p class="standing">{words}</p>' in html


def test_bar_says_that_a_draft_with_a_time_never_appears(admin_client):
    talk = make_talk(status="draft")
    talk.publish_at = talk.starts_at - timedelta(days=1)
    talk.save()

    html = admin_client.get(url(talk)).content.decode()

    assert "Erscheint nie von selbst: Der Stand ist „Entwurf“.</p>" in html
