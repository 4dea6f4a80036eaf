"""What a reader passes on to colleagues: the text, and the mail."""

import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from events.pages import sharing
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_text_to_forward():
    talk = make_talk(subtitle="Das Beispiel")

    assert sharing.forward_text(talk, "https://talks.example") == (
        "Guten Tag,\n\n"
        "dieser kostenfreie Web-Talk könnte Sie interessieren:\n\n"
        f"{TITLE}\n"
        "Das Beispiel\n"
        "Mittwoch, 26.\xa0November 2025, 9–10\xa0Uhr, online\n"
        "Sina Massow, Bürgermeisterin der Stadt Gudensberg\n\n"
        "Mehr und Anmeldung: https://talks.example/talks/waerme-licht-fuer-gudensberg/"
    )


def test_mail_to_colleagues_is_ready_but_for_the_address(client):
    talk = make_talk(title='A&B "ä" ?#%\r\nBcc: x@y.de')
    html = client.get(talk.get_absolute_url()).content.decode()

    (link,) = re.findall(r'href="(mailto:\?[^"]*)"', html)

    parts = parse_qs(unescape(link).partition("?")[2], strict_parsing=True)
    assert [*parts] == ["subject", "body"]
    assert parts["body"][0].startswith("Guten Tag,\r\n\r\n")
    assert 'A&B "ä" ?#%' in parts["subject"][0]
