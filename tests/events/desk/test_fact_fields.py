"""The facts in the forms of the talk and the series."""

import re

import pytest

from events.models import Series, Talk
from tests.admin_form import errors_in, send, send_unseen, url
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def options(html, name):
    found = re.search(rf'<select name="{name}".*?</select>', html, re.DOTALL)[0]
    return re.findall(r'<option value="(\w*)"[^>]*>([^<]*)<', found)


def test_each_field_of_a_talk_says_what_its_series_says(admin_client):
    Series(has_captions=False, programme='Zoom & "Co"').save()

    html = admin_client.get(url(Talk, "add")).content.decode()

    assert options(html, "has_captions") == [
        ("", "wie Reihe (nein)"),
        ("True", "ja"),
        ("False", "nein"),
    ]
    assert options(html, "is_recorded")[0] == ("", "wie Reihe (keine Angabe)")
    # The admin shows help as HTML, so it has to be escaped.
    assert "Leer lassen: wie Reihe („Zoom &amp; &quot;Co&quot;“)." in html
    assert "Leer lassen: wie Reihe (keine Angabe)." in html


def test_series_starts_without_any_answer(admin_client):
    html = admin_client.get(url(Series, "add")).content.decode()

    assert options(html, "has_captions")[0] == ("", "keine Angabe")


def test_answers_are_saved_and_taken_back(admin_client):
    talk = make_talk()
    typed = {"has_captions": "True", "is_recorded": "False", "programme": " Zoom\u200b "}
    assert send(admin_client, url(talk), typed).status_code == 302
    talk.refresh_from_db()
    assert (talk.has_captions, talk.is_recorded, talk.programme) == (True, False, "Zoom")

    send(admin_client, url(talk), {"has_captions": "", "programme": ""})
    talk.refresh_from_db()
    assert (talk.has_captions, talk.is_recorded, talk.programme) == (None, False, "")


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"test_url": "http://zoom.example/"}, "test_url", "die mit https:// beginnt"),
        ({"has_captions": "vielleicht"}, "has_captions", "keine gültige Auswahl"),
        ({"recording_use": "Das Video."}, "recording_use", "nur, wenn aufgezeichnet wird"),
        ({"programme": "x" * 81}, "programme", "höchstens 80"),
        ({"dial_in": "030", "has_telephone": "False"}, "has_telephone", "steht eine Nummer"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(admin_client, typed, field, words):
    response = send_unseen(admin_client, url(make_talk()), typed)

    (found,) = errors_in(response).items()
    assert (found[0], words in found[1][0]) == (field, True)


def test_use_of_a_recording_may_follow_the_series(admin_client):
    Series(is_recorded=True).save()
    talk = make_talk()

    send(admin_client, url(talk), {"recording_use": "Das Video steht danach hier."})

    talk.refresh_from_db()
    assert (talk.is_recorded, talk.recording_use) == (None, "Das Video steht danach hier.")
