"""PDFs: which files are accepted, and where they lie."""

import re

import pytest
from django.core.exceptions import ValidationError

from events.models import Material
from events.uploads.pdfs import PdfField, validate_pdf
from tests.events.upload_files import PDF, jpeg, upload
from tests.makers import make_talk

NOT_A_PDF = ["Diese Datei ist kein PDF."]
OF_AN_OFFICE = [
    "Das ist eine Datei aus PowerPoint oder einem anderen Büroprogramm. Bitte speichern Sie sie "
    "dort als PDF („Datei“, „Exportieren“) und laden Sie das PDF hoch."
]
TOO_BIG = ["Die Datei ist größer als 30 MB."]
LIMIT = 30 * 1024 * 1024


def messages_about(content: bytes) -> list[str]:
    try:
        validate_pdf(upload(content, "folien.pdf"))
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (PDF, []),
        (b"", NOT_A_PDF),
        (b"%PDF", NOT_A_PDF),
        (b"\xef\xbb\xbf" + PDF, []),
        (b"\r\n" + PDF, []),
        (bytes(1019) + PDF, []),
        (bytes(1020) + PDF, NOT_A_PDF),
        (jpeg(), NOT_A_PDF),
        (b"PK\x03\x04 ppt/slides/slide1.xml", OF_AN_OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OF_AN_OFFICE),
        (b"<script>alert(1)</script>", NOT_A_PDF),
        (PDF + bytes(LIMIT - len(PDF)), []),
        (PDF + bytes(LIMIT - len(PDF) + 1), TOO_BIG),
    ],
    ids=[
        "pdf",
        "empty",
        "short",
        "byte order mark",
        "empty line",
        "just within",
        "too far",
        "jpeg",
        "pptx",
        "ppt",
        "html",
        "30 MB",
        "over 30 MB",
    ],
)
def test_file_that_is_no_pdf_or_too_big_is_refused(content, messages):
    assert messages_about(content) == messages


@pytest.mark.django_db
def test_stored_pdf_is_what_was_uploaded_under_a_random_name():
    file = upload(PDF, "Süß & 'teuer'.pdf")
    pk = Material.objects.create(talk=make_talk(), title="Folien", file=file).pk

    material = Material.objects.get(pk=pk)

    assert re.fullmatch(r"material/[0-9a-f]{32}\.pdf", material.file.name)
    with material.file.open() as stored:
        assert stored.read() == PDF


def test_migrations_know_nothing_of_the_field():
    field = PdfField("PDF-Datei", upload_to=str, max_length=120)

    assert field.deconstruct()[1:] == (
        "django.db.models.FileField",
        [],
        {"verbose_name": "PDF-Datei", "max_length": 120, "upload_to": ""},
    )
