"""Pictures that are small to send and long to decode."""

import time

import pytest
from PIL import Image

from events.uploads import image_bombs
from events.uploads.decoding import FORMATS
from tests.events.upload_files import chunk, decoded, encoded, halves, jpeg
from tests.events.uploads.bombs import (
    after_the_start,
    avif_of_many_items,
    of_many_scans,
    png,
    profile_chunk,
    profile_of_many_steps,
    segment,
)
from tests.events.uploads.test_decoding_refused import TOO_MUCH_WORK, refusal

EMPTY_CHUNK = chunk(b"IDAT", b"")
EXIF = segment(b"\xff\xe1", b"Exif\0\0a")


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: of_many_scans(120, (7000, 7000)),
        lambda: after_the_start(EXIF * 700_000),
        lambda: after_the_start(b"\xff\xd9" + EXIF * 700_000),
        lambda: after_the_start(segment(b"\xff\xfe") * 3_000_000),
        lambda: after_the_start(b"\xff" * 15_000_000),
        lambda: after_the_start(EXIF + bytes(15_000_000)),
        lambda: b"\xff\xd8" + EXIF + bytes(14_000_000) + b"\xff\xe1",
        lambda: after_the_start((b"\xff\xf0\xff\xff" + bytes(65_533)) * 220),
        lambda: png(before=profile_chunk() * 5_000),
        lambda: png(before=chunk(b"tEXt", b"a\0b") * 900_000),
        lambda: png(data=EMPTY_CHUNK * 1_200_000),
        lambda: png(after=chunk(b"gAMA", bytes(4)) * 900_000),
        lambda: avif_of_many_items(50_000),
    ],
    ids=[
        *[
            "scans",
            "exif",
            "exif behind an end",
            "comments",
            "fill bytes",
            "junk",
            "half",
            "junk in none",
        ],
        *["profiles", "texts", "empty chunks", "chunks behind", "items"],
    ],
)
def test_bomb_is_refused_in_no_time(bomb):
    content = bomb()
    begin = time.process_time()

    assert refusal(content) == TOO_MUCH_WORK
    assert time.process_time() - begin < 0.5


def test_slowest_picture_that_is_taken_needs_less_than_two_seconds():
    content = of_many_scans(image_bombs.MAX_SCANS, (7000, 7000))
    begin = time.process_time()

    assert refusal(content) == ""
    assert time.process_time() - begin < 2


def test_colour_profile_of_many_steps_is_not_followed():
    profile = profile_of_many_steps(3_000)
    begin = time.process_time()

    image = decoded(encoded(halves(), "PNG", icc_profile=profile))
    assert time.process_time() - begin < 0.2
    assert image.getcolors() == halves().getcolors()


@pytest.mark.parametrize(
    ("at_the_limit", "beyond"),
    [
        (of_many_scans(24), of_many_scans(25)),
        (after_the_start(EXIF * 480), after_the_start(EXIF * 500)),
        (png(before=chunk(b"gAMA", bytes(4)) * 498), png(before=chunk(b"gAMA", bytes(4)) * 500)),
        (png(after=EMPTY_CHUNK * 9_999), png(after=EMPTY_CHUNK * 10_000)),
        (avif_of_many_items(2_500), avif_of_many_items(3_500)),
    ],
    ids=["scans", "segments", "chunks", "chunks of pixels", "items"],
)
def test_limit_of_parts(at_the_limit, beyond):
    assert (refusal(at_the_limit), refusal(beyond)) == ("", TOO_MUCH_WORK)


def with_thumbnail() -> bytes:
    """Return a JPEG whose metadata hold pictures with more scans than it may have itself."""
    return after_the_start(segment(b"\xff\xed", b"Photoshop 3.0\0" + jpeg((16, 16)) * 60))


@pytest.mark.parametrize(
    "content",
    [
        encoded(halves((700, 400), "CMYK"), progressive=True),
        encoded(halves((700, 400)), progressive=True, restart_marker_blocks=1),
        jpeg((700, 400)) + b"ftypmp42" + b"\xff\xda" * 100_000,
        with_thumbnail(),
        encoded(halves(), "PNG", save_all=True, append_images=[halves()] * 100),
        encoded(halves(), "WEBP", save_all=True, append_images=[Image.new("RGB", (64, 40))] * 100),
        encoded(halves(), "AVIF", save_all=True, append_images=[Image.new("RGB", (64, 40))] * 100),
    ],
    ids=["four colours", "restarts", "film behind", "thumbnail", "apng", "webp film", "avif film"],
)
def test_picture_with_more_parts_than_usual_is_taken(content):
    assert refusal(content) == ""


@pytest.mark.parametrize("fmt", ["WEBP", "AVIF", "PNG"])
def test_only_the_first_picture_of_a_film_is_decoded(fmt):
    film = encoded(halves(), fmt, save_all=True, append_images=[Image.new("RGB", (64, 40))] * 3)

    image = decoded(film)

    assert image.size == (64, 40)
    assert image.getpixel((5, 5))[0] > 200


@pytest.mark.parametrize("fmt", FORMATS)
def test_half_a_picture_is_no_bomb(fmt):
    whole = encoded(halves(), fmt)

    assert not any(image_bombs.is_bomb(whole[:end]) for end in range(len(whole)))
