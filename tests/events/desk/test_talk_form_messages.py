"""What the talk's form says after it has saved."""

import pytest
from django.contrib.messages import get_messages

from events.models import Series, Talk
from tests.admin_form import NEW_TALK, errors_of, send, url
from tests.events.upload_files import CREDIT, jpeg, upload
from tests.makers import make_interest, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def said(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_publishing_says_so_and_when_the_news_go_out(admin_client):
    make_interest()
    talk = make_talk(status="draft")

    response = send(admin_client, url(talk), {"_publish": "1"})

    assert response.url == url(talk)
    assert "Der Talk ist veröffentlicht:" in said(response)
    assert "Mail über neue Termine geht" in said(response)


def test_publishing_later_says_when(admin_client):
    talk = make_talk(status="draft")
    later = {"status": "published", "publish_at_0": "10.11.2025", "publish_at_1": "8 Uhr"}

    response = send(admin_client, url(talk), later)

    assert "Der Talk erscheint am 10.\u00a0November 2025, 8:00\u00a0Uhr." in said(response)
    assert "veröffentlicht:" not in said(response)


def test_other_changes_say_nothing_of_publishing(admin_client):
    assert "veröffentlicht" not in said(send(admin_client, url(make_talk()), {"title": "Neu"}))


def test_fewer_seats_than_are_taken_are_said_in_words(admin_client):
    talk = make_talk(capacity=3)
    for name in "abc":
        make_registration(talk, email=f"{name}@stadt.example")

    response = send(admin_client, url(talk), {"capacity": "2"})

    assert "Es sind schon 3 Plätze vergeben, mehr als jetzt vorgesehen." in said(response)


@pytest.mark.parametrize("typed", [f"Foto: {CREDIT}", f"foto:{CREDIT}", f"Foto: Foto: {CREDIT}"])
def test_word_before_every_credit_is_taken_off(admin_client, typed):
    sent = NEW_TALK | {"image": upload(jpeg()), "image_credit": typed}
    send(admin_client, url(Talk, "add"), sent)

    assert Talk.objects.get().image_credit == CREDIT


def test_check_in_the_future_is_refused(admin_client):
    series = Series.objects.create()

    wrong = send(admin_client, url(series), {"accessibility_assessed_on": "06.11.2025"})

    assert errors_of(wrong) == {
        "accessibility_assessed_on": [
            "Dieser Tag liegt in der Zukunft. Hier steht, wann schon geprüft wurde."
        ]
    }
    today = {"accessibility_assessed_on": "05.11.2025"}
    assert send(admin_client, url(series), today).status_code == 302


def test_picture_of_a_telephone_says_what_helps(admin_client):
    heic = b"\x00\x00\x00\x18ftypheic" + bytes(200)
    sent = NEW_TALK | {"image": upload(heic, "IMG_1.HEIC", "image/heic"), "image_credit": CREDIT}

    (text,) = errors_of(send(admin_client, url(Talk, "add"), sent))["image"]

    assert "HEIC" in text
    assert "als JPEG" in text
