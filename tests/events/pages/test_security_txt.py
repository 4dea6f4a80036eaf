import re

import pytest

from events.models import Series
from tests.webtalks.http.expected_headers import expected, seen

pytestmark = pytest.mark.django_db

TEXT = """\
Contact: {contact}
Expires: 2026-05-04T08:00:00Z
Preferred-Languages: de, en
Canonical: https://talks.stadt.example/.well-known/security.txt
Policy: https://talks.stadt.example/sicherheit/
"""


def test_security_txt_names_the_contact_of_the_series(client, clock, settings):
    settings.SITE_URL = "https://talks.stadt.example"
    Series.objects.create(contact_email="orga@stadt.example")

    response = client.get("/.well-known/security.txt")

    assert response.content.decode() == TEXT.format(contact="mailto:orga@stadt.example")
    assert seen(response) == expected("security.txt")


def test_without_a_contact_it_names_the_page(client, clock, settings):
    settings.SITE_URL = "https://talks.stadt.example"

    text = client.get("/.well-known/security.txt").content.decode()

    assert text == TEXT.format(contact="https://talks.stadt.example/sicherheit/")


def test_page_tells_how_to_report(client):
    Series.objects.create(contact_email="orga@stadt.example")

    html = client.get("/sicherheit/").content.decode()

    assert re.findall(r"<h1>(.*?)</h1>", html) == ["Sicherheitslücke melden"]
    assert "orga@stadt.example" in html
    assert 'href="/sicherheit/"' in client.get("/impressum/").content.decode()


def test_only_reading_is_allowed(client):
    assert client.post("/.well-known/security.txt").status_code == 405
