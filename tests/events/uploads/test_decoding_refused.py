"""What is refused as a picture: what is none, and what is too large."""

import time

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageFile

from events.uploads.decoding import FORMATS
from tests.events import upload_files
from tests.events.upload_files import CREDIT, decoded, encoded, halves, jpeg, noise, upload
from tests.events.uploads.bombs import of_many_scans
from tests.makers import make_talk

NOT_A_PICTURE = (
    "Diese Datei ist kein Bild, das sich lesen lässt. Möglich sind JPEG, PNG, WebP und AVIF."
)
HEIC = (
    "Das ist ein HEIC-Bild, wie iPhones es aufnehmen; Browser zeigen es nicht. Bitte speichern "
    "Sie es in einem Bildprogramm als JPEG. Am iPhone hilft für das nächste Mal: Einstellungen, "
    "Kamera, Formate, „Maximale Kompatibilität“."
)
INCOMPLETE = (
    "Das Bild ist unvollständig: Der Datei fehlt das Ende, etwa weil eine Übertragung abgebrochen "
    "ist. Bitte besorgen Sie sich die Datei noch einmal, oder speichern Sie das Bild in einem "
    "Bildprogramm neu, wenn es dort vollständig zu sehen ist."
)
TOO_MANY_PIXELS = (
    "Das Bild hat zu viele Bildpunkte: Als JPEG darf es 50 Megapixel haben, als PNG, WebP oder "
    "AVIF 20 Megapixel. Bitte verkleinern Sie es vor dem Hochladen."
)
TOO_MUCH_WORK = (
    "Das Bild ist so ungewöhnlich aufgebaut, dass es die Website lange beschäftigen würde. "
    "Bitte speichern Sie es in einem Bildprogramm neu, zum Beispiel als JPEG."
)
TOO_BIG = "Das Bild ist größer als 15 MB. Bitte verkleinern Sie es vor dem Hochladen."
REFUSALS = (NOT_A_PICTURE, HEIC, INCOMPLETE, TOO_MANY_PIXELS, TOO_MUCH_WORK)


def refusal(content: bytes) -> str:
    """Return the message with which `content` is refused; empty if it is taken."""
    try:
        decoded(content)
    except ValidationError as error:
        (message,) = error.messages
        return message
    return ""


def broken_avif() -> bytes:
    head, kind, data = encoded(halves(), "AVIF").partition(b"mdat")
    return head + kind + bytes(len(data))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'Nur ein Text mit \xc3\xa4, & und ".',
        upload_files.SVG,
        upload_files.HTML,
        upload_files.PDF,
        encoded(halves(), "GIF"),
        b"GIF89a=1;alert(1)//",
        encoded(halves(), "TIFF"),
        encoded(halves(), "BMP"),
        jpeg()[:20],
        encoded(halves((700, 400)), "WEBP")[:200],
        encoded(halves((700, 400)), "AVIF")[:200],
        upload_files.HTML + jpeg(),
        broken_avif(),
    ],
    ids=[
        *["nothing", "text", "svg", "html", "pdf", "gif", "gif and script", "tiff", "bmp"],
        *["jpeg head", "half webp", "half avif", "html before jpeg", "broken avif"],
    ],
)
def test_what_is_no_picture_is_refused(content):
    assert refusal(content) == NOT_A_PICTURE


def test_picture_of_a_telephone_is_called_by_its_name():
    # The container of an AVIF, with another brand and codec.
    avif = encoded(halves((700, 400)), "AVIF")
    assert refusal(avif.replace(b"avif", b"heic").replace(b"av01", b"hvc1")) == HEIC


@pytest.mark.parametrize("fmt", ["JPEG", "PNG"])
def test_picture_of_which_a_part_is_missing_says_so(fmt):
    whole = encoded(noise((700, 400)), fmt)

    for part in (3, 10, 50):
        assert refusal(whole[: len(whole) * part // 100]) == INCOMPLETE
    for missing in (30, 300):
        assert refusal(whole[:-missing]) == INCOMPLETE


def test_picture_broken_anywhere_is_taken_or_refused_but_never_an_error():
    exif = Image.Exif()
    exif[0x0112] = 6
    for fmt in FORMATS:
        whole = encoded(halves(), fmt, exif=exif)
        for place in range(0, len(whole), max(1, len(whole) // 150)):
            for byte in (0x00, 0xFF, whole[place] ^ 0x10):
                content = whole[:place] + bytes([byte]) + whole[place + 1 :]
                assert refusal(content) in ("", *REFUSALS)


def larger(content: bytes, width: int, height: int) -> bytes:
    """Return the JPEG `content` with another size in its header."""
    start = content.index(b"\xff\xc0") + 5
    size = height.to_bytes(2) + width.to_bytes(2)
    return content[:start] + size + content[start + 4 :]


def test_largest_pictures_are_taken():
    assert refusal(upload_files.png_of_one_bit(5_000, 4_000)) == ""
    assert refusal(encoded(Image.new("RGB", (10_000, 5_000)))) == ""


def test_large_progressive_jpeg_says_what_to_do():
    """All its scans are held in memory: 300 MB here, 150 MB where colours have fewer values."""
    picture = Image.new("RGB", (10_000, 5_000))

    assert refusal(encoded(picture, progressive=True, subsampling=2)) == ""
    assert refusal(encoded(picture, progressive=True, subsampling=0)) == (
        "Ein so großes Bild kann die Website nicht als „progressives“ JPEG lesen. Bitte "
        "verkleinern Sie es, oder speichern Sie es in einem Bildprogramm neu und wählen Sie dort "
        "„progressiv“ ab."
    )


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: upload_files.png_of_one_bit(12_000, 12_000),
        lambda: upload_files.png_of_one_bit(20_001, 1_000),
        lambda: larger(jpeg(), 65_535, 65_535),
        lambda: larger(jpeg(), 7_100, 7_100),
    ],
    ids=["png 144 MP", "png just too many", "jpeg 4 GP", "jpeg 50.4 MP"],
)
def test_bomb_is_refused_before_it_is_unpacked(bomb):
    content = bomb()
    assert len(content) < 50_000
    begin = time.perf_counter()

    assert refusal(content) == TOO_MANY_PIXELS
    assert time.perf_counter() - begin < 0.2


def test_file_of_more_than_fifteen_megabytes_is_refused_unread():
    limit = 15 * 1024 * 1024
    content = jpeg()

    assert refusal(content + bytes(limit - len(content))) == ""
    assert refusal(content + bytes(limit - len(content) + 1)) == TOO_BIG


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Text", NOT_A_PICTURE),
        (b"\0\0\0\x18ftypheic" + bytes(64), HEIC),
        (larger(jpeg(), 7_100, 7_100), TOO_MANY_PIXELS),
        (of_many_scans(100), TOO_MUCH_WORK),
        (bytes(15 * 1024 * 1024 + 1), TOO_BIG),
    ],
)
def test_model_says_beside_the_field_what_is_wrong_with_a_picture(clock, content, message):
    talk = make_talk()
    talk.image, talk.image_credit = upload(content), CREDIT

    with pytest.raises(ValidationError) as caught:
        talk.full_clean()
    assert caught.value.message_dict == {"image": [message]}


def test_half_a_picture_is_refused_though_another_library_would_take_it(monkeypatch):
    """WeasyPrint sets this for the whole process as soon as a PDF is written."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    assert refusal(jpeg((700, 400))[:-2000]) == INCOMPLETE
