"""What a first visit loads, as the server sends it; tests/e2e counts the requests."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from events.models import Talk
from tests.events.upload_files import fetch
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.once]

KB = 1024
READING_PAGES = [
    "/",
    *("/archiv/", "/landkarte/", "/ueber/", "/abonnieren/"),
    *("/impressum/", "/datenschutz/", "/barrierefreiheit/", "/sicherheit/"),
    "/vortragen/",
]


def linked(html: str, kind: str) -> list[str]:
    """Return the addresses of the page's files that end in `kind`."""
    return re.findall(rf'<link[^>]* href="([^"]*\.{kind})"', html)


def size(path: str) -> int:
    """Return what a browser that understands Brotli gets."""
    return len(fetch(Client(headers={"accept-encoding": "br"}), path).body)


def test_style_sheets_are_small():
    client = Client(headers={"accept-encoding": "br"})
    paths = linked(client.get("/").content.decode(), "css")

    responses = [fetch(client, path) for path in paths]
    assert [response.headers["Content-Encoding"] for response in responses] == ["br", "br"]
    assert sum(len(response.body) for response in responses) <= 8 * KB


def test_every_reading_page_and_its_style_sheets_arrive_in_one_round_trip(client):
    """A server sends about 14 KB before it waits for the first answer (RFC 6928)."""
    call_command("load_talks", "--demo", stdout=StringIO())
    css = sum(map(size, linked(client.get("/").content.decode(), "css")))
    talks = [talk.get_absolute_url() for talk in Talk.objects.published()]

    pages = {
        path: client.get(path, headers={"accept-encoding": "gzip"}).content
        for path in [*READING_PAGES, *talks]
    }

    too_large = {path: len(page) for path, page in pages.items() if css + len(page) > 14 * KB}
    assert (len(pages), too_large) == (len(READING_PAGES) + 6, {})


def test_fonts_of_a_first_visit_are_small_and_fetched_at_once(client):
    html = client.get("/").content.decode()

    fonts = linked(html, "woff2")

    assert len(fonts) == 2
    assert sum(map(size, fonts)) <= 75 * KB


def test_pages_need_no_script_and_few_files(client):
    for path in ("/", "/archiv/", "/landkarte/", make_talk().get_absolute_url(), "/anmeldung/"):
        html = client.get(path).content.decode()
        scripts = re.findall(r'<script(?! type="application/ld\+json")', html)
        files = {*linked(html, "css"), *linked(html, "woff2"), *linked(html, "svg")}
        assert (path, scripts, len(files)) == (path, [], 5)
