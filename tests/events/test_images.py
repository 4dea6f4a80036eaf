"""Pictures: what is stored is our own encoding, and what is none is refused."""

import re
import time
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from events import images
from events.models import Talk
from tests.events import uploads
from tests.events.uploads import BLUE, RED, WHITE, encoded, fetch, halves, jpeg, upload
from tests.makers import make_talk

CREDIT = "© Stadt Größenau/Änne Groß"
NAME = re.compile(r"bilder/[0-9a-f]{32}/\d+x\d+\.jpg")

NOT_A_PICTURE = (
    "Diese Datei ist kein Bild, das sich lesen lässt. Möglich sind JPEG, PNG, WebP und AVIF."
)
TOO_MANY_PIXELS = "Das Bild hat mehr als 50 Megapixel. Bitte verkleinern Sie es vor dem Hochladen."
TOO_BIG = "Das Bild ist größer als 15 MB. Bitte verkleinern Sie es vor dem Hochladen."


def decoded(content: bytes) -> Image.Image:
    return images.decode(ContentFile(content, name="bild"))


def reopened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def renditions(content: bytes) -> dict[str, bytes]:
    return dict(images.renditions(decoded(content)))


def near(pixel, colour) -> bool:
    """Whether `pixel` is `colour`, give or take what encoding costs."""
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def refusal(content: bytes) -> str:
    """Return the message with which `content` is refused; empty if it is taken."""
    try:
        decoded(content)
    except ValidationError as error:
        (message,) = error.messages
        return message
    return ""


def stored(name: str) -> dict[str, bytes]:
    """Return the files of the folder in which the picture `name` lies."""
    folder = str(Path(name).parent)
    if not default_storage.exists(folder):
        return {}
    files = default_storage.listdir(folder)[1]
    return {file: Path(default_storage.path(f"{folder}/{file}")).read_bytes() for file in files}


def make_talk_with_picture(content=None, **fields) -> Talk:
    return make_talk(image=upload(content or jpeg()), image_credit=CREDIT, **fields)


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


@pytest.mark.django_db
def test_every_file_that_a_page_names_is_there(client):
    talk = make_talk_with_picture(jpeg((700, 400)))
    html = client.get(talk.get_absolute_url()).content.decode()
    paths = set(re.findall(r"/bilder/[\w./]+", html))

    assert len(paths) == 5
    assert {path: len(fetch(client, path).body) > 500 for path in paths} == dict.fromkeys(
        paths, True
    )


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
    "tail", [uploads.ZIP, uploads.HTML, uploads.SVG], ids=["zip", "html", "svg"]
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


def test_picture_of_exactly_fifty_megapixels_is_taken():
    assert refusal(uploads.png_of_one_bit(10_000, 5_000)) == ""


# What is refused


def broken_avif() -> bytes:
    head, kind, data = encoded(halves(), "AVIF").partition(b"mdat")
    return head + kind + bytes(len(data))


def broken_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(halves(), "WEBP", exif=exif).replace(b"MM\0*", b"MM\0\x06", 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'Nur ein Text mit \xc3\xa4, & und ".',
        uploads.SVG,
        uploads.HTML,
        uploads.PDF,
        encoded(halves(), "GIF"),
        b"GIF89a=1;alert(1)//",
        encoded(halves(), "TIFF"),
        encoded(halves(), "BMP"),
        jpeg((700, 400))[:2000],
        jpeg()[:20],
        encoded(halves((700, 400)), "PNG")[:200],
        encoded(halves((700, 400)), "WEBP")[:200],
        encoded(halves((700, 400)), "AVIF")[:200],
        uploads.HTML + jpeg(),
        broken_avif(),
        broken_exif(),
        # A phone's HEIC: the container of an AVIF, with another brand and codec.
        encoded(halves((700, 400)), "AVIF").replace(b"avif", b"heic").replace(b"av01", b"hvc1"),
    ],
    ids=[
        *["nothing", "text", "svg", "html", "pdf", "gif", "gif and script", "tiff", "bmp"],
        *["half jpeg", "jpeg head"],
        *["half png", "half webp", "half avif", "html before jpeg", "broken avif", "broken exif"],
        "heic",
    ],
)
def test_what_is_no_picture_is_refused(content):
    assert refusal(content) == NOT_A_PICTURE


def test_picture_broken_anywhere_is_taken_or_refused_but_never_an_error():
    exif = Image.Exif()
    exif[0x0112] = 6
    for fmt in images.FORMATS:
        whole = encoded(halves(), fmt, exif=exif)
        for place in range(0, len(whole), max(1, len(whole) // 150)):
            for byte in (0x00, 0xFF, whole[place] ^ 0x10):
                content = whole[:place] + bytes([byte]) + whole[place + 1 :]
                assert refusal(content) in ("", NOT_A_PICTURE, TOO_MANY_PIXELS)


def larger(content: bytes, width: int, height: int) -> bytes:
    """Return the JPEG `content` with another size in its header."""
    start = content.index(b"\xff\xc0") + 5
    size = height.to_bytes(2) + width.to_bytes(2)
    return content[:start] + size + content[start + 4 :]


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: uploads.png_of_one_bit(12_000, 12_000),
        lambda: uploads.png_of_one_bit(50_001, 1_000),
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
        (larger(jpeg(), 7_100, 7_100), TOO_MANY_PIXELS),
        (bytes(15 * 1024 * 1024 + 1), TOO_BIG),
    ],
)
def test_model_says_beside_the_field_what_is_wrong_with_a_picture(clock, content, message):
    talk = make_talk()
    talk.image, talk.image_credit = upload(content), CREDIT

    with pytest.raises(ValidationError) as caught:
        talk.full_clean()
    assert caught.value.message_dict == {"image": [message]}


# On disk


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../Rathaus.jpg", 'Änne & "Öz".php', "x.svg", "480.jpg", "a" * 100]
)
def test_name_of_the_upload_is_never_used(name):
    talk = make_talk(image=upload(jpeg(), name), image_credit=CREDIT)

    assert NAME.fullmatch(talk.image.name)
    assert NAME.fullmatch(Talk.objects.get().image.name)
    assert stored(talk.image.name).keys() == {"64x40.jpg", "64.avif", "64.jpg"}


@pytest.mark.django_db
def test_two_talks_with_the_same_file_have_a_picture_each():
    first, second = (make_talk_with_picture() for _ in range(2))

    assert first.image.name != second.image.name


@pytest.mark.django_db
def test_saving_a_talk_again_keeps_its_picture(django_capture_on_commit_callbacks):
    name = make_talk_with_picture().image.name
    talk = Talk.objects.get()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        talk.title = "Neu"
        talk.save()

    assert (callbacks, Talk.objects.get().image.name) == ([], name)
    assert len(stored(name)) == 3


def assign_and_save(talk, content):
    talk.image = upload(content)
    talk.save()


def save_only_the_picture(talk, content):
    talk.image = upload(content)
    talk.save(update_fields=["image"])


def save_through_the_field(talk, content):
    talk.image.save("egal.jpg", ContentFile(content))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "replace", [assign_and_save, save_only_the_picture, save_through_the_field]
)
@pytest.mark.parametrize("is_fresh", [True, False], ids=["same object", "read again"])
def test_replaced_picture_goes_once_the_change_is_committed(
    django_capture_on_commit_callbacks, replace, is_fresh
):
    talk = make_talk_with_picture()
    old = talk.image.name
    talk = talk if is_fresh else Talk.objects.get()
    with django_capture_on_commit_callbacks() as callbacks:
        replace(talk, jpeg((30, 20)))
    before_commit = len(stored(old))
    for callback in callbacks:
        callback()

    new = Talk.objects.get().image.name
    assert (before_commit, stored(old)) == (3, {})
    assert stored(new).keys() == {"30x20.jpg", "30.avif", "30.jpg"}
    assert not default_storage.exists(str(Path(old).parent))


@pytest.mark.django_db
def test_picture_taken_off_a_talk_goes_once_the_change_is_committed(
    django_capture_on_commit_callbacks,
):
    old = make_talk_with_picture().image.name
    talk = Talk.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        talk.image = ""
        talk.save()

    assert (Talk.objects.get().image.name, stored(old)) == ("", {})


@pytest.mark.django_db
def test_picture_of_a_deleted_talk_goes_once_the_change_is_committed(
    django_capture_on_commit_callbacks,
):
    talk, other = make_talk_with_picture(), make_talk_with_picture()
    with django_capture_on_commit_callbacks() as callbacks:
        talk.delete()
    before_commit = len(stored(talk.image.name))
    for callback in callbacks:
        callback()

    assert (before_commit, stored(talk.image.name)) == (3, {})
    assert len(stored(other.image.name)) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["replace", "delete"])
def test_picture_stays_when_the_change_is_rolled_back(django_capture_on_commit_callbacks, change):
    name = make_talk_with_picture().image.name
    talk = Talk.objects.get()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        if change == "replace":
            assign_and_save(talk, jpeg((30, 20)))
        else:
            talk.delete()
        transaction.set_rollback(True)

    assert Talk.objects.get().image.name == name
    assert len(stored(name)) == 3


@pytest.mark.django_db
def test_picture_not_saved_yet_costs_the_old_one_nothing(django_capture_on_commit_callbacks):
    name = make_talk_with_picture().image.name
    talk = Talk.objects.get()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        talk.image = ""
        talk.save(update_fields=["recap"])

    assert (callbacks, Talk.objects.get().image.name) == ([], name)
    assert len(stored(name)) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["", "bilder", "bilder/", "bilder/../x/1x1.jpg", "../bilder", "/etc/1x1.jpg"]
)
def test_remove_touches_nothing_but_a_picture(name):
    kept = make_talk_with_picture().image.name

    images.remove(name)
    images.remove(f"{Path(kept).parent}/")
    images.remove(f"bilder/{'f' * 32}/1x1.jpg")

    assert len(stored(kept)) == 3
