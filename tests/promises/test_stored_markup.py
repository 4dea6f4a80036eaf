"""Programs get hostile text as text: in feed, calendars, API, JSON-LD, own data and exports."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.db import transaction
from django.urls import reverse
from icalendar import Calendar

from events.models import Talk
from registration.models import Registration, links
from tests.markup import EVERY_MARK, mangled, marks, store_everywhere
from tests.registration.desk.figures.sheets import read_xlsx

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(scope="module")
def organiser(django_db_setup, django_db_blocker):
    """Store the payloads once: no test of this file changes them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield store_everywhere()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _stored(organiser, db):
    """Have the payloads in every test."""


def whole(texts) -> set[str]:
    """Return the marks in the texts, which nothing may have changed."""
    texts = list(texts)
    assert [piece for text in texts for piece in mangled(text)] == []
    return set().union(*map(marks, texts))


def strings(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from strings(value)


class Shown(HTMLParser):
    """What a feed reader shows of an HTML text, which may hold paragraphs and lines alone."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert (tag in {"p", "br"}, attrs) == (True, [])

    def handle_data(self, data):
        self.texts.append(data)


def xml(response) -> list[str]:
    root = ElementTree.fromstring(response.content)  # noqa: S314
    texts = []
    for element in root.iter():
        is_html = element.get("type") == "html"
        texts += Shown(element.text).texts if is_html else [element.text]
        texts += element.attrib.values()
    return texts


def test_feed_api_and_sitemap(client):
    assert whole(text or "" for text in xml(client.get("/feed.xml"))) == EVERY_MARK
    assert whole(strings(client.get("/api/talks.json").json())) == EVERY_MARK
    addresses = [text for text in xml(client.get("/sitemap.xml")) if text and "://" in text]

    assert len(addresses) > Talk.objects.count()
    assert [text for text in addresses if not re.fullmatch(r"http://[\w:.-]+/[\w/-]*", text)] == []


@pytest.mark.parametrize("path", ["/kalender.ics", "own"])
def test_calendar(client, path):
    if path == "own":
        row = Registration.objects.confirmed().of("kim@stadt.example").first()
        token = links.token(row.key, links.PURPOSE_MINE)
        path = f"/meine-anmeldung/{token}/{row.uuid}/termin.ics"
    events = Calendar.from_ical(client.get(path).content).walk("VEVENT")

    texts = [str(event.get(name, "")) for event in events for name in ("SUMMARY", "DESCRIPTION")]
    found = whole(texts)
    assert found
    if path == "/kalender.ics":
        assert found == EVERY_MARK
    assert {name for event in events for name in event} & {"ATTACH", "X-DATA", "BCC"} == set()


def test_json_ld_cannot_end_its_script(client):
    found = set()
    for talk in Talk.objects.all():
        html = client.get(talk.get_absolute_url()).content.decode()
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
        assert re.findall("[<>&]", data) == []
        found |= whole(strings(json.loads(data)))

    assert found == EVERY_MARK


def test_own_data(client):
    row = Registration.objects.of("kim@stadt.example").first()
    token = links.token(row.key, links.PURPOSE_MINE)
    response = client.get(f"/meine-anmeldung/{token}/daten.json")

    assert whole(strings(response.json())) == EVERY_MARK


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_export(client, organiser, file_format):
    client.force_login(organiser)
    page = client.get(reverse("admin:export_registrations"))
    fields = page.context["form"].fields
    chosen = {"columns": [key for key, _ in fields["columns"].choices], "file_format": file_format}
    chosen["states"] = [key for key, _ in fields["states"].choices]
    response = client.post(reverse("admin:export_registrations"), chosen)
    content = response.getvalue()

    if file_format == "xlsx":
        cells = [c for rows in read_xlsx(content).values() for row in rows for c in row]
    else:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        cells = [cell for row in rows for cell in row]
    assert whole(cell for cell in cells if isinstance(cell, str)) == EVERY_MARK
    assert [c for c in cells if isinstance(c, str) and c.startswith(("=", "+", "-", "@"))] == []
