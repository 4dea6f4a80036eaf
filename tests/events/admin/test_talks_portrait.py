"""Portraits in the talk's form: taken like its picture, refused like it, gone with their row."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.storage import default_storage
from PIL import Image

from events.models import Speaker, Talk
from tests.admin_form import NEW_TALK, errors_of, fill_in, send, url
from tests.events import upload_files
from tests.events.upload_files import CREDIT, jpeg, upload
from tests.html_form import form_data
from tests.makers import make_groups, make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FIELD, CREDIT_FIELD = "speakers-0-portrait", "speakers-0-portrait_credit"
MISSING = "Bitte geben Sie an, von wem das Porträt ist."
NO_PICTURE = (
    "Diese Datei ist kein Bild, das sich lesen lässt. Möglich sind JPEG, PNG, WebP und AVIF."
)


def make_portrait() -> Speaker:
    speaker = make_talk().speakers.get()
    speaker.portrait, speaker.portrait_credit = upload(jpeg((600, 800))), CREDIT
    speaker.save()
    return speaker


def test_portrait_is_stored_anew_without_what_the_camera_wrote(organiser):
    exif = Image.Exif()
    exif[0x010F] = "Kamera der Stadt"
    file = upload(jpeg((600, 800), exif=exif), "../böse.html")
    sent = NEW_TALK | {FIELD: file, CREDIT_FIELD: f" {CREDIT} "}

    assert send(organiser, url(Talk, "add"), sent).status_code == 302

    speaker = Speaker.objects.get(name="Änne Groß")
    assert re.fullmatch(r"bilder/[0-9a-f]{32}/600x800\.jpg", speaker.portrait.name)
    assert speaker.portrait_credit == CREDIT
    with default_storage.open(speaker.portrait.name) as stored, Image.open(stored) as picture:
        assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
    assert Speaker.objects.get(name="Jörg Öz").picture is None


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (lambda: upload(b"Nur Text"), NO_PICTURE),
        pytest.param(
            lambda: upload(upload_files.HTML, "x.jpg"), NO_PICTURE, marks=pytest.mark.slow
        ),
        (lambda: upload(upload_files.SVG, "x.svg", "image/svg+xml"), NO_PICTURE),
        (
            lambda: upload(upload_files.png_of_one_bit(12_000, 12_000)),
            "Das Bild hat zu viele Bildpunkte: Als JPEG darf es 50 Megapixel haben, als PNG, WebP "
            "oder AVIF 20 Megapixel. Bitte verkleinern Sie es vor dem Hochladen.",
        ),
        (
            lambda: upload(jpeg() + bytes(15 * 1024 * 1024)),
            "Das Bild ist größer als 15 MB. Bitte verkleinern Sie es vor dem Hochladen.",
        ),
        pytest.param(
            lambda: upload(b""), "Die übertragene Datei ist leer.", marks=pytest.mark.slow
        ),
    ],
)
def test_what_is_no_portrait_is_refused_beside_its_field(organiser, file, error):
    sent = NEW_TALK | {FIELD: file(), CREDIT_FIELD: CREDIT}

    response = send(organiser, url(Talk, "add"), sent)

    assert errors_of(response) == {FIELD: [error]}
    assert Speaker.objects.count() == 0


def test_portrait_without_its_credit_is_refused_and_kept_for_the_next_showing(organiser):
    refused = send(organiser, url(Talk, "add"), NEW_TALK | {FIELD: upload(jpeg(), "Kopf.jpg")})
    assert errors_of(refused) == {CREDIT_FIELD: [MISSING]}
    assert "Bild „Kopf.jpg“ ist noch da" in refused.content.decode()

    again = form_data(refused.content.decode(), "talk_form") | {CREDIT_FIELD: CREDIT}

    assert organiser.post(url(Talk, "add"), again).status_code == 302
    assert Speaker.objects.get(name="Änne Groß").picture.width == 64


def test_portrait_is_taken_off_and_its_files_go(organiser, django_capture_on_commit_callbacks):
    speaker = make_portrait()
    name = speaker.portrait.name

    with django_capture_on_commit_callbacks(execute=True):
        send(organiser, url(speaker.talk), {f"{FIELD}-clear": "on", CREDIT_FIELD: ""})

    speaker.refresh_from_db()
    assert (speaker.portrait.name, speaker.portrait_credit) == ("", "")
    assert not default_storage.exists(name)


def test_portrait_goes_with_its_speaker(organiser, django_capture_on_commit_callbacks):
    speaker = make_portrait()

    with django_capture_on_commit_callbacks(execute=True):
        send(organiser, url(speaker.talk), {"speakers-0-DELETE": "on"})

    assert Speaker.objects.count() == 0
    assert not default_storage.exists(speaker.portrait.name)


def test_form_shows_the_portrait_as_pages_cut_it(organiser):
    speaker = make_portrait()
    html = organiser.get(url(speaker.talk)).content.decode()

    assert f'<figure class="round"><img src="{speaker.picture.smallest}"' in html
    assert "Porträt entfernen" in html


def test_form_left_open_overwrites_no_portrait(organiser):
    talk = make_talk()
    open_form = fill_in(organiser, url(talk), {"subtitle": "Später gesichert"})
    speaker = talk.speakers.get()
    speaker.portrait, speaker.portrait_credit = upload(jpeg((600, 800))), CREDIT
    speaker.save()

    refused = organiser.post(url(talk), open_form)
    assert errors_of(refused) == {CREDIT_FIELD: [MISSING]}
    done = organiser.post(url(talk), open_form | {CREDIT_FIELD: CREDIT})

    assert done.status_code == 302
    stored = Speaker.objects.get()
    assert (stored.portrait.name, stored.portrait_credit) == (speaker.portrait.name, CREDIT)
    assert Talk.objects.get().subtitle == "Später gesichert"


def test_who_may_only_look_sees_it_and_changes_nothing(client):
    speaker = make_portrait()
    make_groups()
    reader = User.objects.create_user("leserin", is_staff=True)
    reader.groups.set(Group.objects.filter(name="Lesend"))
    client.force_login(reader)

    html = unescape(client.get(url(speaker.talk)).content.decode())
    sent = {FIELD: upload(jpeg((30, 20))), CREDIT_FIELD: "geändert"}
    answer = client.post(url(speaker.talk), sent)

    assert CREDIT in html
    assert f'name="{FIELD}"' not in html
    assert answer.status_code == 403
    stored = Speaker.objects.get()
    assert (stored.portrait.name, stored.portrait_credit) == (speaker.portrait.name, CREDIT)
