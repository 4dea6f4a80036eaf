"""Slides and links: a PDF or an address, nothing else."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from events.models import Material, Talk
from tests.events.upload_files import PDF, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db]

NOT_BOTH = ["Bitte geben Sie eine Datei oder eine Adresse an, nicht beides."]
NOT_A_PDF = ["Diese Datei ist kein PDF."]
NOT_AN_ADDRESS = ["Bitte eine gültige Adresse eingeben."]
ONE_OF_BOTH = ["Bitte geben Sie eine Datei oder eine Adresse an."]


def make_material(talk=None, *, content=PDF, **fields) -> Material:
    values = {"title": 'Folien & "Töne"', "file": upload(content, "Süß & 'teuer'.pdf")}
    return Material.objects.create(talk=talk or make_talk(), **values | fields)


def is_stored(name: str) -> bool:
    return default_storage.exists(name)


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"url": "https://vhw.de/folien?a=1&b=ä"}, {}),
        ({"url": "http://vhw.de/"}, {}),
        ({"url": "javascript:alert(1)"}, {"url": NOT_AN_ADDRESS}),
        ({"url": "ftp://vhw.de/"}, {"url": NOT_AN_ADDRESS}),
        ({"url": "data:text/html,x"}, {"url": NOT_AN_ADDRESS}),
        ({"url": "//vhw.de/"}, {"url": NOT_AN_ADDRESS}),
        ({}, {"__all__": ONE_OF_BOTH}),
        ({"file": PDF, "url": "https://vhw.de/"}, {"url": NOT_BOTH}),
        ({"file": PDF}, {}),
        ({"file": b"<script>alert(1)</script>"}, {"file": NOT_A_PDF}),
    ],
    ids=[
        *["https", "http", "javascript", "ftp", "data", "no scheme", "neither", "both", "pdf"],
        "html",
    ],
)
def test_material_says_what_is_wrong(fields, messages):
    if "file" in fields:
        fields = fields | {"file": upload(fields["file"], "folien.pdf")}
    material = Material(talk=make_talk(), title="Folien", **fields)

    assert messages_of(material) == messages


def messages_of(row) -> dict:
    try:
        row.full_clean()
    except ValidationError as error:
        # The model's and the field's own validator may say the same.
        return {field: [*{*found}] for field, found in error.message_dict.items()}
    return {}


def test_material_leads_to_its_page_or_its_address():
    file = make_material()
    link = make_material(file="", url="https://vhw.de/?a=1&b=2")

    assert file.get_absolute_url() == f"/material/{file.pk}/"
    assert link.get_absolute_url() == "https://vhw.de/?a=1&b=2"
    assert (file.kind_text, link.kind_text) == ("PDF, 48\xa0Bytes", "Link")
    assert make_material(content=PDF + bytes(1_300_000)).kind_text == "PDF, 1,2\xa0MB"


def test_files_are_what_is_no_link():
    file, _ = make_material(), make_material(file="", url="https://vhw.de/")

    assert list(Material.objects.files()) == [file]


def test_public_materials_leave_out_what_is_for_participants():
    talk = make_talk()
    second = make_material(talk, position=2)
    first = make_material(talk, position=1, file="", url="https://vhw.de/")
    make_material(talk, audience="participants")

    assert Talk.objects.get().public_materials == [first, second]


def test_pdf_goes_once_its_replacement_is_committed(django_capture_on_commit_callbacks):
    material = make_material()
    old = material.file.name
    with django_capture_on_commit_callbacks() as callbacks:
        material.file = upload(PDF, "neu.pdf")
        material.save()
    before_commit = is_stored(old)
    for callback in callbacks:
        callback()

    assert (before_commit, is_stored(old), is_stored(material.file.name)) == (True, False, True)


def test_pdf_goes_when_an_address_takes_its_place(django_capture_on_commit_callbacks):
    material = make_material()
    old = material.file.name
    with django_capture_on_commit_callbacks(execute=True):
        material.file, material.url = "", "https://vhw.de/"
        material.save()

    assert not is_stored(old)


def test_pdf_stays_when_something_else_is_changed(django_capture_on_commit_callbacks):
    material = make_material()
    with django_capture_on_commit_callbacks(execute=True):
        material.title = "Neu"
        material.save()
        material.file = ""
        material.save(update_fields=["title"])

    assert is_stored(Material.objects.get().file.name)


@pytest.mark.parametrize("delete", [lambda m: m.delete(), lambda m: m.talk.delete()])
def test_pdf_goes_with_its_material_and_with_its_talk(django_capture_on_commit_callbacks, delete):
    material, other = make_material(), make_material()
    with django_capture_on_commit_callbacks() as callbacks:
        delete(material)
    before_commit = is_stored(material.file.name)
    for callback in callbacks:
        callback()

    assert (before_commit, is_stored(material.file.name)) == (True, False)
    assert is_stored(other.file.name)


def test_pdf_stays_when_the_change_is_rolled_back(django_capture_on_commit_callbacks):
    material = make_material()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        Material.objects.get().delete()
        transaction.set_rollback(True)

    assert is_stored(Material.objects.get(pk=material.pk).file.name)


@pytest.mark.parametrize(
    "fields",
    [{"file": "", "url": ""}, {"file": "material/a.pdf", "url": "https://vhw.de/"}],
    ids=["neither", "both"],
)
def test_database_refuses_material_that_is_not_one_thing(fields):
    talk = make_talk()

    with pytest.raises(IntegrityError, match="material_file_or_url"), transaction.atomic():
        Material.objects.bulk_create([Material(talk=talk, title="Folien", **fields)])
