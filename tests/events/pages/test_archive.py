"""„Alle Talks“: filters with counts, readable addresses, paging, and what nobody expects."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Municipality, Talk, Topic
from events.pages.archive import PAGE_SIZE, place_from, place_of
from tests.conftest import BERLIN, NOW
from tests.makers import make_talk
from webtalks.http.page_cache import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def town(name, land, population=None):
    return Municipality.objects.create(name=name, land=land, population=population)


def past_talk(title, *topics, **fields):
    talk = make_talk(title=title, **{"starts_in": -30 * DAY} | fields)
    talk.topics.set(Topic.objects.get_or_create(name=name)[0] for name in topics)
    return talk


@pytest.fixture
def four_talks():
    past_talk("Wärme", "Klima", "Bürger & Rat", municipality=town("Größenau", "Hessen", 4_999))
    past_talk("Licht", "Klima", municipality=town("Süd", "Baden-Württemberg", 5_000))
    past_talk(
        "Markt",
        municipality=town("Ä", "Hessen", 20_000),
        starts_at=datetime(2024, 12, 31, 23, 30, tzinfo=BERLIN),
        ends_at=datetime(2024, 12, 31, 23, 59, tzinfo=BERLIN),
    )
    past_talk("Platz", town=None, starts_in=-40 * DAY)
    make_talk(title="Kommt noch")


ALL = ["Kommt noch", "Licht", "Wärme", "Platz", "Markt"]


def titles(client, query="", status=200):
    response = client.get(f"/archiv/{query}")
    assert response.status_code == status
    page = response.context["page"]
    return [entry.talk.title for entry in [*page.coming, *page.past]]


def options(html):
    return [unescape(text) for text in re.findall(r"<option[^>]*>(.*?)</option>", html)]


def removed(html) -> dict[str, str]:
    """Return the links that take one choice away, by their address."""
    (shown,) = re.findall(
        r'<ul class="topics" aria-label="Ihre Auswahl">(.*?)</ul>', html, re.DOTALL
    )
    return {unescape(url): text for url, text in re.findall(r'<a href="(.*?)">(.*?)</a>', shown)}


def text_of(response):
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL).group()
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def test_filters_offer_what_occurs_with_its_number(client, four_talks):
    for number in range(7):
        past_talk(f"Weiterer {number}", town=None)
    assert options(client.get("/archiv/").content.decode()) == [
        "alle Themen",
        "Bürger & Rat (1)",
        "Klima (2)",
        "alle Länder",
        "Baden-Württemberg (1)",
        "Hessen (3)",
        "alle Jahre",
        "2025 (11)",
        "2024 (1)",
        "alle Größen",
        "unter 5.000 Einwohner (1)",
        "5.000 bis unter 10.000 Einwohner (1)",
        "20.000 Einwohner und mehr (1)",
    ]


CHOSEN = {
    "": ALL,
    "?thema=klima": ["Licht", "Wärme"],
    "?thema=buerger-rat": ["Wärme"],
    "?land=hessen": ["Kommt noch", "Wärme", "Markt"],
    "?land=baden-wuerttemberg": ["Licht"],
    "?jahr=2024": ["Markt"],
    "?groesse=unter-5000": ["Wärme"],
    "?groesse=5000-bis-10000": ["Licht"],
    "?groesse=ab-20000": ["Markt"],
    "?q=waerme": ["Wärme"],
    "?q=hessen&jahr=2025": ["Kommt noch", "Wärme"],
    "?thema=klima&land=hessen&jahr=2025&groesse=unter-5000&q=W%C3%84RME": ["Wärme"],
    # Known, but without a talk.
    "?thema=klima&jahr=2024": [],
    "?land=bayern": [],
    "?jahr=2031": [],
    "?groesse=10000-bis-20000": [],
    "?q=" + "x" * 5000: [],
    # What is no place in the list is as if not asked for.
    "?seite=1e9": ALL,
    "?vor=abc": ALL,
    "?vor=2025-13-45T10:00:00_1": ALL,
    "?vor=2025-01-01T10:00:00_" + "9" * 40: ALL,
    "?vor=0001-01-01T00:00:00_1": [],
    "?vor=9999-12-31T23:59:59_999999999999999999": ALL[1:],
    "?vor=2025-01-01T10:00:00_%D9%A1": ALL,
}


def test_address_chooses(client, four_talks):
    found = {}
    for query in CHOSEN:
        pages.discard()  # of a page that was kept no template tells what is on it
        found[query] = titles(client, query)

    assert found == CHOSEN


UNKNOWN = [
    "?thema=unbekannt",
    "?thema=" + "x" * 300,
    "?land=%27",
    "?land=Hessen",
    "?jahr=abc",
    "?jahr=1999",
    "?jahr=99999999999999999999",
    "?jahr=%D9%A2%D9%A0%D9%A2%D9%A5",
    "?groesse=-1",
    "?q=Licht&thema=klima&jahr=0",
]


def test_unknown_choice_is_not_found(client, four_talks):
    for query in UNKNOWN:
        response = client.get(f"/archiv/{query}")
        assert (query, response.status_code) == (query, 404)
        assert "Diese Seite gibt es nicht." in response.content.decode()


def test_empty_fields_of_the_form_leave_the_address(client, four_talks):
    response = client.get("/archiv/?q=+M%C3%A4rkte&thema=&land=hessen&jahr=&groesse=")

    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/archiv/?q=M%C3%A4rkte&land=hessen",
    )
    assert client.get("/archiv/?q=&thema=").headers["Location"] == "/archiv/"


def test_form_keeps_what_was_chosen(client, four_talks):
    html = client.get("/archiv/?thema=klima&q=%22Licht%22").content.decode()

    assert re.findall(r'<option value="([^"]*)" selected>', html) == ["klima"]
    assert 'name="q" value="&quot;Licht&quot;"' in html
    assert "<title>„&quot;Licht&quot;“, Klima – Alle Talks – Kleinstadt Web-Talks</title>" in html
    assert "1 Talk zu „&quot;Licht&quot;“, Klima" in html
    assert '<meta name="robots" content="noindex, follow">' in html


def test_empty_result_helps(client, four_talks):
    response = client.get("/archiv/?q=Nirgends&thema=klima&jahr=2024")

    text = text_of(response)
    html = response.content.decode()
    assert "Kein Talk zu „Nirgends“, Klima, 2024" in text
    assert "Bitte prüfen Sie die Schreibweise" in text
    assert [re.sub("<.*?>", "", label) for label in removed(html).values()] == [
        "„Nirgends“ entfernen",
        "Klima entfernen",
        "2024 entfernen",
    ]
    assert list(removed(html)) == [
        "/archiv/?thema=klima&jahr=2024",
        "/archiv/?q=Nirgends&jahr=2024",
        "/archiv/?q=Nirgends&thema=klima",
    ]
    assert '<a href="/archiv/?thema=buerger-rat">Bürger &amp; Rat</a>' in html
    assert '<a class="button outline" href="/archiv/">Alle Talks zeigen</a>' in html
    assert '<a class="button outline" href="/terminhinweise/">' in html


# Pages


def test_pages_hold_every_talk_once_in_order(client):
    # Many at the same moment: the key tells them apart.
    made = [
        past_talk(f"Talk {n}", starts_in=-(1 + n // 5) * DAY) for n in range(2 * PAGE_SIZE + 1)
    ]
    seen, url = [], "/archiv/?land=hessen"
    lengths = []
    while url:
        page = client.get(url).context["page"]
        seen += [entry.talk for entry in page.past]
        lengths.append(len(page.past))
        url = page.next_url

    assert lengths == [PAGE_SIZE, PAGE_SIZE, 1]
    assert seen == sorted(made, key=lambda talk: (talk.starts_at, talk.pk), reverse=True)


def test_page_leads_on_and_back(client):
    for number in range(PAGE_SIZE + 1):
        past_talk(f"Talk {number}", starts_in=-DAY)
    first = client.get("/archiv/?land=hessen")
    url = first.context["page"].next_url
    second = client.get(url)

    assert "Mehr als 12 Talks zu Hessen" in text_of(first)
    assert re.fullmatch(r"/archiv/\?land=hessen&vor=2025-11-04T08:00:00_\d+", url)
    assert f'rel="next" href="{url.replace("&", "&amp;")}"' in first.content.decode()
    assert "Zurück an den Anfang" not in text_of(first)
    assert '<a class="button outline" href="/archiv/?land=hessen">' in second.content.decode()
    assert 'rel="next"' not in second.content.decode()


@pytest.mark.parametrize("fraction", [0, 1, 123456])
def test_place_survives_the_address(fraction):
    talk = Talk(pk=7, starts_at=NOW.replace(second=5, microsecond=fraction))

    assert place_from(place_of(talk)) == (talk.starts_at, 7)


# Counts are kept


def test_counts_are_made_once_per_revision(client, four_talks):
    client.get("/archiv/")
    with CaptureQueriesContext(connection) as kept:
        client.get("/archiv/?q=Licht")
    Topic.objects.create(name="Neues")
    with CaptureQueriesContext(connection) as new:
        client.get("/archiv/")

    assert (len(kept), len(new)) == (3, 7)


def test_counts_follow_a_change(client, four_talks):
    client.get("/archiv/")
    Talk.objects.get(title="Licht").topics.clear()

    assert "Klima (1)" in options(client.get("/archiv/?thema=klima").content.decode())


def test_counts_follow_the_clock(client, clock):
    past_talk("Alt", "Klima")
    past_talk("Läuft", "Klima", starts_in=-timedelta(minutes=59), status="cancelled")
    past_talk("Später veröffentlicht", "Klima", publish_at=NOW + timedelta(minutes=5))
    seen = []
    for minutes in (0, 1, 3, 1):
        clock.shift(timedelta(minutes=minutes))
        html = client.get("/archiv/?thema=klima").content.decode()
        seen += re.findall(r"Klima \((\d)\)", html)

    assert seen == ["2", "1", "1", "2"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "…", "–", "% %", "🎈", "„“"])
def test_signs_alone_find_nothing_and_stay_in_the_field(client, query):
    make_talk(starts_in=-timedelta(days=9), title="50 % mehr_Licht\\ …")

    html = client.get("/archiv/", {"q": query}).content.decode()

    assert f"Kein Talk zu „{query}“" in html
    assert f'name="q" value="{query}"' in html
    assert "mehr_Licht" not in html
