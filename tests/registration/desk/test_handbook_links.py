"""The way from each page to what the handbook tells of it."""

import re
from datetime import timedelta

import pytest
from django.urls import get_resolver

from registration.desk import handbook, handbook_links
from tests.makers import make_talk
from tests.webtalks.team.people import make_colleague

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def names(resolver, spaces=()) -> set[str]:
    """Return the names of all addresses, as links use them."""
    found = set()
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            space = [pattern.namespace] if pattern.namespace else []
            found |= names(pattern, (*spaces, *space))
        elif pattern.name:
            found.add(":".join([*spaces, pattern.name]))
    return found


def link_of(html: str) -> str:
    return "".join(re.findall(r'class="in-handbook" href="([^"]+)"', html))


def test_every_page_is_there_and_every_anchor_in_the_handbook():
    anchors = {heading.anchor for heading in handbook.text().headings}

    assert set(handbook_links.ANCHORS) <= names(get_resolver())
    assert set(handbook_links.ANCHORS.values()) <= anchors


@pytest.mark.parametrize(
    ("path", "anchor"),
    [
        ("/admin/", "die-erste-seite"),
        ("/admin/events/talk/add/", "einen-talk-eintragen"),
        ("/admin/registration/registration/", "die-angemeldeten"),
        ("/admin/registration/registration/export/", "auf-papier-und-als-datei"),
        ("/admin/registration/registration/person/", "jemand-möchte-die-eigenen-daten"),
        ("/admin/registration/message/", "eine-nachricht-schreiben"),
        ("/admin/registration/outgoingmail/", "was-aus-einer-mail-wurde"),
        ("/admin/events/talk/statistik/", "zahlen-für-den-bericht"),
        ("/admin/events/talk/statistik/bericht/2025/", "der-bericht-an-den-förderer"),
        ("/admin/registration/offer/", "eine-kommune-möchte-berichten"),
        ("/admin/events/talk/statistik/orte/", "orte-nachtragen"),
        ("/admin/profil/", "ihr-profil"),
        ("/admin/suche/", "etwas-finden"),
        ("/admin/zwei-schritte/", "das-erste-mal"),
    ],
)
def test_page_leads_to_its_part(client, path, anchor):
    client.force_login(make_colleague(roles=["Redaktion", "Teilnehmende"]))

    assert link_of(client.get(path).content.decode()) == f"/admin/handbuch/#{anchor}"


def test_page_of_a_talk_leads_to_its_part_in_a_tab_of_its_own(client):
    client.force_login(make_colleague(roles=["Redaktion", "Teilnehmende"]))
    html = client.get(f"/admin/events/talk/{make_talk().pk}/change/").content.decode()

    assert link_of(html) == "/admin/handbuch/#einen-talk-eintragen"
    assert '#einen-talk-eintragen" target="_blank" rel="noopener">' in html


@pytest.mark.parametrize(
    ("path", "anchor"),
    [
        ("registration/registration/talk/{}/anwesenheit/", "wer-war-dabei"),
        ("registration/registration/talk/{}/bescheinigungen/", "bescheinigungen"),
        ("events/talk/{}/unterlagen/", "unterlagen-verschicken"),
        ("events/talk/{}/rueckmeldungen/", "rückmeldungen"),
    ],
)
def test_pages_after_a_talk_lead_to_their_parts(client, path, anchor):
    client.force_login(make_colleague(roles=["Redaktion", "Teilnehmende"]))
    talk = make_talk(starts_in=timedelta(days=-3))

    html = client.get(f"/admin/{path.format(talk.pk)}").content.decode()

    assert link_of(html) == f"/admin/handbuch/#{anchor}"


def test_neither_a_window_for_choosing_nor_a_stranger_is_led_there(client):
    assert link_of(client.get("/admin/login/").content.decode()) == ""
    client.force_login(make_colleague(roles=["Redaktion"]))

    assert link_of(client.get("/admin/events/topic/add/?_popup=1").content.decode()) == ""
    assert link_of(client.get("/admin/handbuch/").content.decode()) == ""
