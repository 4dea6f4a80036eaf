"""Pictures: what is stored is our own encoding."""

import re
from io import BytesIO

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from events.models import Talk
from events.uploads import images
from tests.events import upload_files
from tests.events.upload_files import BLUE, RED, WHITE, decoded, encoded, halves, jpeg


def reopened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def renditions(content: bytes) -> dict[str, bytes]:
    return dict(images.renditions(decoded(content)))


def near(pixel, colour) -> bool:
    """Whether `pixel` is `colour`, give or take what encoding costs."""
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


# Sizes


@pytest.mark.parametrize(
    ("size", "largest", "widths"),
    [
        ((2000, 1000), (1600, 800), [480, 960, 1600]),
        ((1600, 1200), (1600, 1200), [480, 960, 1600]),
        ((1000, 700), (1000, 700), [480, 960, 1000]),
        ((960, 10), (960, 10), [480, 960]),
        ((481, 300), (481, 300), [480, 481]),
        ((480, 300), (480, 300), [480]),
        ((60, 40), (60, 40), [60]),
        ((1, 1), (1, 1), [1]),
        ((4000, 2), (1600, 1), [480, 960, 1600]),
        ((100, 8000), (80, 6400), [80]),
    ],
)
def test_renditions_are_what_their_names_say_and_never_larger_than_the_original(
    size, largest, widths
):
    files = renditions(encoded(Image.new("RGB", size, RED)))

    assert list(files)[0] == f"{largest[0]}x{largest[1]}.jpg"
    assert files.keys() == {list(files)[0]} | {
        f"{width}.{suffix}" for width in widths for suffix in ("avif", "jpg")
    }
    for name, content in files.items():
        image = reopened(content)
        width = int(re.match(r"\d+", name).group())
        assert (name, image.size) == (
            name,
            (width, max(1, round(largest[1] * width / largest[0]))),
        )
        assert image.format == ("AVIF" if name.endswith("avif") else "JPEG")
        assert near(image.convert("RGB").getpixel((0, 0)), RED)


def test_picture_names_all_its_files():
    talk = Talk(image="bilder/" + "ab" * 16 + "/1000x700.jpg")
    base = "/bilder/" + "ab" * 16

    assert (talk.picture.width, talk.picture.height) == (1000, 700)
    assert talk.picture.src == talk.image.url == f"{base}/1000x700.jpg"
    assert talk.picture.sources == [
        ("image/avif", f"{base}/480.avif 480w, {base}/960.avif 960w, {base}/1000.avif 1000w"),
        ("image/jpeg", f"{base}/480.jpg 480w, {base}/960.jpg 960w, {base}/1000.jpg 1000w"),
    ]
    assert Talk().picture is None


# What must not get through


# What Pillow tells of a file that carries nothing but pixels.
BARE = {
    "JPEG": {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"},
    "AVIF": {"timestamp", "duration"},
}


def test_place_camera_and_thumbnail_are_gone_from_every_size():
    exif = Image.Exif()
    exif[0x010F] = "Geheimkamera"
    exif.get_ifd(0x8825)[2] = (51.0, 10.0, 36.0)
    profile = b"Farbprofil" * 20
    content = jpeg((700, 400), exif=exif, icc_profile=profile, comment=b"Kommentar")
    assert b"Geheimkamera" in content
    assert b"Farbprofil" in content
    assert b"Kommentar" in content

    for name, file in renditions(content).items():
        image = reopened(file)
        left = {key for key in image.info if key not in BARE[image.format]}
        assert (name, left, dict(image.getexif())) == (name, set(), {})
        assert not re.search(rb"Geheimkamera|Farbprofil|Kommentar|Exif|http", file)


def test_text_in_a_png_is_gone():
    info = PngInfo()
    info.add_text("Author", "Geheimkamera")
    info.add_itxt("XML:com.adobe.xmp", "<x>Geheimkamera</x>")
    content = encoded(halves(), "PNG", pnginfo=info)
    assert content.count(b"Geheimkamera") == 2

    assert [name for name, file in renditions(content).items() if b"Geheim" in file] == []


@pytest.mark.parametrize(
    "tail", [upload_files.ZIP, upload_files.HTML, upload_files.SVG], ids=["zip", "html", "svg"]
)
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_behind_a_picture_is_gone(fmt, tail):
    files = renditions(encoded(halves(), fmt) + tail)

    assert [name for name, file in files.items() if tail[:6] in file] == []
    assert len(files) == 3


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    # `red`: a place in the upright picture that is red.
    [
        (1, (64, 40), (5, 20)),
        (2, (64, 40), (58, 20)),
        (3, (64, 40), (58, 20)),
        (6, (40, 64), (20, 5)),
        (8, (40, 64), (20, 58)),
    ],
)
def test_picture_is_turned_upright(orientation, size, red):
    exif = Image.Exif()
    exif[0x0112] = orientation

    files = renditions(jpeg(exif=exif))

    assert files.keys() == {f"{size[0]}x{size[1]}.jpg", f"{size[0]}.avif", f"{size[0]}.jpg"}
    for file in files.values():
        image = reopened(file).convert("RGB")
        blue = tuple(side - 1 - place for side, place in zip(size, red, strict=True))
        assert image.size == size
        assert near(image.getpixel(red), RED)
        assert near(image.getpixel(blue), BLUE)


# What must get through


def transparent(mode) -> Image.Image:
    """Return a picture that is red on the left and fully transparent (over black) on the right."""
    image = Image.new("RGBA", (64, 40), (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 32, 40))
    return image.convert(mode)


@pytest.mark.parametrize(
    "content",
    [
        encoded(transparent("RGBA"), "PNG"),
        encoded(transparent("RGBA").quantize(4), "PNG"),
        encoded(transparent("RGBA"), "WEBP", lossless=True),
        encoded(transparent("RGBA"), "AVIF", quality=95),
    ],
    ids=["png", "palette", "webp", "avif"],
)
def test_transparent_parts_become_white(content):
    image = decoded(content)

    assert image.mode == "RGB"
    assert near(image.getpixel((5, 20)), RED)
    assert near(image.getpixel((58, 20)), WHITE)


def test_one_transparent_colour_becomes_white():
    image = decoded(encoded(halves(), "PNG", transparency=BLUE))

    assert [image.getpixel((x, 20)) for x in (5, 58)] == [RED, WHITE]


@pytest.mark.parametrize(
    ("content", "left", "right"),
    [
        (encoded(halves(mode="CMYK"), "JPEG", quality=95), RED, BLUE),
        (encoded(halves(mode="P"), "PNG"), RED, BLUE),
        (encoded(halves(), "WEBP", lossless=True), RED, BLUE),
        (encoded(halves(), "AVIF", quality=95), RED, BLUE),
        (encoded(Image.new("L", (64, 40), 100), "PNG"), (100,) * 3, (100,) * 3),
        (encoded(Image.new("L", (64, 40), 100), "JPEG"), (100,) * 3, (100,) * 3),
        (encoded(Image.new("LA", (64, 40), (100, 255)), "PNG"), (100,) * 3, (100,) * 3),
        (encoded(Image.new("1", (64, 40), 1), "PNG"), WHITE, WHITE),
        (encoded(Image.new("I;16", (64, 40), 100 * 256), "PNG"), (100,) * 3, (100,) * 3),
        (
            encoded(Image.new("I;16", (64, 40), 100 * 256), "PNG", transparency=7),
            (100,) * 3,
            (100,) * 3,
        ),
    ],
    ids=[
        *["cmyk", "palette", "webp", "avif", "grey png", "grey jpeg", "grey alpha", "one bit"],
        *["16 bit", "16 bit transparent"],
    ],
)
def test_every_kind_of_picture_keeps_its_colours(content, left, right):
    image = decoded(content)

    assert (image.mode, image.size) == ("RGB", (64, 40))
    assert near(image.getpixel((5, 20)), left)
    assert near(image.getpixel((58, 20)), right)


def test_colours_of_another_profile_become_those_of_the_web():
    # sRGB with red and blue exchanged: what it calls red is blue.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ")
    exchanged = exchanged.replace(b"?XYZ", b"bXYZ")

    image = decoded(encoded(halves(), "PNG", icc_profile=exchanged))

    assert near(image.getpixel((5, 20)), BLUE)
    assert near(image.getpixel((58, 20)), RED)


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 200])
def test_profile_that_does_not_fit_changes_nothing(profile):
    image = decoded(encoded(halves(), "PNG", icc_profile=profile))

    assert near(image.getpixel((5, 20)), RED)


def test_first_picture_of_several_is_taken():
    content = encoded(halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 40))])
    animated = encoded(halves(), "WEBP", save_all=True, append_images=[Image.new("RGB", (64, 40))])

    for file in (content, animated):
        image = decoded(file)
        assert near(image.getpixel((5, 20)), RED)
        for name, rendition in renditions(file).items():
            assert (name, getattr(reopened(rendition), "n_frames", 1)) == (name, 1)
