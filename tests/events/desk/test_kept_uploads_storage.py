"""Files in the admin's forms where the storage takes none, and that no field is forgotten."""

import pytest
from django.contrib import admin
from django.db.models import FileField

from events.models import Material, Talk
from tests.admin_form import errors_of, send, url
from tests.events.desk.test_kept_uploads import (
    BOTH,
    again,
    assert_both_are_stored,
    said,
    typed,
    with_files,
)
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NOT_STORED = (
    "Die Datei ließ sich nicht speichern: Der Speicher der Website ist voll oder gesperrt. Bitte "
    "sagen Sie es denen, die sie betreiben. Alles andere steht noch hier; ohne die Datei können "
    "Sie es sichern."
)


# The storage takes nothing


@pytest.fixture
def full_storage(settings, tmp_path):
    """Let the folder of the uploads be a file: nobody can write into it, not even root."""
    (tmp_path / "media").write_text("kein Ordner")
    settings.MEDIA_ROOT = tmp_path / "media"


def test_storage_that_takes_nothing_is_said_at_the_field_and_the_text_stays(
    organiser, full_storage
):
    refused = send(organiser, url(Talk, "add"), with_files())

    assert errors_of(refused) == {"image": [NOT_STORED]}
    assert typed(refused)["title"] == [TITLE]
    assert said(refused) == BOTH
    assert (Talk.objects.count(), Material.objects.count()) == (0, 0)


def test_kept_files_are_used_once_the_storage_takes_them_again(organiser, settings, tmp_path):
    works = settings.MEDIA_ROOT
    (tmp_path / "media").write_text("kein Ordner")
    settings.MEDIA_ROOT = tmp_path / "media"
    refused = send(organiser, url(Talk, "add"), with_files())
    settings.MEDIA_ROOT = works

    assert again(organiser, refused, url(Talk, "add")).status_code == 302
    assert_both_are_stored()


def test_private_storage_that_takes_nothing_is_said_too(organiser, settings, tmp_path):
    (tmp_path / "uploads").write_text("kein Ordner")
    settings.DATA_DIR = tmp_path

    refused = send(organiser, url(Talk, "add"), with_files())

    assert errors_of(refused) == {"image": [NOT_STORED], "materials-0-file": [NOT_STORED]}
    assert (typed(refused)["title"], said(refused)) == ([TITLE], [])


def test_picture_that_cannot_be_removed_does_not_undo_the_change(
    organiser, full_storage, django_capture_on_commit_callbacks, caplog
):
    talk = make_talk()
    Talk.objects.update(image=f"bilder/{'a' * 32}/30x20.jpg", image_credit=CREDIT)

    with django_capture_on_commit_callbacks(execute=True):
        done = send(organiser, url(talk), {"image-clear": "on", "image_credit": ""})

    assert (done.status_code, Talk.objects.get().image.name) == (302, "")


# Nothing is forgotten


def test_every_field_of_the_admin_that_takes_a_file_keeps_it():
    fields = {
        (page.model, field.name): [
            name for name in page.uploads if name.fullmatch(_name(page, model, field))
        ]
        for page in admin.site._registry.values()
        for model in [page.model, *(inline.model for inline in page.inlines)]
        for field in model._meta.fields
        if isinstance(field, FileField)
    }

    assert {key: len(found) for key, found in fields.items()} == {
        (Talk, "image"): 1,
        (Talk, "file"): 1,
        (Talk, "portrait"): 1,
    }


def _name(page, model, field) -> str:
    """Return what the field is called in the form of the page."""
    rows = {"file": "materials-0-", "portrait": "speakers-0-"}
    return field.name if page.model is model else rows[field.name] + field.name


def test_names_of_any_length_are_taken(organiser):
    name = "Präsentation Bürgerräte " + "Verstetigung und Praxis, " * 20
    files = {
        "image": upload(jpeg(), f"{name}.jpg"),
        "materials-0-file": upload(PDF, f"{name}.pdf"),
    }

    assert send(organiser, url(Talk, "add"), with_files() | files).status_code == 302
    assert_both_are_stored()
