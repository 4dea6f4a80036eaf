"""Pictures: each upload is decoded and encoded anew, in the sizes that pages use.

So no file on disk is one that came from outside: there is no EXIF, no GPS and no second file
behind the picture's end. One picture is one folder with a random name:
`bilder/<32 hex digits>/<width>x<height>.jpg` (the largest), `480.avif`, `480.jpg`, …
"""

import re
import secrets
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.fields.files import FieldFile, FileField
from django.urls import reverse
from PIL import Image, ImageCms, ImageOps

from events.uploads import image_bombs

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
# Without this list Pillow would offer the file to every decoder it has.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
WIDTHS = (480, 960, 1600)
FOLDER = "bilder"
CONTENT_TYPES = {".avif": "image/avif", ".jpg": "image/jpeg"}
SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    ".avif": {"format": "AVIF", "quality": 60, "speed": 8},
    ".jpg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
}

NOT_A_PICTURE = ValidationError(
    "Diese Datei ist kein Bild, das sich lesen lässt. Möglich sind JPEG, PNG, WebP und AVIF.",
    code="not_a_picture",
)
TOO_MANY_PIXELS = ValidationError(
    "Das Bild hat mehr als 50 Megapixel. Bitte verkleinern Sie es vor dem Hochladen.",
    code="too_many_pixels",
)
TOO_MUCH_WORK = ValidationError(
    "Das Bild ist so ungewöhnlich aufgebaut, dass es die Website lange beschäftigen würde. "
    "Bitte speichern Sie es in einem Bildprogramm neu, zum Beispiel als JPEG.",
    code="too_much_work",
)
TOO_BIG = ValidationError(
    "Das Bild ist größer als 15 MB. Bitte verkleinern Sie es vor dem Hochladen.", code="too_big"
)


def decode(upload: File) -> Image.Image:
    """Return the picture in `upload`, upright and opaque.

    Raises ValidationError for whatever is too big or not a picture. The size is read from the
    header first, so a decompression bomb is never unpacked.
    """
    if upload.size > MAX_BYTES:
        raise TOO_BIG
    upload.seek(0)
    if image_bombs.is_bomb(upload.read()):
        raise TOO_MUCH_WORK
    try:
        # Pillow warns of what we refuse or encode anew in any case.
        with warnings.catch_warnings(action="ignore"):
            image = Image.open(upload, formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise TOO_MANY_PIXELS
            return flatten(to_srgb(ImageOps.exif_transpose(image)))
    except ValidationError:
        raise
    except Image.DecompressionBombError:
        raise TOO_MANY_PIXELS from None
    except Exception:  # each decoder fails in its own way at a broken file
        raise NOT_A_PICTURE from None


def to_srgb(image: Image.Image) -> Image.Image:
    """Return `image` in the colours of the web (sRGB), without its own colour profile.

    A profile with `multiProcessElements` is not applied: it is a program of any number of steps,
    which can take hours. Photographs have none.
    """
    profile = image.info.get("icc_profile")
    if not profile or b"mpet" in profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    except (OSError, ImageCms.PyCMSError):
        return image  # a profile that does not fit is no reason to refuse the picture
    return cast(Image.Image, converted)  # None only where a picture is changed in place


def flatten(image: Image.Image) -> Image.Image:
    """Return `image` in RGB, its transparent parts on white."""
    if image.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut off all above 255, and nearly everything became white.
        return image.point(lambda grey: grey / 256).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    ground = Image.new("RGB", rgba.size, "white")
    ground.paste(rgba, mask=rgba.getchannel("A"))
    return ground


def validate_picture(upload: File) -> None:
    """Refuse an upload that cannot become a picture; a stored picture is not looked at again."""
    if not getattr(upload, "_committed", False):
        decode(upload)


def encode(image: Image.Image, suffix: str) -> bytes:
    """Return `image` as the content of a file that ends in `suffix`."""
    out = BytesIO()
    image.save(out, **SAVE_OPTIONS[suffix])
    return out.getvalue()


def widths_up_to(largest: int) -> list[int]:
    """Return the widths in pixels in which a picture of this width is stored."""
    return [*(width for width in WIDTHS if width < largest), largest]


def renditions(image: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content) of all sizes; the first is the largest, `<width>x<height>.jpg`.

    The original's metadata is left out.
    """
    image.info = {}
    largest = image.copy()
    largest.thumbnail((WIDTHS[-1], WIDTHS[-1] * 4), Image.Resampling.LANCZOS)
    yield f"{largest.width}x{largest.height}.jpg", encode(largest, ".jpg")
    for width in widths_up_to(largest.width):
        scaled = largest.resize((width, max(1, round(largest.height * width / largest.width))))
        for suffix in SAVE_OPTIONS:
            yield f"{width}{suffix}", encode(scaled, suffix)


class Focus(models.TextChoices):
    """Which part of a picture stays visible where it is cut; site.css uses these words."""

    CENTER = "center", "Mitte"
    TOP = "top", "oben"
    BOTTOM = "bottom", "unten"
    LEFT = "left", "links"
    RIGHT = "right", "rechts"


@dataclass(frozen=True)
class Picture:
    """What a template needs for one `<picture>` element."""

    name: str
    # The preview of a draft adds this to every address.
    query: str = ""

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(self.name)

    @property
    def width(self) -> int:
        return int(self.path.stem.split("x")[0])

    @property
    def height(self) -> int:
        return int(self.path.stem.split("x")[1])

    def url(self, file_name: str) -> str:
        return reverse("events:picture", args=[self.path.parent.name, file_name]) + self.query

    @property
    def src(self) -> str:
        return self.url(self.path.name)

    @property
    def sources(self) -> list[tuple[str, str]]:
        """(content type, srcset); browsers take the first type that they know."""
        widths = widths_up_to(self.width)
        return [
            (kind, ", ".join(f"{self.url(f'{w}{suffix}')} {w}w" for w in widths))
            for suffix, kind in CONTENT_TYPES.items()
        ]


class PictureFile(FieldFile):
    """A stored picture: saving it writes our own encoding in every size."""

    @property
    def url(self) -> str:
        return Picture(self.name or "").src

    def save(self, name: str | None, content: File, save: bool = True) -> None:
        folder = f"{FOLDER}/{secrets.token_hex(16)}"
        stored = [
            self.storage.save(f"{folder}/{file_name}", ContentFile(data))
            for file_name, data in renditions(decode(content))
        ]
        self.name = stored[0]
        setattr(self.instance, self.field.attname, self.name)
        self._committed = True
        if save:
            self.instance.save()

    save.alters_data = True  # type: ignore[attr-defined]  # Django reads it from the function


class PictureField(FileField):
    """A FileField whose files are always our own encoding."""

    attr_class = PictureFile
    default_validators = [validate_picture]

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Name Django's own field: migrations know the column and nothing of our code."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs


def remove(name: str) -> None:
    """Delete all sizes of the picture `name`; does nothing if they are gone."""
    if not re.fullmatch(rf"{FOLDER}/[0-9a-f]{{32}}/\d+x\d+\.jpg", name):
        return
    folder = str(PurePosixPath(name).parent)
    if default_storage.exists(folder):
        for file_name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{file_name}")
        default_storage.delete(folder)
