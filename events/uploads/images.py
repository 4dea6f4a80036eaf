"""Pictures: each upload is decoded and encoded anew, in the sizes that pages use.

What is refused, and the limits: decoding.py and image_bombs.py.

So no file on disk is one that came from outside: there is no EXIF, no GPS and no second file
behind the picture's end. One picture is one folder with a random name:
`bilder/<32 hex digits>/<width>x<height>.jpg` (the largest), `480.avif`, `480.jpg`, …
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from django import forms
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.fields.files import FieldFile, FileField
from django.urls import reverse
from PIL import Image

from events.uploads import kept
from events.uploads.decoding import decode, one_at_a_time

WIDTHS = (480, 960, 1600)
FOLDER = "bilder"
# How a credit begins that says itself what the picture is.
KIND = re.compile("(Foto|Porträt|Illustration|Zeichnung|Grafik|Karte|Plan|Visualisierung): ")
CONTENT_TYPES = {".avif": "image/avif", ".jpg": "image/jpeg"}
SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    ".avif": {"format": "AVIF", "quality": 60, "speed": 8, "max_threads": 1},
    ".jpg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
}


def validate_picture(upload: File) -> None:
    """Refuse an upload that cannot become a picture; a stored picture is not looked at again."""
    if kept.is_to_check(upload):
        one_at_a_time(lambda: decode(upload))


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
    yield f"{image.width}x{image.height}.jpg", encode(image, ".jpg")
    for width in widths_up_to(image.width):
        scaled = image.resize((width, max(1, round(image.height * width / image.width))))
        for suffix in SAVE_OPTIONS:
            yield f"{width}{suffix}", encode(scaled, suffix)


def written_anew(upload: File) -> list[tuple[str, bytes]]:
    """Return all sizes of the picture in `upload` as files; raises ValidationError.

    They are what is left of it: two megabytes at most.
    """
    return one_at_a_time(lambda: list(renditions(decode(upload))))


def keep(upload: File, owner: kept.Owner) -> kept.CheckedUpload:
    """Check the picture in `upload` and keep it for `owner`; see kept.keep."""
    return kept.keep(upload, owner, kept.Kind.PICTURE, written_anew)


class Focus(models.TextChoices):
    """Which part of a picture stays visible where it is cut; site.css uses these words."""

    CENTER = "center", "Mitte"
    TOP = "top", "oben"
    BOTTOM = "bottom", "unten"
    LEFT = "left", "links"
    RIGHT = "right", "rechts"


def credit_text(credit: str, kind: str) -> str:
    """Return the credit of a picture, after the word for its kind: `Foto: © Stadt Gudensberg`."""
    return credit if KIND.match(credit) else f"{kind}: {credit}"


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
    def smallest(self) -> str:
        return self.url(f"{widths_up_to(self.width)[0]}.jpg")

    @property
    def smallest_avif(self) -> str:
        return self.url(f"{widths_up_to(self.width)[0]}.avif")

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
        if isinstance(content, kept.CheckedUpload):
            files: dict[str, Path | bytes] = {path.name: path for path in content.paths()}
        else:
            files = dict(written_anew(content))
        first = next(iter(files))
        with kept.storing(content, f"{folder}/{first}"):
            for file_name, source in files.items():
                with source.open("rb") if isinstance(source, Path) else BytesIO(source) as file:
                    self.storage.save(f"{folder}/{file_name}", File(file))
        self.name = f"{folder}/{first}"
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

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """Take names of any length: they are thrown away."""
        return super().formfield(**{"max_length": None} | kwargs)


def remove(name: str) -> None:
    """Delete all sizes of the picture `name`; does nothing if they are gone."""
    if not re.fullmatch(rf"{FOLDER}/[0-9a-f]{{32}}/\d+x\d+\.jpg", name):
        return
    folder = str(PurePosixPath(name).parent)
    if default_storage.exists(folder):
        for file_name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{file_name}")
        default_storage.delete(folder)
