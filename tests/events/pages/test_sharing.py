"""What a reader passes on to colleagues: the text, and the mail."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs

import pytest

from events.models import Material
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
        "Mehr Informationen und Anmeldung: https://talks.example/talks/waerme-licht-fuer-gudensberg/"
    )


@pytest.mark.parametrize(
    ("recap", "has_slides", "leads"),
    [
        ("So war es.", True, "Rückblick und Unterlagen"),
        ("So war es.", False, "Rückblick"),
        ("", True, "Unterlagen"),
        ("", False, "Mehr Informationen"),
    ],
)
def test_text_promises_of_a_past_talk_what_there_is(recap, has_slides, leads):
    talk = make_talk(starts_in=-timedelta(days=1), recap=recap)
    for audience in ["public", "participants"] if has_slides else ["participants"]:
        Material.objects.create(talk=talk, title="F", url="https://x.de/", audience=audience)

    text = sharing.forward_text(talk, "https://talks.example")

    assert text.endswith(f"\n\n{leads}: https://talks.example{talk.get_absolute_url()}")
    assert "\n\ndieser Web-Talk könnte Sie interessieren:\n\n" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"capacity": 1, "seats_taken": 1, "waiting_list": False},
        {"starts_in": -timedelta(minutes=5)},
    ],
)
def test_text_promises_no_sign_up_where_there_is_none(fields):
    text = sharing.forward_text(make_talk(**fields), "https://talks.example")

    assert "Anmeldung" not in text
    assert "\n\nMehr Informationen: https" in text


def test_mail_to_colleagues_is_ready_but_for_the_address(client):
    talk = make_talk(title='A&B "ä" ?#%\r\nBcc: x@y.de')
    html = client.get(talk.get_absolute_url()).content.decode()

    (link,) = re.findall(r'href="(mailto:\?[^"]*)"', html)

    parts = parse_qs(unescape(link).partition("?")[2], strict_parsing=True)
    assert [*parts] == ["subject", "body"]
    assert parts["body"][0].startswith("Guten Tag,\r\n\r\n")
    assert 'A&B "ä" ?#%' in parts["subject"][0]


def notice(**fields) -> sharing.Poster:
    return sharing.poster(make_talk(**fields), "https://talks.example")


def test_notice_has_the_largest_type_that_title_and_names_leave_room_for():
    sizes = [
        notice(title="Ä" * length, announcement="Wort " * 100).size for length in (5, 50, 100, 200)
    ]

    assert sizes == ["largest", "large", "medium", "small"]


def test_notice_shows_the_announcement_whole_or_its_beginning_or_nothing_of_it():
    short, long = "Wärme & Licht, um 9\xa0Uhr.", "Wärme\xa0& Licht. " * 40
    texts = [
        notice(title="Ä" * length, announcement=text).text
        for length, text in ((5, short), (5, long), (200, long))
    ]

    assert texts[0] == short
    assert long.startswith(texts[1].removesuffix(" …"))
    assert 80 < len(texts[1]) < len(long)
    assert texts[1].endswith(("Wärme\xa0& …", "Licht. …"))
    assert texts[2] == ""


def test_code_is_a_picture_that_needs_no_other_host():
    code = sharing.qr_code("https://talks.example/t/12")

    assert code.startswith("data:image/svg+xml")
    assert len(code) < 6_000
