"""The talk's page after the talk, where it leads, and its notice for the board."""

import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Material, Series, Talk, Topic
from tests.events.upload_files import PDF, jpeg, upload
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def page(client, talk, part=""):
    return client.get(talk.get_absolute_url() + part).content.decode()


def text_of(html):
    main = re.search(r"<main.*?</main>", html, re.DOTALL).group()
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


# Afterwards


def test_past_talk_has_recap_materials_and_answers(client):
    talk = make_talk(starts_in=-DAY, recap="So war es.", written_answers="Ja & nein.\n\nUnd doch.")
    Material.objects.create(talk=talk, title="Folien", file=upload(PDF, "f.pdf"))
    for kind in Material.Recording.values:
        Material.objects.create(talk=talk, title="Video", url="https://v.de/", recording=kind)

    text = text_of(page(client, talk))

    for words in (
        "Rückblick So war es.",
        "Video (Aufzeichnung mit Untertiteln)",
        "Video (Aufzeichnung ohne Untertitel)",
        "Fragen, die schriftlich beantwortet wurden Ja & nein. Und doch.",
    ):
        assert words in text
    assert re.search(r"Folien \(PDF, \d+\sBytes\)", text)


def test_answers_wait_for_the_talk(client):
    talk = make_talk(written_answers="Noch nicht gefragt.")

    assert "Noch nicht gefragt." not in page(client, talk)


def test_panel_names_what_helps_to_take_part_but_no_number(client):
    talk = make_talk(has_captions=True, has_sign_language=False, dial_in="0123 456")
    without = make_talk(title="Ohne")

    html = page(client, talk)

    words = "Zugänglichkeit Live-Untertitel, keine Gebärdensprache, Einwahl per Telefon"
    assert words in text_of(html)
    assert "0123 456" not in html
    assert "Zugänglichkeit" not in page(client, without)


def test_panel_says_the_facts_of_the_series_and_whom_to_ask(client):
    Series(programme='Zoom & "Co"', test_url="https://zoom.example/test?a=1&b=2").save()
    talk, past = make_talk(), make_talk(starts_in=-3 * DAY)

    html = page(client, talk)

    assert 'Videokonferenz Zoom & "Co"; Verbindung testen' in text_of(html)
    assert 'href="https://zoom.example/test?a=1&amp;b=2"' in html
    assert "Brauchen Sie etwas" not in html
    Series.objects.update(contact_email="kontakt@vhw.example")
    asked = "Hilfe Brauchen Sie etwas, um folgen zu können? Schreiben Sie uns"
    assert asked in text_of(page(client, talk))
    assert 'href="mailto:kontakt@vhw.example"' in page(client, talk)
    assert "Zoom" not in page(client, past)


def test_picture_names_its_focus(client):
    talk = make_talk(image=upload(jpeg()), image_credit="© A", image_focus="top")

    assert 'data-focus="top"' in page(client, talk)


# Where it leads


def test_neighbours_are_the_talks_around_it():
    first = make_talk(title="Erster", starts_in=-3 * DAY)
    make_talk(title="Abgesagt", starts_in=-2 * DAY, status="cancelled")
    make_talk(title="Entwurf", starts_in=-2 * DAY, status="draft")
    second = make_talk(title="Zweiter", starts_in=-DAY)
    same_moment = make_talk(title="Gleichzeitig", starts_in=-DAY)
    coming = make_talk(title="Kommt")
    talks = Talk.objects.published().taking_place()

    order = [first, second, same_moment, coming]

    neighbours = zip([None, *order[:-1]], [*order[1:], None], strict=True)
    assert [talks.beside(talk) for talk in order] == [*neighbours]


def test_page_leads_to_earlier_and_later(client):
    talks = [make_talk(title=f"Talk {n}", starts_in=n * DAY) for n in (-3, -2, -1)]

    html = page(client, talks[1])

    assert re.findall(r'<a rel="(\w+)" href="(.*?)">', html) == [
        ("prev", talks[0].get_absolute_url()),
        ("next", talks[2].get_absolute_url()),
    ]
    assert "Vorheriger Talk Talk -3 Nächster Talk Talk -1" in text_of(html)


def test_related_talks_share_topic_or_town(client):
    topic, other = (Topic.objects.create(name=name) for name in ("Klima", "Markt"))
    talk = make_talk(title="Dieser", starts_in=-5 * DAY)
    talk.topics.set([topic])
    make_talk(title="Gleicher Ort", starts_in=-9 * DAY)
    make_talk(title="Gleiches Thema", town="Vrees", starts_in=-8 * DAY).topics.set([topic, other])
    make_talk(title="Fremd", town="Aalen").topics.set([other])
    make_talk(title="Ohne Ort", town=None)
    make_talk(title="Entwurf", status="draft").topics.set([topic])

    related = re.search(r'id="related">.*?</ul>', page(client, talk), re.DOTALL).group()

    assert re.findall(r"<a [^>]*>(.*?)</a>", related) == ["Gleiches Thema", "Gleicher Ort"]


def test_at_most_three_related_and_none_without_topic_or_town(client):
    alone = make_talk(title="Allein", town=None)
    for number in range(5):
        make_talk(title=f"Talk {number}")

    assert Talk.objects.related_to(Talk.objects.get(title="Talk 4")).count() == 3
    assert "Verwandte Talks" not in page(client, alone)


# Passing it on


def test_cancelled_talk_is_not_passed_on(client):
    talk = make_talk(status="cancelled")

    assert "Weiterleiten" not in page(client, talk)
    assert client.get(f"{talk.get_absolute_url()}aushang/").status_code == 404


def test_notice_holds_what_hangs_on_a_board(client):
    talk = make_talk()

    text = text_of(page(client, talk, "aushang/"))

    for words in (
        "Gudensberg Hessen",
        "Mittwoch, 26. November 2025, 9–10 Uhr",
        f"{TITLE} Mit Sina Massow, Bürgermeisterin der Stadt Gudensberg",
        f"Online und kostenfrei. Anmeldung: testserver /t/{talk.pk}",
    ):
        assert words in text
    assert "/talks/" not in text
    assert client.get("/talks/unbekannt/aushang/").status_code == 404
