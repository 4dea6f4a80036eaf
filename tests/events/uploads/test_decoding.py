"""Pictures as they come in: in the size that pages need, and with little memory."""

import pytest
from PIL import Image

from tests.events.upload_files import decoded, encoded, noise

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((4000, 3000), (1600, 1200)),
        ((3000, 4000), (1600, 2133)),
        ((1600, 6400), (1265, 5060)),
        ((4000, 2), (1600, 1)),
        ((64, 40), (64, 40)),
    ],
)
@pytest.mark.parametrize("fmt", ["JPEG", "PNG"])
def test_picture_is_read_in_the_size_that_is_kept(size, kept, fmt):
    assert decoded(encoded(Image.new("RGB", size), fmt)).size == kept


def test_picture_on_its_side_is_as_large_as_an_upright_one():
    exif = Image.Exif()
    exif[0x0112] = 6

    assert decoded(encoded(Image.new("RGB", (4000, 3000)), exif=exif)).size == (1600, 2133)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("size", [(64, 40), (701, 403)])
def test_jpeg_without_its_end_marker_is_taken_as_browsers_do(size, options):
    whole = encoded(noise(size), **options)
    assert whole.endswith(b"\xff\xd9")

    for end in (b"", b"\xff", b"\0\0"):
        assert decoded(whole[:-2] + end).tobytes() == decoded(whole).tobytes()


def test_broken_exif_is_no_reason_to_refuse_a_picture():
    exif = Image.Exif()
    exif[0x0112] = 6
    broken = encoded(Image.new("RGB", (64, 40)), "WEBP", exif=exif)
    broken = broken.replace(b"MM\0*", b"MM\0\x06", 1)

    assert decoded(broken).size == (64, 40)
