"""A talk's page: what it says before and after, whether it leads to the form, and who sees it."""

import re
from datetime import timedelta

import pytest

from events.models import Material, Topic
from tests.conftest import NOW
from tests.events.public_pages import NOT_FOUND, PAGES, SIGN_UP, get, talk_page, text_of, title_of
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def test_page_of_a_coming_talk(client):
    talk = make_talk(subtitle='Das "Beispiel" & mehr', recap="Noch geheim.")
    for position, name in enumerate(["Wärme", "Licht & Luft"]):
        talk.topics.add(Topic.objects.create(name=name, pk=900 + position))
    Material.objects.create(talk=talk, title="Folien", url="https://vhw.de/?a=1&b=2")
    Material.objects.create(
        talk=talk, title="Geheim", url="https://x.de/", audience="participants"
    )

    html = get(client, talk.get_absolute_url())

    text = text_of(html)
    for words in (
        'Das "Beispiel" & mehr',
        "Erster Absatz. Zweiter Absatz.",
        "Referentin Sina Massow Bürgermeisterin der Stadt Gudensberg",
        "Anmeldung offen",
        "Folien (Link)",
    ):
        assert words in text
    assert "Noch geheim." not in text
    # What only participants get is named, and leads nowhere.
    assert "Geheim für Angemeldete: über Ihren Link" in text
    assert "https://x.de/" not in html
    assert re.search(r"Themen (Licht & Luft Wärme|Wärme Licht & Luft)", text)
    assert '<a href="https://vhw.de/?a=1&amp;b=2" rel="external">Folien</a>' in html
    assert f'href="{SIGN_UP}waerme-licht-fuer-gudensberg"' in html
    assert 'datetime="2025-11-26T09:00:00+01:00"' in html
    assert "/talks/waerme-licht-fuer-gudensberg/termin.ics" in html


def test_page_of_a_past_talk_shows_the_recap_instead_of_the_announcement(client):
    html = talk_page(client, starts_in=-DAY, recap="So war es.\n\nUnd so.")

    text = text_of(html)
    assert "Dieser Talk hat am Dienstag, 4. November 2025, stattgefunden." in text
    assert "So war es. Und so." in text
    assert "Erster Absatz." not in text
    assert SIGN_UP not in html


def test_headings_lead_through_the_page(client):
    html = talk_page(client)

    assert re.findall(r"<h2[^>]*>(.*?)</h2>", html) == [
        "Wer berichtet",
        "Worum es geht",
        "So läuft es ab",
        "Weiterleiten",
    ]
    assert "Rund 20 Minuten Impuls, danach Fragen und Diskussion." in text_of(html)
    assert "an kommunale Akteurinnen und Akteure aus kleinen Städten" in text_of(html)


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_date_of_a_talk_that_is_off_is_struck_out_and_the_list_offered(client, status):
    html = talk_page(client, status=status)

    assert re.search(r"<dt>Geplant war</dt>\s*<dd>\s*<s><time [^>]*>Mittwoch, 26", html)
    assert "So läuft es ab" not in html
    assert 'class="button primary" href="/terminhinweise/">Neue Termine per E-Mail<' in html


def test_page_of_a_past_talk_says_that_nothing_is_there_and_where_to_go(client):
    html = talk_page(client, starts_in=-DAY)

    assert "Unterlagen Öffentliche Unterlagen gibt es zu diesem Talk nicht." in text_of(html)
    assert "<s>" not in html
    assert 'class="button primary" href="/terminhinweise/">Neue Termine per E-Mail<' in html
    assert 'href="/">Kommende Termine<' in html


def test_materials_of_participants_are_named_as_long_as_their_links_live(client, clock, settings):
    talk = make_talk(starts_in=-DAY)
    Material.objects.create(
        talk=talk, title='Folien & "mehr"', url="https://x.de/", audience="participants"
    )
    named = 'Folien & "mehr" für Angemeldete: über Ihren Link'

    assert named in text_of(get(client, talk.get_absolute_url()))
    clock.move_to(talk.ends_at + settings.RETENTION_DAYS * DAY)
    assert named not in text_of(get(client, talk.get_absolute_url()))


def test_page_of_a_past_talk_without_recap_keeps_the_announcement(client):
    assert "Erster Absatz." in text_of(talk_page(client, starts_in=-DAY))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "cancelled"}, "Dieser Talk ist abgesagt."),
        (
            {"status": "postponed"},
            "Dieser Talk ist verschoben. Der neue Termin steht noch nicht fest.",
        ),
        ({"starts_in": -timedelta(minutes=1)}, "Dieser Talk läuft gerade."),
        ({"capacity": 1, "seats_taken": 1, "waiting_list": False}, "Ausgebucht"),
        ({"registration_opens_at": NOW + DAY}, "Anmeldung ab 6."),
        ({"registration_closes_at": NOW}, "Anmeldung geschlossen"),
    ],
)
def test_talk_that_cannot_be_booked_says_so_and_has_no_link_to_the_form(client, fields, words):
    html = talk_page(client, **fields)

    assert words in text_of(html)
    assert TITLE in text_of(html)
    assert SIGN_UP not in html


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ({}, "Kostenfrei anmelden"),
        ({"capacity": 1, "seats_taken": 1}, "Auf die Warteliste"),
    ],
)
def test_talk_that_can_be_booked_leads_to_the_form(client, fields, action):
    html = talk_page(client, slug="talk", **fields)

    assert re.findall(rf'href="{re.escape(SIGN_UP)}([^"]*)">([^<]*)<', html) == [("talk", action)]


@pytest.mark.parametrize(
    "fields",
    [{"status": "draft"}, {"publish_at": NOW + timedelta(microseconds=1)}, {"slug": "anders"}],
    ids=["draft", "later", "unknown"],
)
def test_talk_nobody_may_see_is_not_found_anywhere(client, fields):
    make_talk(**{"slug": "talk"} | fields)

    html = get(client, "/talks/talk/", 404)

    assert (title_of(html), NOT_FOUND in text_of(html)) == (
        f"{NOT_FOUND} – Kleinstadt Web-Talks",
        True,
    )
    if "slug" not in fields:
        assert [path for path in PAGES if "Gudensberg" in get(client, path)] == []


def test_talk_shows_up_at_the_moment_it_is_published(client, clock):
    make_talk(slug="talk", publish_at=NOW + timedelta(seconds=1))
    before = client.get("/talks/talk/").status_code
    clock.shift(1)

    assert (before, client.get("/talks/talk/").status_code) == (404, 200)
