"""A file that was accepted survives every second showing of its form."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from events.models import Material, Talk
from tests.admin_form import NEW_TALK, errors_of, fill_in, send, url
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.html_form import form_data
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

GONE = (
    "Die Datei von vorhin ist nicht mehr da. Bitte wählen Sie sie noch einmal aus. "
    "Aufgehoben wird sie 24 Stunden lang, und nur für das Konto oder den Link, mit dem sie "
    "hochgeladen wurde."
)
PICTURE = NEW_TALK | {"image_credit": CREDIT}
SLIDES = {
    "materials-TOTAL_FORMS": "1",
    "materials-0-position": "0",
    "materials-0-title": 'Folien & "Zahlen"',
    "materials-0-audience": "public",
}


def with_files() -> dict:
    """Return a new talk with a picture and slides, as a browser sends them."""
    return (
        PICTURE
        | SLIDES
        | {
            "image": upload(jpeg(), 'Größenau & "Rat".jpg'),
            "materials-0-file": upload(PDF, "Bürger & Räte.pdf", "application/pdf"),
        }
    )


def typed(response) -> dict:
    return form_data(response.content.decode(), "talk_form")


def again(client, response, address, changes=()):
    return client.post(address, typed(response) | dict(changes))


def said(response) -> list[str]:
    """Return what the form says of the files that it still has."""
    found = re.findall(r"(?:Bild|Datei) „.*?“ ist noch da", response.content.decode())
    return [unescape(words) for words in found]


BOTH = [
    'Bild „Größenau & "Rat".jpg“ ist noch da',
    "Datei „Bürger & Räte.pdf“ ist noch da",
]


def assert_both_are_stored(title=TITLE):
    talk, material = Talk.objects.get(title=title), Material.objects.get()
    assert (talk.image_credit, talk.picture.width) == (CREDIT, 64)
    assert material.file.read() == PDF
    material.file.close()


# Every second showing


def test_files_survive_an_error_elsewhere_and_the_next_one(organiser):
    wrong = send(organiser, url(Talk, "add"), with_files() | {"ends_at": "x"})
    assert list(errors_of(wrong)) == ["ends_at"]
    assert said(wrong) == BOTH
    still_wrong = again(organiser, wrong, url(Talk, "add"), {"title": ""})
    assert list(errors_of(still_wrong)) == ["ends_at", "title"]
    assert said(still_wrong) == BOTH

    right = again(organiser, still_wrong, url(Talk, "add"), {"title": "Neu", "ends_at": "60"})

    assert right.status_code == 302
    assert_both_are_stored("Neu")


def test_files_survive_the_first_refusal_of_publishing(organiser):
    draft = with_files() | {"status": "draft", "image_credit": "", "_publish": "1"}
    refused = send(organiser, url(Talk, "add"), draft)
    assert said(refused) == BOTH

    done = again(organiser, refused, url(Talk, "add"), {"image_credit": CREDIT, "_publish": "1"})

    assert done.status_code == 302
    assert Talk.objects.get().is_published
    assert_both_are_stored()


def test_files_survive_a_question(organiser):
    talk = make_registration().talk
    slip = {"starts_at_0": "26.11.2024"}
    files = {name: value for name, value in with_files().items() if "image" in name}
    asked = send(organiser, url(talk), slip | files)
    assert list(errors_of(asked)) == ["means_past"]
    assert said(asked) == BOTH[:1]

    assert again(organiser, asked, url(talk), {"means_past": "on"}).status_code == 302
    assert Talk.objects.get().picture.width == 64


def test_files_survive_a_conflict(organiser, clock):
    talk = make_talk()
    data = fill_in(organiser, url(talk), {"image": upload(jpeg()), "image_credit": CREDIT})
    clock.shift(timedelta(minutes=5))
    send(organiser, url(talk), {"subtitle": "Von anderswo"})

    refused = organiser.post(url(talk), data)

    assert "Jemand anderes hat" in refused.content.decode()
    assert said(refused) == ["Bild „Foto vom Größenauer Rathaus.jpg“ ist noch da"]


def test_files_survive_an_error_of_an_inline(organiser):
    refused = send(organiser, url(Talk, "add"), with_files() | {"materials-0-title": ""})
    assert list(errors_of(refused)) == ["materials-0-title"]

    done = again(organiser, refused, url(Talk, "add"), {"materials-0-title": "Folien"})

    assert done.status_code == 302
    assert_both_are_stored()


# What the organiser can do with it


def refused_form(organiser):
    return send(organiser, url(Talk, "add"), with_files() | {"title": ""})


def test_kept_picture_is_shown(organiser):
    html = refused_form(organiser).content.decode()

    assert html.count('<img src="data:image/jpeg;base64,/9j/') == 1


def test_another_file_takes_the_place_of_the_kept_one(organiser):
    shown = refused_form(organiser)

    again(organiser, shown, url(Talk, "add"), {"title": "Neu", "image": upload(jpeg((30, 20)))})

    assert Talk.objects.get().picture.width == 30


def test_wrong_file_leaves_the_one_before_it_kept(organiser):
    shown = refused_form(organiser)

    wrong = again(
        organiser, shown, url(Talk, "add"), {"title": "Neu", "image": upload(b"Text", "x.jpg")}
    )

    assert list(errors_of(wrong)) == ["image"]
    assert said(wrong) == BOTH
    assert again(organiser, wrong, url(Talk, "add")).status_code == 302
    assert_both_are_stored("Neu")


def test_kept_files_can_be_dropped(organiser):
    shown = refused_form(organiser)

    done = again(
        organiser,
        shown,
        url(Talk, "add"),
        {
            "title": "Neu",
            "image-drop": "on",
            "materials-0-file-drop": "on",
            "materials-0-url": "https://vhw.de/",
        },
    )

    assert done.status_code == 302
    assert (Talk.objects.get().image.name, Material.objects.get().file.name) == ("", "")


def test_dropping_a_kept_picture_leaves_the_stored_one(organiser):
    talk = make_talk(image=upload(jpeg((30, 20))), image_credit=CREDIT)
    shown = send(organiser, url(talk), {"title": "", "image": upload(jpeg())})

    again(organiser, shown, url(talk), {"title": "Neu", "image-drop": "on"})

    assert Talk.objects.get().picture.width == 30


def test_refused_file_is_not_kept(organiser):
    response = send(organiser, url(Talk, "add"), PICTURE | {"image": upload(b"Text", "x.jpg")})

    assert list(errors_of(response)) == ["image"]
    assert (said(response), "image-kept" in typed(response)) == ([], False)


# Nobody else, and not for good


def forged(token: str) -> str:
    return ("B" if token[0] == "A" else "A") + token[1:]


@pytest.mark.parametrize(
    "change",
    [
        forged,
        lambda token: "\0",
        pytest.param(lambda token: "x", marks=pytest.mark.slow),
        pytest.param(lambda token: "ä" * 5000, marks=pytest.mark.slow),
    ],
)
def test_forged_name_gets_a_message_and_loses_nothing_else(organiser, change):
    shown = refused_form(organiser)
    token = change(typed(shown)["image-kept"][0])

    refused = again(organiser, shown, url(Talk, "add"), {"title": "Neu", "image-kept": token})

    assert errors_of(refused) == {"image": [GONE]}
    assert said(refused) == BOTH[1:]
    assert again(organiser, refused, url(Talk, "add"), {"image_credit": ""}).status_code == 302
    assert Material.objects.get().file.size == len(PDF)


def test_expired_name_gets_a_message(organiser, clock):
    shown = refused_form(organiser)
    data = typed(shown) | {"title": "Neu"}
    clock.shift(timedelta(hours=24, minutes=1))
    organiser.force_login(User.objects.get())

    assert errors_of(organiser.post(url(Talk, "add"), data)) == {
        "image": [GONE],
        "materials-0-file": [GONE],
    }


def test_another_account_cannot_use_it(organiser, client):
    data = typed(refused_form(organiser)) | {"title": "Neu"}
    client.force_login(User.objects.create_superuser("andere"))

    assert errors_of(client.post(url(Talk, "add"), data)) == {
        "image": [GONE],
        "materials-0-file": [GONE],
    }


def test_kept_pdf_is_no_picture(organiser):
    shown = refused_form(organiser)
    slides = typed(shown)["materials-0-file-kept"]

    refused = again(organiser, shown, url(Talk, "add"), {"title": "Neu", "image-kept": slides})

    assert errors_of(refused) == {"image": [GONE]}


def test_who_may_not_change_talks_keeps_nothing(client, settings):
    client.force_login(User.objects.create_user("gast", is_staff=True))
    before = kept_folders(settings)

    response = client.post(url(Talk, "add"), {"image": upload(jpeg())})

    assert (response.status_code, kept_folders(settings)) == (403, before)


def kept_folders(settings) -> set[Path]:
    return set((settings.DATA_DIR / "uploads").glob("*"))


def test_kept_files_lie_in_private_storage_and_go_with_the_commit(
    organiser, settings, django_capture_on_commit_callbacks
):
    before = kept_folders(settings)
    stored = set(settings.MEDIA_ROOT.rglob("*.*"))
    shown = refused_form(organiser)
    folders = kept_folders(settings) - before
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert (len(folders), set(settings.MEDIA_ROOT.rglob("*.*"))) == (2, stored)

    with django_capture_on_commit_callbacks(execute=True):
        again(organiser, shown, url(Talk, "add"), {"title": "Neu"})

    assert kept_folders(settings) == before
