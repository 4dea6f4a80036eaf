"""Pictures as they come in: what is accepted, and how one is read without much memory.

A picture is made as small as pages show it while it is decoded, or at once afterwards, and one is
read at a time in each process. Whoever asks for that holds no transaction.
"""

import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import sqrt
from typing import IO, cast

from django.core.exceptions import ValidationError
from django.core.files.base import File
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageFile, ImageOps
from PIL.AvifImagePlugin import AvifImageFile
from PIL.WebPImagePlugin import WebPImageFile

from events.uploads import image_bombs

MAX_BYTES = 15 * 1024 * 1024
# A JPEG is decoded in the size that is wanted; all others take 4 bytes a pixel several times.
MAX_PIXELS_OF_JPEG = 50_000_000
MAX_PIXELS = 20_000_000
# Bytes that libjpeg holds of a picture in several scans before it can show the first pixel.
MAX_COEFFICIENTS = 160_000_000
# Without this list Pillow would offer the file to every decoder it has.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# The largest size that is kept: its sides and its pixels. The encoder of AVIF takes 25 bytes a
# pixel, which only pictures of unusual height would feel.
MAX_WIDTH, MAX_HEIGHT, MAX_AREA = 1600, 6400, 6_400_000
# What the camera says of a picture that lies on its side (EXIF 2.3, Orientation).
UPRIGHT, ON_ITS_SIDE = 1, (5, 6, 7, 8)
END_OF_JPEG = b"\xff\xd9"
# The one thread of the process that reads pictures. The system keeps some of the memory that a
# thread has freed: three threads, each with a picture of its own, would hold 100 MB more.
READER = ThreadPoolExecutor(1, "pictures")

NOT_A_PICTURE = partial(
    ValidationError,
    "Diese Datei ist kein Bild, das sich lesen lässt. Möglich sind JPEG, PNG, WebP und AVIF.",
    code="not_a_picture",
)
HEIC = partial(
    ValidationError,
    "Das ist ein HEIC-Bild, wie iPhones es aufnehmen; Browser zeigen es nicht. Bitte speichern "
    "Sie es in einem Bildprogramm als JPEG. Am iPhone hilft für das nächste Mal: Einstellungen, "
    "Kamera, Formate, „Maximale Kompatibilität“.",
    code="heic",
)
# How such a file begins, after four bytes (ISO/IEC 23008-12).
HEIC_BRANDS = (b"ftypheic", b"ftypheix", b"ftyphevc")
INCOMPLETE = partial(
    ValidationError,
    "Das Bild ist unvollständig: Der Datei fehlt das Ende, etwa weil eine Übertragung abgebrochen "
    "ist. Bitte besorgen Sie sich die Datei noch einmal, oder speichern Sie das Bild in einem "
    "Bildprogramm neu, wenn es dort vollständig zu sehen ist.",
    code="incomplete",
)
TOO_MANY_PIXELS = partial(
    ValidationError,
    "Das Bild hat zu viele Bildpunkte: Als JPEG darf es 50 Megapixel haben, als PNG, WebP oder "
    "AVIF 20 Megapixel. Bitte verkleinern Sie es vor dem Hochladen.",
    code="too_many_pixels",
)
TOO_MUCH_WORK = partial(
    ValidationError,
    "Das Bild ist so ungewöhnlich aufgebaut, dass es die Website lange beschäftigen würde. "
    "Bitte speichern Sie es in einem Bildprogramm neu, zum Beispiel als JPEG.",
    code="too_much_work",
)
TOO_MANY_COEFFICIENTS = partial(
    ValidationError,
    "Ein so großes Bild kann die Website nicht als „progressives“ JPEG lesen. Bitte verkleinern "
    "Sie es, oder speichern Sie es in einem Bildprogramm neu und wählen Sie dort „progressiv“ ab.",
    code="too_many_coefficients",
)
TOO_BIG = partial(
    ValidationError,
    "Das Bild ist größer als 15 MB. Bitte verkleinern Sie es vor dem Hochladen.",
    code="too_big",
)


@dataclass(frozen=True)
class Found:
    """What a file holds: decoded, a JPEG already smaller, and not yet turned upright."""

    pixels: Image.Image
    kept_size: tuple[int, int]
    orientation: int
    profile: bytes


def one_at_a_time[Result](work: Callable[[], Result]) -> Result:
    """Do `work`, which reads a picture, when no other is being read; return what it returns."""
    return READER.submit(work).result()


def decode(upload: File) -> Image.Image:
    """Return the picture in `upload`, upright, opaque, in sRGB and as large as pages need it.

    Raises ValidationError for whatever is too big or not a picture. The size is read from the
    header first, so a decompression bomb is never unpacked.
    """
    if upload.size > MAX_BYTES:
        raise TOO_BIG()
    _refuse_bombs(upload)
    try:
        # Pillow warns of what we refuse or encode anew in any case.
        with warnings.catch_warnings(action="ignore"):
            return _read(upload)
    except ValidationError:
        raise
    except Image.DecompressionBombError:
        raise TOO_MANY_PIXELS() from None
    except Exception as error:  # each decoder fails in its own way at a broken file
        if "truncated" in str(error):
            raise INCOMPLETE() from None
        raise (HEIC if _is_heic(upload) else NOT_A_PICTURE)() from None


def _is_heic(upload: File) -> bool:
    upload.seek(4)
    return upload.read(8) in HEIC_BRANDS


def _refuse_bombs(upload: File) -> None:
    upload.seek(0)
    if upload.read(4) == b"RIFF":
        return  # a WebP has no such parts, and its decoder needs all the memory there is
    upload.seek(0)
    content = upload.read()
    if image_bombs.is_bomb(content):
        raise TOO_MUCH_WORK()
    if image_bombs.coefficients(content) > MAX_COEFFICIENTS:
        raise TOO_MANY_COEFFICIENTS()


def _read(upload: File) -> Image.Image:
    # WeasyPrint lets Pillow fill up half a picture in grey, in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        upload.seek(0)
        return _small(cast(IO[bytes], upload))
    except OSError as error:
        if "truncated" not in str(error):
            raise
    upload.seek(0)
    content = upload.read()
    if not content.startswith(b"\xff\xd8\xff"):
        raise INCOMPLETE()
    return _small_without_end(content)


def _small_without_end(content: bytes) -> Image.Image:
    """Return the picture in a JPEG whose end marker is missing; browsers show it, too.

    Raises INCOMPLETE if more is missing: what is put behind it changes the picture then.
    """
    content = content.rstrip(b"\xff")
    image = _small(BytesIO(content + END_OF_JPEG))
    other = _small(BytesIO(content + b"\x55" * 64 + END_OF_JPEG))
    if ImageChops.difference(image, other).getbbox():
        raise INCOMPLETE()
    return image


def _small(file: IO[bytes]) -> Image.Image:
    found = _found(file)
    # The gap lets Pillow halve a large picture before it looks at each pixel.
    small = found.pixels.resize(found.kept_size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if small.mode == "RGBX":
        small = small.convert("RGB")
    if found.profile:
        small = _to_srgb(small, found.profile)
    small = _flatten(small)
    small.info = {}  # only what the next line says
    small.getexif()[ExifTags.Base.Orientation] = found.orientation
    return ImageOps.exif_transpose(small)


def _found(file: IO[bytes]) -> Found:
    image = Image.open(file, formats=FORMATS)
    is_jpeg = image.format in ("JPEG", "MPO")
    if image.width * image.height > (MAX_PIXELS_OF_JPEG if is_jpeg else MAX_PIXELS):
        raise TOO_MANY_PIXELS()
    if is_jpeg:
        image.draft("", kept_size(image.size, _orientation(image)))
    if isinstance(image, WebPImageFile | AvifImageFile):
        pixels = _frame(image)
    else:
        image.load()  # what a PNG says behind its pixels is known only now
        pixels = _scalable(image)
    orientation = _orientation(image)
    size = kept_size(image.size, orientation)
    return Found(pixels, size, orientation, image.info.get("icc_profile") or b"")


def _orientation(image: Image.Image) -> int:
    """Return how the camera was held (EXIF); upright where what it wrote cannot be read."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    except Exception:  # each broken one in its own way
        return UPRIGHT


def _frame(image: WebPImageFile | AvifImageFile) -> Image.Image:
    """Return the first picture of a file without what its decoder holds.

    Left to itself, Pillow keeps the decoder, what it returned and a copy of that: 320 MB for 20
    megapixels.
    """
    if isinstance(image, WebPImageFile):
        mode, (data, *_) = image.rawmode, image._decoder.get_next()
    else:
        mode, (data, *_) = image.mode, image._decoder.get_frame(0)
    image._decoder = None
    return Image.frombuffer(mode, image.size, data, "raw", mode, 0, 1)


def kept_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return width and height, as they lie in the file, of the largest size that is kept."""
    width, height = reversed(size) if orientation in ON_ITS_SIDE else size
    scale = min(1.0, MAX_WIDTH / width, MAX_HEIGHT / height, sqrt(MAX_AREA / (width * height)))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _scalable(image: Image.Image) -> Image.Image:
    """Return `image` in a mode in which pixels can be mixed."""
    if image.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut off all above 255, and nearly everything became white.
        return image.point(lambda grey: grey / 256).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("1", "P") else image


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return `image`, whose colours are those of `profile`, in the colours of the web (sRGB).

    A profile with `multiProcessElements` is not applied: it is a program of any number of steps,
    which can take hours. Photographs have none.
    """
    if b"mpet" in profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    except (OSError, ImageCms.PyCMSError):
        return image  # a profile that does not fit is no reason to refuse the picture
    return cast(Image.Image, converted)  # None only where a picture is changed in place


def _flatten(image: Image.Image) -> Image.Image:
    """Return `image` in RGB, its transparent parts on white."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground
