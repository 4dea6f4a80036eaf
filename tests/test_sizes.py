"""What a first visit loads, as the server sends it; tests/e2e counts the requests."""

import re

import pytest
from django.test import Client

from tests.events.upload_files import fetch
from tests.makers import make_talk

pytestmark = pytest.mark.django_db

KB = 1024


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
