"""Feed, calendar, sitemap, robots, API: what they hold and what they hide."""

import json
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from icalendar import Calendar

from events.models import Series, Talk, Topic
from tests.conftest import NOW
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
STAMP = "2025-11-05T08:00:00+00:00"


@pytest.fixture
def hidden():
    make_talk(title="Entwurf", status="draft")
    make_talk(title="Später", publish_at=NOW + DAY)


@pytest.fixture
def talk():
    Series.objects.create(organisers="vhw\nAkademie")
    talk = make_talk(slug="talk", meeting_url="https://secret.example/", recap="Noch nicht.")
    talk.topics.add(Topic.objects.create(name="Wärme & Licht"))
    return talk


def test_feed_holds_the_published_talks(client, talk, hidden):
    make_talk(slug="abgesagt", status="cancelled", starts_in=-DAY)

    response = client.get("/feed.xml")

    feed = ET.fromstring(response.content)  # noqa: S314
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.findtext(f"{ATOM}id") == "http://testserver/"
    assert [link.attrib["href"] for link in feed.findall(f"{ATOM}link")] == [
        "http://testserver/",
        "http://testserver/feed.xml",
    ]
    first, second = feed.findall(f"{ATOM}entry")
    assert {child.tag.removeprefix(ATOM): child.text or child.attrib for child in first} == {
        "title": TITLE,
        "link": {"href": "http://testserver/talks/talk/", "rel": "alternate"},
        "published": STAMP,
        "updated": STAMP,
        "id": talk.uid.urn,
        "summary": "<p>Mittwoch, 26.\xa0November 2025, 9–10\xa0Uhr</p>\n\n"
        "<p>Sina Massow, Bürgermeisterin der Stadt Gudensberg</p>\n\n"
        "<p>Erster Absatz.</p>\n\n<p>Zweiter Absatz.</p>",
        "category": {"term": "Wärme & Licht"},
    }
    assert "9–10\xa0Uhr: Abgesagt" in second.findtext(f"{ATOM}summary")


def test_feed_holds_html_and_no_markup_of_the_texts(client):
    make_talk(announcement='<b>Fett</b> & "ä"\nneue Zeile', subtitle="<script>")

    summary = ET.fromstring(client.get("/feed.xml").content).find(f".//{ATOM}summary")  # noqa: S314

    assert summary.attrib == {"type": "html"}
    assert "<p>&lt;script&gt;</p>" in summary.text
    assert "<p>&lt;b&gt;Fett&lt;/b&gt; &amp; &quot;ä&quot;<br>neue Zeile</p>" in summary.text


def test_sitemap_lists_every_page_with_its_last_change(client, talk, hidden):
    content = client.get("/sitemap.xml").content

    urls = [
        (url.findtext(f"{SITEMAP}loc"), url.findtext(f"{SITEMAP}lastmod"))
        for url in ET.fromstring(content)  # noqa: S314
    ]
    stamp = "2025-11-05T09:00:00+01:00"
    site = "http://testserver"
    assert urls == [
        (f"{site}/", stamp),
        (f"{site}/archiv/", stamp),
        (f"{site}/landkarte/", stamp),
        (f"{site}/ueber/", stamp),
        (f"{site}/abonnieren/", stamp),
        (f"{site}/vortragen/", stamp),
        (f"{site}/impressum/", None),
        (f"{site}/datenschutz/", None),
        (f"{site}/barrierefreiheit/", None),
        (f"{site}/talks/talk/", stamp),
    ]
    assert [client.get(url).status_code for url, _ in urls] == [200] * 10


def test_robots_lead_to_the_sitemap(client):
    text = client.get("/robots.txt").content.decode()

    assert "Sitemap: http://testserver/sitemap.xml" in text.splitlines()
    assert "Disallow: /admin/" in text.splitlines()


def test_api_tells_what_docs_promise(client, talk, hidden):
    Series(runs_in_browser=True, has_captions=True).save()
    Talk.objects.filter(pk=talk.pk).update(has_captions=False, dial_in="030 123456")
    response = client.get("/api/talks.json")

    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert json.loads(response.content) == {
        "version": 1,
        "licence": "",
        "talks": [
            {
                "id": str(talk.uid),
                "url": "http://testserver/talks/talk/",
                "title": TITLE,
                "subtitle": "",
                "starts_at": "2025-11-26T09:00:00+01:00",
                "ends_at": "2025-11-26T10:00:00+01:00",
                "status": "published",
                "announcement": "Erster Absatz.\n\nZweiter Absatz.",
                "recap": "",
                "municipality": {"name": "Gudensberg", "land": "Hessen"},
                "speakers": [
                    {"name": "Sina Massow", "role": "Bürgermeisterin der Stadt Gudensberg"}
                ],
                "topics": ["waerme-licht"],
                "practice_profile": None,
                "facts": {
                    "programme": "",
                    "in_browser": True,
                    "test_url": "",
                    "recorded": None,
                    "recording_use": "",
                    "captions": False,
                    "sign_language": None,
                    "telephone": True,
                },
                "registration": {
                    "state": "open",
                    "url": "http://testserver/anmeldung/?talk=talk",
                },
                "calendar_url": "http://testserver/talks/talk/termin.ics",
                "updated_at": STAMP,
            }
        ],
    }


def test_api_names_the_licence_of_the_texts(client):
    Series.objects.create(licence="CC BY 4.0")

    assert json.loads(client.get("/api/talks.json").content)["licence"] == "CC BY 4.0"
    assert "Lizenz der Texte: CC BY 4.0." in client.get("/abonnieren/").content.decode()


@pytest.mark.parametrize("path", ["/feed.xml", "/api/talks.json", "/sitemap.xml"])
def test_copy_that_is_still_right_is_not_sent_again(client, talk, path):
    tag = client.get(path).headers["ETag"]
    same = client.get(path, headers={"if-none-match": tag})
    Talk.objects.update(title="Neu")
    Talk.objects.get().save()
    Talk.objects.update(updated_at=NOW + timedelta(minutes=1))

    assert (same.status_code, same.content) == (304, b"")
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Licht", "Alt"]),
        ("?thema=klima", ["Licht"]),
        ("?thema=unbekannt", []),
        ("?thema=", ["Licht", "Alt"]),
        ("?jahr=2024", ["Alt"]),
        ("?jahr=2025&thema=klima", ["Licht"]),
        ("?jahr=abc", []),
        ("?jahr=99999999999", []),
        ("?jahr=٢٠٢٥", []),
    ],
)
def test_api_can_be_narrowed(client, query, titles):
    make_talk(title="Licht").topics.add(Topic.objects.create(name="Klima"))
    make_talk(title="Alt", starts_at=NOW.replace(year=2024))

    data = json.loads(client.get(f"/api/talks.json{query}").content)

    assert [talk["title"] for talk in data["talks"]] == titles


def test_calendar_of_one_topic(client, talk):
    make_talk(title="Anderes")

    calendar = Calendar.from_ical(client.get("/kalender.ics?thema=waerme-licht").content)

    assert [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")] == [TITLE]
    assert str(calendar["NAME"]) == "Kleinstadt Web-Talks: Wärme & Licht"
    assert client.get("/kalender.ics?thema=unbekannt").status_code == 404
    assert client.get("/kalender.ics?thema=").status_code == 200
