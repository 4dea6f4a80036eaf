"""What is printed names no link that is somebody's own: a sheet is left lying at the printer."""

import re

import pytest
from django.conf import settings

from tests.test_stylesheets import STYLES
from tests.webtalks.addresses import addresses

pytestmark = pytest.mark.django_db

# The links whose address is written out on paper, as site.css selects them.
WRITTEN_OUT = r"<a\b[^>]*(?:\bdata-paper=|\brel=\"[^\"]*\bexternal\b)[^>]*>"


@pytest.fixture
def private_pages(client, settings, tmp_path):
    """Return the HTML of every page behind a link of a mail, by its path."""
    settings.MEDIA_ROOT = tmp_path
    paths = [each.path for each in addresses() if "<str:token>" in each.route]
    answers = {path: client.get(path) for path in paths}
    pages = {
        path: answer.content.decode()
        for path, answer in answers.items()
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    }
    for answer in answers.values():  # one is a file
        answer.close()
    return pages


def token_of(path: str) -> str:
    return max(path.split("/"), key=len)


def test_stylesheets_write_out_only_links_that_say_so():
    rules = {
        (name, selector, value)
        for name in ("site.css", "admin.css")
        for selector, value in re.findall(
            r"([^{};/]+) \{[^{}]*?\bcontent: ([^;]*\battr\([^;]*);", (STYLES / name).read_text()
        )
    }

    assert {(name, selector.strip(), value) for name, selector, value in rules} == {
        ("site.css", "a[data-paper]::after", "attr(data-paper)"),
        ("site.css", 'a[rel~="external"]::after', '" (" attr(href) ")"'),
    }
    assert "attr(" not in (STYLES / "admin.css").read_text()


def test_private_pages_write_out_no_link_and_not_their_own_address(private_pages):
    assert len(private_pages) >= 12
    for path, html in private_pages.items():
        shown = re.sub(r"<[^>]*>", " ", html)
        assert (path, re.findall(WRITTEN_OUT, html)) == (path, [])
        assert (path, token_of(path) in shown, settings.SITE_URL in shown) == (path, False, False)


def test_dead_and_mangled_links_are_not_printed_either(client):
    for path in ("/meine-anmeldung/x.y/", "/vorschau/x.y/", "/teilnehmen/abc/def/"):
        shown = re.sub(r"<[^>]*>", " ", client.get(path).content.decode())
        assert (path, path in shown) == (path, False)


def test_public_pages_print_their_address_and_the_talks_short_ones(client):
    found = {each.route: each for each in addresses()}
    html = client.get("/").content.decode()

    assert re.findall(r'<p class="print-only">(.*?)</p>', html) == [f"{settings.SITE_URL}/"]
    papers = re.findall(r'data-paper="(.*?)"', html)
    assert papers != []
    assert set(papers) <= {f"testserver/t/{number}" for number in range(1, 10**4)}
    assert found["t/<int:pk>"].path in {paper.removeprefix("testserver") for paper in papers}
