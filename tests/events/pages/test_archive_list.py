"""„Alle Talks“ as a list: what is coming stands first, and each entry says what there is."""

import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Material, Talk, Topic
from events.pages.archive import FILTERS_FROM
from tests.conftest import NOW
from tests.events.public_pages import get, text_of
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def groups(html) -> list[tuple[str, list[str]]]:
    """Return the headings of the list, each with the titles beneath it."""
    found: list[tuple[str, list[str]]] = []
    for heading, title in re.findall(r"<h2[^>]*>(.*?)</h2>|<h3><a [^>]*>(.*?)</a>", html):
        if heading:
            found.append((heading, []))
        else:
            found[-1][1].append(unescape(title))
    return found


def entry(html, title=TITLE) -> str:
    """Return the entry of the talk `title`."""
    (found,) = [
        part
        for part in re.findall(r"<li>\s*<(?:time|s)\b.*?</div>\s*</li>", html, re.DOTALL)
        if f">{title}</a></h3>" in unescape(part)
    ]
    return found


def words(html) -> str:
    return " ".join(unescape(re.sub("<.*?>", " ", html)).split())


def test_coming_talks_stand_first_in_their_order_then_the_past(client):
    for name, fields in {
        "übermorgen": {"starts_in": 2 * DAY},
        "morgen": {"starts_in": DAY},
        "läuft": {"starts_in": -timedelta(minutes=59)},
        "eben zu Ende": {"starts_in": -timedelta(hours=1)},
        "gestern": {"starts_in": -DAY},
        "verschoben": {"starts_in": -2 * DAY, "status": "postponed"},
        "bald, abgesagt": {"starts_in": 3 * DAY, "status": "cancelled"},
        "war abgesagt": {"starts_in": -DAY, "status": "cancelled"},
        "Entwurf": {"status": "draft"},
        "später veröffentlicht": {"publish_at": NOW + DAY},
    }.items():
        make_talk(title=name, **fields)

    assert groups(get(client, "/archiv/")) == [
        ("Kommende Talks", ["verschoben", "läuft", "morgen", "übermorgen", "bald, abgesagt"]),
        ("Bisherige Talks, die neuesten zuerst", ["eben zu Ende", "gestern"]),
    ]


def test_coming_talks_stand_on_the_first_page_alone(client):
    make_talk(title="kommt")
    for number in range(13):
        make_talk(title=f"war {number}", starts_in=-(1 + number) * DAY)
    first = client.get("/archiv/")
    second = get(client, first.context["page"].next_url)

    assert [name for name, _ in groups(first.content.decode())] == [
        "Kommende Talks",
        "Bisherige Talks, die neuesten zuerst",
    ]
    assert groups(second) == [("Ältere Talks", ["war 12"])]


def test_search_finds_coming_talks_by_all_that_can_be_read_of_them(client):
    talk = make_talk(subtitle="Das Beispiel", announcement="Ein Markt kehrt zurück.")
    talk.topics.add(Topic.objects.create(name="Leerstand"))

    for query in ("Massow", "Gudensberg", "wärme", "Beispiel", "Markt", "leerst", "Hessen"):
        assert groups(get(client, f"/archiv/?q={query}")) == [("Kommende Talks", [TITLE])], query


def test_recap_that_waits_for_the_end_is_not_told(client, clock):
    make_talk(title="Bald", recap="Das Geheimnis", announcement="Wir verraten es.")
    make_talk(title="Offen", announcement="Kein Geheimnis")

    before = groups(get(client, "/archiv/?q=geheimnis"))
    known = groups(get(client, "/archiv/?q=verraten"))
    clock.shift(22 * DAY)
    after = groups(get(client, "/archiv/?q=geheimnis"))

    assert (before, known) == ([("Kommende Talks", ["Offen"])], [("Kommende Talks", ["Bald"])])
    assert after == [("Bisherige Talks, die neuesten zuerst", ["Offen", "Bald"])]


def test_number_counts_coming_and_past(client):
    for days in (-2, -1, 1):
        make_talk(starts_in=days * DAY)

    assert "3 Talks zu Hessen" in text_of(get(client, "/archiv/?land=hessen"))


def test_topic_of_a_coming_talk_leads_to_it(client):
    talk = make_talk()
    talk.topics.add(Topic.objects.create(name="Leerstand & Licht"))
    make_talk(title="Anderes", starts_in=-DAY)
    Topic.objects.create(name="Ohne Talk")

    assert groups(get(client, "/archiv/?thema=leerstand-licht")) == [("Kommende Talks", [TITLE])]
    assert groups(get(client, "/archiv/?thema=ohne-talk")) == [("Kein Talk zu Ohne Talk", [])]
    assert '<option value="ohne-talk" selected>Ohne Talk (0)</option>' in get(
        client, "/archiv/?thema=ohne-talk"
    )


# An entry


def test_entry_says_what_the_talk_is_about_and_where_it_comes_from(client):
    coming = make_talk(announcement='Ein "Markt" & mehr.', subtitle="Untertitel")
    coming.topics.set(Topic.objects.create(name=name) for name in ("Wärme & Licht", "Bürger"))
    make_talk(title="War", starts_in=-DAY, recap="So war es.")
    make_talk(title="Kurz", starts_in=-DAY, announcement="", subtitle="Nur ein Untertitel")

    html = get(client, "/archiv/")

    assert words(entry(html)) == (
        f"26. Nov. 2025 {TITLE} Sina Massow, Bürgermeisterin der Stadt Gudensberg "
        'Ein "Markt" & mehr. Gudensberg Mittwoch, 9–10 Uhr Anmeldung offen '
        f"Bürger Wärme & Licht Anmelden für „{TITLE}“"
    )
    assert '<a href="/archiv/?thema=waerme-licht">Wärme &amp; Licht</a>' in entry(html)
    assert f'<a class="button" href="{coming.registration_url}">' in entry(html)
    assert "So war es." in words(entry(html, "War"))
    assert "Anmeld" not in words(entry(html, "War"))
    assert "Nur ein Untertitel" in words(entry(html, "Kurz"))


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_entry_of_a_talk_that_does_not_take_place_says_so(client, status):
    talk = make_talk(status=status)

    shown = entry(get(client, "/archiv/"))

    assert talk.registration_state.label in words(shown)
    assert "/anmeldung/" not in shown
    when = f"{talk.weekday_text}, {talk.time_text}</s>"
    assert (when in shown, when in get(client, "/einbetten/")) == (True, True)


@pytest.mark.parametrize(
    ("materials", "recap", "expected"),
    [
        ([], "", []),
        ([], "So war es.", ["Rückblick"]),
        ([{"title": "Folien & mehr"}], "", ["Folien"]),
        ([{"title": "Die FOLIEN"}, {"title": "Satzung"}], "", ["Folien", "Unterlagen"]),
        ([{"title": "Video", "recording": "captioned"}], "Ja.", ["Mitschnitt", "Rückblick"]),
        ([{"title": "Folien", "audience": "participants"}], "", []),
        ([{"title": "Video", "recording": "uncaptioned", "audience": "participants"}], "", []),
    ],
)
def test_entry_names_what_there_is_for_everybody(client, materials, recap, expected):
    talk = make_talk(starts_in=-DAY, recap=recap)
    for fields in materials:
        Material.objects.create(talk=talk, url="https://vhw.de/", **fields)

    (shown,) = client.get("/archiv/").context["page"].past

    assert shown.extras == expected
    assert " · ".join(expected) in words(entry(get(client, "/archiv/")))


def test_recap_is_named_after_the_talk_alone(client):
    make_talk(recap="Schon geschrieben.")

    assert "Rückblick" not in get(client, "/archiv/")


# Filters


@pytest.mark.parametrize("number", [FILTERS_FROM - 1, FILTERS_FROM])
def test_filters_appear_where_there_are_many_talks(client, number):
    for place in range(number):
        make_talk(title=f"Talk {place}", starts_in=(place - 3) * DAY)

    html = get(client, "/archiv/")

    shown = re.findall(r'<select id="(.*?)"', html)
    assert shown == ([] if number < FILTERS_FROM else ["thema", "land", "jahr", "groesse"])
    assert 'name="q"' in html
    assert "entfernen" not in html


def test_filter_of_the_address_is_shown_and_can_be_removed(client):
    make_talk()

    html = get(client, "/archiv/?land=hessen&q=Licht")

    assert re.findall(r'<select id="(.*?)"', html) == ["land"]
    hidden = '<span class="visually-hidden">'
    assert f'<a href="/archiv/?q=Licht">{hidden}Hessen </span>entfernen</a>' in html
    assert f'<a href="/archiv/?land=hessen">{hidden}„Licht“ </span>entfernen</a>' in html


def test_list_is_what_is_awaited_and_what_took_place():
    """The two parts of the page are the whole that the filters count, and share no talk."""
    for status in Talk.Status.values:
        for days in (-1, 1):
            make_talk(title=f"{status} {days}", status=status, starts_in=days * DAY)
    make_talk(publish_at=NOW + DAY)

    awaited = {*Talk.objects.published().awaited()}
    archived = {*Talk.objects.archived()}

    assert awaited | archived == {*Talk.objects.listed()}
    assert {talk for talk in Talk.objects.listed() if talk.is_awaited} == awaited
    assert (awaited & archived, len(awaited), len(archived)) == (set(), 4, 1)
