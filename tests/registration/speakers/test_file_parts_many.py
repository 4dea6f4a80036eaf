"""How many files a speaker's link takes, and what lies on the disk of those it does not need."""

from datetime import timedelta
from html import unescape

import pytest

from registration.models import limits
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import make_speaker_link, make_talk
from tests.registration.speakers.file_forms import (
    ALT,
    address_of,
    again,
    proposals,
    send,
    send_picture,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "own_folders")]


@pytest.fixture
def link():
    return make_speaker_link()


def kept_folders(own_folders) -> int:
    return len(list((own_folders / "uploads").glob("*")))


def test_too_many_files_in_a_day_lose_no_text_and_leave_texts_to_be_saved(
    client, link, settings, clock, own_folders
):
    settings.THROTTLE = {"uploads": 2}
    send_picture(client, link)
    send_picture(client, link, image_credit="")
    before = kept_folders(own_folders)

    refused = send_picture(client, link, image_alt=ALT)

    html = unescape(refused.content.decode())
    assert (refused.status_code, refused["Retry-After"]) == (429, f"{16 * 60 * 60}")
    assert "heute schon sehr viele Dateien" in html
    assert ALT in html
    assert kept_folders(own_folders) == before
    assert again(client, link, "picture", refused.content.decode()).status_code == 302
    assert proposals(link)["image_alt"] == ALT
    other = make_speaker_link(make_talk(slug="anderer"), email="bo@stadt.example")
    assert send_picture(client, other).status_code == 302
    clock.shift(timedelta(days=1))
    assert send(client, link, "slides", slides=upload(PDF, "a.pdf")).status_code == 302


def test_forty_files_a_day_are_taken_and_a_renewed_link_begins_anew(link):
    waits = [limits.wait_to_upload(link.key) > 0 for _ in range(41)]

    assert (waits.count(True), waits[-1], limits.wait_to_upload("anderer")) == (1, True, 0)


@pytest.mark.parametrize("rule", ["proposals", "uploads"])
def test_kept_file_stays_when_there_is_to_be_waited(client, link, settings, clock, rule):
    shown = send_picture(client, link, image_credit="").content.decode()
    settings.THROTTLE = {rule: 0}

    waiting = again(client, link, "picture", shown, image=upload(jpeg()), image_credit=CREDIT)

    settings.THROTTLE = {}
    assert waiting.status_code == 429
    assert again(client, link, "picture", waiting.content.decode()).status_code == 302
    assert proposals(link) == {"image": "Datei", "image_credit": CREDIT}


def test_file_that_another_one_replaces_is_kept_no_longer(client, link, own_folders):
    shown = send_picture(client, link, image_credit="").content.decode()

    for _ in range(2):
        answer = again(client, link, "picture", shown, image=upload(jpeg()), image_credit="")
        shown = answer.content.decode()

    assert kept_folders(own_folders) == 1
    again(client, link, "picture", shown, **{"image-drop": "on"})
    assert kept_folders(own_folders) == 0


def test_only_the_file_of_the_part_is_kept(client, link, own_folders):
    files = {"slides-slides": upload(PDF, "a.pdf"), "portrait-portrait": upload(jpeg())}

    client.post(address_of(link, "picture"), files)

    assert kept_folders(own_folders) == 0
