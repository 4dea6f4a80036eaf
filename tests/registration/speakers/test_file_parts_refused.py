"""What a speaker's page refuses as a file, and that nothing typed is lost by it."""

import io
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Talk
from events.uploads import images
from events.uploads.kept import GONE, NOT_STORED
from registration.fields import SEND_AGAIN_TEXT
from registration.models import ProposedChange, SpeakerLink
from tests.admin_form import errors_of as errors_in_admin
from tests.admin_form import send as send_in_admin
from tests.admin_form import url
from tests.events.upload_files import CREDIT, HTML, PDF, SVG, jpeg, png_of_one_bit, upload
from tests.events.uploads.bombs import of_many_scans
from tests.events.uploads.test_decoding_refused import (
    HEIC,
    INCOMPLETE,
    NOT_A_PICTURE,
    TOO_BIG,
    TOO_MANY_PIXELS,
    TOO_MUCH_WORK,
)
from tests.events.uploads.test_pdfs import LIMIT, NOT_A_PDF, OF_AN_OFFICE
from tests.events.uploads.test_pdfs import TOO_BIG as PDF_TOO_BIG
from tests.html_form import form_data
from tests.makers import make_speaker_link, make_talk
from tests.registration.speakers.file_forms import (
    ALT,
    address_of,
    again,
    errors_of,
    page_of,
    proposals,
    send,
    send_picture,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "own_folders")]

EMPTY = "Die übertragene Datei ist leer."


@pytest.fixture
def link():
    return make_speaker_link()


REFUSED = {
    "empty": (b"", EMPTY),
    "html": (HTML, NOT_A_PICTURE),
    "svg": (SVG, NOT_A_PICTURE),
    "pdf": (PDF, NOT_A_PICTURE),
    "heic": (b"\0\0\0\x20ftypheic", HEIC),
    "half": (jpeg((700, 400))[:-2000], INCOMPLETE),
    "bomb": (png_of_one_bit(10_000, 10_000), TOO_MANY_PIXELS),
    "scans": (of_many_scans(30), TOO_MUCH_WORK),
    "16 MB": (jpeg() + bytes(15 * 1024 * 1024), TOO_BIG),
    "40 MB": (bytes(40_000_000), TOO_BIG),
}
PLACES = [("picture", "image"), ("portrait", "portrait")]


def refused_at_each_place():
    """Give every file for every place; of portraits, which are read alike, the gate tries two."""
    for place in PLACES:
        for name, case in REFUSED.items():
            is_tried = place == PLACES[0] or name in ("html", "bomb")
            marks = [] if is_tried else pytest.mark.slow
            yield pytest.param(*place, *case, id=f"{place[0]}-{name}", marks=marks)


@pytest.mark.once
@pytest.mark.parametrize(("part", "field", "content", "message"), [*refused_at_each_place()])
def test_what_the_organisers_form_refuses_is_refused(client, link, part, field, content, message):
    credit = 'Änne & "Groß"'

    refused = send(client, link, part, **{field: upload(content), f"{field}_credit": credit})

    assert (refused.status_code, errors_of(refused, part)) == (422, {field: [message]})
    assert credit in unescape(refused.content.decode())
    assert proposals(link) == {}


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (b"", [EMPTY]),
        (HTML, NOT_A_PDF),
        (jpeg(), NOT_A_PDF),
        (b"PK\x03\x04 ppt/slides/slide1.xml", OF_AN_OFFICE),
        (PDF + bytes(LIMIT), PDF_TOO_BIG),
        (PDF + bytes(40_000_000), PDF_TOO_BIG),
    ],
    ids=["empty", "html", "jpeg", "pptx", "30 MB", "40 MB"],
)
def test_what_is_no_pdf_is_refused(client, link, content, messages):
    refused = send(client, link, "slides", slides=upload(content, "Folien.pdf"))

    assert (refused.status_code, errors_of(refused, "slides")) == (422, {"slides": messages})
    assert ProposedChange.objects.count() == 0


def test_largest_slides_are_taken(client, link):
    done = send(client, link, "slides", slides=upload(PDF + bytes(LIMIT - len(PDF)), "a.pdf"))

    assert done.status_code == 302
    assert ProposedChange.objects.get().pdf.size == LIMIT


def test_wrong_file_leaves_the_one_before_it_kept(client, link):
    shown = send_picture(client, link, image_credit="").content.decode()

    wrong = again(client, link, "picture", shown, image=upload(HTML), image_credit=CREDIT)

    assert errors_of(wrong, "picture") == {"image": [NOT_A_PICTURE]}
    assert again(client, link, "picture", wrong.content.decode()).status_code == 302
    assert proposals(link) == {"image": "Datei", "image_credit": CREDIT}


@pytest.mark.parametrize(
    "words", ["x" * 251, "<script>alert(1)</script>", "a\x07b", "A\u202eB", "Wort " * 10_000]
)
def test_odd_texts_never_cost_the_picture(client, link, words):
    answer = send_picture(client, link, image_alt=words)

    html = answer.content.decode() if answer.status_code == 422 else page_of(client, link)
    assert answer.status_code in (302, 422)
    assert "<script>alert" not in html
    if answer.status_code == 422:
        assert again(client, link, "picture", html, image_alt=ALT).status_code == 302
    assert proposals(link)["image"] == "Datei"


# The storage


def test_storage_that_takes_nothing_is_said_at_the_field_and_all_stays(
    client, link, settings, own_folders
):
    works = settings.MEDIA_ROOT
    (own_folders / "full").write_text("kein Ordner")
    settings.MEDIA_ROOT = own_folders / "full"

    refused = send_picture(client, link, image_alt=ALT)

    assert refused.status_code == 422
    assert errors_of(refused, "picture") == {"image": NOT_STORED().messages}
    assert proposals(link) == {}
    settings.MEDIA_ROOT = works
    assert again(client, link, "picture", refused.content.decode()).status_code == 302
    assert proposals(link) == {"image": "Datei", "image_alt": ALT, "image_credit": CREDIT}


def test_private_storage_that_takes_nothing_is_said_too(client, link, settings, own_folders):
    (own_folders / "uploads").write_text("kein Ordner")

    refused = send(client, link, "slides", slides=upload(PDF, "a.pdf"))

    assert errors_of(refused, "slides") == {"slides": NOT_STORED().messages}


# Whose upload it is


def kept_token(response) -> str:
    return form_data(response.content.decode(), "form-picture")["picture-image-kept"][0]


def test_kept_upload_is_for_its_own_link_and_for_a_day(client, link, clock):
    other = make_speaker_link(make_talk(title="Anderer"), email="andere@stadt.example")
    token = kept_token(send_picture(client, link, image_credit=""))

    stolen = send(client, other, "picture", image_credit=CREDIT, **{"image-kept": token})
    assert errors_of(stolen, "picture") == {"image": GONE().messages}
    clock.shift(timedelta(hours=24, minutes=1))
    late = send(client, link, "picture", image_credit=CREDIT, **{"image-kept": token})
    assert errors_of(late, "picture") == {"image": GONE().messages}


def test_link_and_account_cannot_use_each_others_uploads(client, link, admin_client):
    of_link = kept_token(send_picture(client, link, image_credit=""))
    of_account = images.keep(upload(jpeg()), User.objects.get().pk).token

    in_admin = send_in_admin(
        admin_client, url(link.talk), {"image-kept": of_link, "image_credit": CREDIT}
    )
    on_page = send(client, link, "picture", image_credit=CREDIT, **{"image-kept": of_account})

    assert errors_in_admin(in_admin) == {"image": GONE().messages}
    assert errors_of(on_page, "picture") == {"image": GONE().messages}
    assert Talk.objects.get().image.name == ""


@pytest.mark.parametrize("token", ["x", "\0", "ä" * 5000, "a:b:c"])
def test_forged_name_of_a_kept_upload_gets_a_message(client, link, token):
    refused = send(client, link, "picture", image_credit=CREDIT, **{"image-kept": token})

    assert errors_of(refused, "picture") == {"image": GONE().messages}


# Requests


def test_form_without_its_cookie_keeps_the_upload(link):
    visitor = Client(enforce_csrf_checks=True)

    shown = page_of(visitor, link)
    visitor.cookies.clear()

    refused = again(visitor, link, "picture", shown, image=upload(jpeg()), image_credit=CREDIT)
    html = refused.content.decode()

    assert (refused.status_code, SEND_AGAIN_TEXT in html) == (422, True)
    assert "ist noch da" in html
    assert proposals(link) == {}
    assert again(visitor, link, "picture", html).status_code == 302
    assert proposals(link) == {"image": "Datei", "image_credit": CREDIT}


class Counting(io.BytesIO):
    """A body that counts what is read of it."""

    taken = 0

    def read(self, *args):
        found = super().read(*args)
        self.taken += len(found)
        return found


@pytest.mark.parametrize("who", ["stranger", "withdrawn", "another purpose"])
def test_nothing_is_read_of_a_large_file_without_a_good_link(client, link, who):
    path = address_of(link, "slides")
    if who == "stranger":
        path = path.replace(link.token, "erfunden")
    elif who == "another purpose":
        path = path.replace(link.token, link.token[:-1] + "x")
    else:
        SpeakerLink.objects.get().withdraw()
    body = Counting(b"a" * 2_000_000)
    sent = {"wsgi.input": body, "CONTENT_LENGTH": "2000000"}

    refused = client.generic("POST", path, b"x", "multipart/form-data; boundary=x", **sent)

    assert (refused.status_code, body.taken) == (404, 0)


def test_parts_without_a_file_take_no_large_body(client, link):
    def answer(part, size):
        return client.post(address_of(link, part), {"x": upload(bytes(size))}).status_code

    parts = ("talk", "person", "practice")
    assert [answer(part, 1_000_001) for part in parts] == [413, 413, 413]
    assert [answer("slides", size) for size in (1_000_001, 64_000_001)] == [422, 413]


def test_speaker_removed_while_the_page_is_open_gets_an_answer(client, link):
    html = page_of(client, link)
    link.speaker.delete()

    gone = again(client, link, "picture", html, image=upload(jpeg()), image_credit=CREDIT)

    assert gone.status_code == 404
