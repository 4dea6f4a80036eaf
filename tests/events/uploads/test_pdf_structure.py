"""What is seen of a PDF's accessibility: by PDFs as programs write them, and by odd ones."""

import time
import zlib

import pytest
import weasyprint

from events.uploads.pdf_structure import missing
from tests.events.upload_files import HTML, PDF

ALL = ["keine Struktur", "kein Titel", "keine Sprache"]
PAGE = "<html lang='de'><title>Wärme &amp; \"Licht\"</title><h1>Größenau</h1><p>Text</p></html>"
# As PowerPoint 2019 writes it: the catalogue as text, the second trailer says the same.
CATALOGUE = (
    b"1 0 obj\r\n<</Type/Catalog/Pages 2 0 R/Lang(de-DE) /StructTreeRoot 41 0 R/MarkInfo<</Marked "
    b"true>>/Metadata 9 0 R>>\r\nendobj\r\n"
)
INFO = b"7 0 obj\r\n<</Title(Vortrag) /Author(Kim)>>\r\nendobj\r\n"
TRAILER = b"trailer\r\n<</Size 50/Root 1 0 R/Info 7 0 R>>\r\nstartxref\r\n9\r\n%%EOF\r\n"
OFFICE = b"%PDF-1.7\r\n" + CATALOGUE + INFO + TRAILER
# A file of 30 MB may take so many seconds, on a slow machine.
PATIENCE = 3


@pytest.fixture
def found(tmp_path):
    """Give a function that looks at a PDF with this content."""

    def look(content: bytes) -> list[str]:
        path = tmp_path / "datei.pdf"
        path.write_bytes(content)
        return missing(path)

    return look


@pytest.mark.parametrize("uncompressed", [True, False])
def test_accessible_pdf_misses_nothing(found, uncompressed):
    pdf = weasyprint.HTML(string=PAGE).write_pdf(
        pdf_variant="pdf/ua-1", uncompressed_pdf=uncompressed
    )

    assert (b"/ObjStm" in pdf) is not uncompressed
    assert found(pdf) == []


def test_pdf_without_tags_has_no_structure(found):
    assert found(weasyprint.HTML(string=PAGE).write_pdf()) == ["keine Struktur"]
    assert found(weasyprint.HTML(string="<p>Text</p>").write_pdf()) == ALL


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"", b"", []),
        (b"/MarkInfo<</Marked true>>", b"", ["keine Struktur"]),
        (b"/Marked true", b"/Marked false", ["keine Struktur"]),
        (b"/StructTreeRoot 41 0 R", b"", ["keine Struktur"]),
        (b"/MarkInfo<</Marked true>>", b"/MarkInfo 8 0 R", ["keine Struktur"]),
        (b"(de-DE)", b"()", ["keine Sprache"]),
        (b"(de-DE)", b"<FEFF0064>", []),
        (b"(Vortrag)", b"( )", ["kein Titel"]),
        (b"/Info 7 0 R", b"", ["kein Titel"]),
        (b"/Root 1 0 R", b"/Root 3 0 R", ["nicht prüfbar"]),
        (b"/Root", b"/Rood", ["nicht prüfbar"]),
    ],
)
def test_each_of_the_three_is_looked_for(found, old, new, expected):
    assert found(OFFICE.replace(old, new)) == expected


def test_marks_may_stand_in_an_object_of_their_own(found):
    own = OFFICE.replace(b"/MarkInfo<</Marked true>>", b"/MarkInfo 8 0 R")

    assert found(own + b"8 0 obj <</Marked true>> endobj") == []


def test_title_may_stand_in_the_metadata(found):
    title = b"<dc:title>\n<rdf:Alt>\n<rdf:li xml:lang='x-default'>%s</rdf:li></rdf:Alt></dc:title>"
    without = OFFICE.replace(b"/Info 7 0 R", b"")

    assert found(title % b"Vortrag" + without) == []
    assert found(title % b"" + without) == ["kein Titel"]


def test_what_was_changed_last_counts(found):
    later = b"1 0 obj <</Type/Catalog/Lang(de)>> endobj trailer <</Root 1 0 R/Info 7 0 R>>"

    assert found(OFFICE + later) == ["keine Struktur"]
    assert found(OFFICE + b"11 0 obj <<>> endobj") == []


def in_stream(content: bytes) -> bytes:
    """Return a stream of objects with the catalogue (1) behind an empty object (2)."""
    head = b"2 0 1 5 "
    data = zlib.compress(head + b"<<>> " + content)
    return b"5 0 obj<</Type /ObjStm /N 2 /First %d>>stream\r\n%sendstream endobj" % (
        len(head),
        data,
    )


def test_streams_of_objects_are_read_and_the_last_one_counts(found):
    tagged = b"<</Lang(de)/StructTreeRoot 4 0 R/MarkInfo<</Marked true>>>>"
    first, last = in_stream(b"<<>>"), in_stream(tagged)

    assert found(b"%PDF-1.5 " + first + last + b"/Root 1 0 R") == ["kein Titel"]
    assert found(b"%PDF-1.5 " + last + first + b"/Root 1 0 R") == ALL


@pytest.mark.parametrize(
    "content",
    [
        PDF,
        HTML,
        b"",
        b"%PDF-1.5 /Encrypt 3 0 R " + in_stream(b"<<>>") + b"/Root 1 0 R",
        in_stream(b"<<>>").replace(b"/First 8", b"/First 999999999") + b"/Root 9 0 R",
        b"1 /ObjStm /First 3 stream\nkein zlib /Root 1 0 R",
        OFFICE[: len(OFFICE) // 2],
    ],
    ids=["bare", "html", "empty", "encrypted", "too far", "broken", "half"],
)
def test_what_cannot_be_seen_is_not_claimed(found, content):
    assert found(content) == ["nicht prüfbar"]


def test_file_that_is_gone_is_not_judged(tmp_path):
    assert missing(tmp_path / "weg.pdf") == ["nicht prüfbar"]


@pytest.mark.parametrize(
    "part",
    [b"5 0 obj ", b"15 0 obj", b"/ObjStm", b"/Root 5 0 R ", b"<dc:title>", b"9", b" ", b"/Root"],
)
def test_file_made_to_take_long_does_not(found, part):
    content = b"%PDF-1.7 " + part * (30_000_000 // len(part)) + b" /Root 5 0 R"
    begun = time.monotonic()

    found(content)

    assert time.monotonic() - begun < PATIENCE


def test_streams_that_unpack_to_gigabytes_are_given_up(found):
    bomb = zlib.compress(bytes(4_000_000))
    stream = b"obj /ObjStm /First 3999999 stream\n%s " % bomb
    begun = time.monotonic()

    assert found(stream * 2000 + b"/Root 5 0 R") == ["nicht prüfbar"]
    assert time.monotonic() - begun < PATIENCE
