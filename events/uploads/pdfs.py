"""PDFs: what is accepted as one, and the model field that stores it under a random name."""

import secrets
from collections.abc import Sequence
from typing import Any, Protocol, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.urls import reverse

from events.uploads import kept

MAX_BYTES = 30 * 1024 * 1024
# All readers look for the header within the first 1,024 bytes (ISO 32000-1, Annex H.3, note 13):
# some programs write a byte order mark or an empty line before it.
HEADER, HEADER_WITHIN = b"%PDF-", 1024
# How files of PowerPoint, Impress and Word begin: as a ZIP archive, or as Microsoft's older form.
OF_AN_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def validate_pdf(upload: File) -> None:
    """Refuse what is not a PDF file of at most 30 MB; a stored file is not looked at again."""
    if kept.is_to_check(upload):
        check(upload)


def check(upload: File) -> None:
    """Raise ValidationError for what is not a PDF file of at most 30 MB."""
    if upload.size > MAX_BYTES:
        raise ValidationError("Die Datei ist größer als 30 MB.", code="too_big")
    upload.seek(0)
    beginning = upload.read(HEADER_WITHIN)
    if HEADER not in beginning:
        raise ValidationError(
            "Das ist eine Datei aus PowerPoint oder einem anderen Büroprogramm. Bitte speichern "
            "Sie sie dort als PDF („Datei“, „Exportieren“) und laden Sie das PDF hoch."
            if beginning.startswith(OF_AN_OFFICE)
            else "Diese Datei ist kein PDF.",
            code="not_a_pdf",
        )
    upload.seek(0)


def keep(upload: File, owner: kept.Owner) -> kept.CheckedUpload:
    """Check the PDF in `upload` and keep it for `owner`; see kept.keep."""
    return kept.keep(upload, owner, kept.Kind.PDF, _as_it_is)


def _as_it_is(upload: File) -> list[tuple[str, File]]:
    check(upload)
    return [("datei.pdf", upload)]


def storage_name(material: models.Model, filename: str) -> str:
    """Return a random name for the file; its title tells readers what it is."""
    return f"material/{secrets.token_hex(16)}.pdf"


class HasPreviewQuery(Protocol):
    """A talk, of which this module knows no more."""

    @property
    def preview_query(self) -> str: ...


class HasTalk(Protocol):
    """A material, of which this module knows no more."""

    @property
    def talk(self) -> HasPreviewQuery: ...


class PdfFile(FieldFile):
    """A stored PDF of a material."""

    @property
    def url(self) -> str:
        """The address of the view that checks who may read it."""
        talk = cast(HasTalk, self.instance).talk
        return reverse("events:material", args=[self.instance.pk]) + talk.preview_query

    def save(self, name: str | None, content: File, save: bool = True) -> None:
        stored = storage_name(self.instance, name or "")
        with kept.storing(content, stored):
            if isinstance(content, kept.CheckedUpload):
                with content.paths()[0].open("rb") as file:
                    self.storage.save(stored, File(file))
            else:
                self.storage.save(stored, content)
        self.name = stored
        setattr(self.instance, self.field.attname, stored)
        self._committed = True
        if save:
            self.instance.save()

    save.alters_data = True  # type: ignore[attr-defined]  # Django reads it from the function


class PdfField(models.FileField):
    attr_class = PdfFile
    default_validators = [validate_pdf]

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Name Django's own field: migrations know the column and nothing of our code."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs | {"upload_to": ""}

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """Take names of any length: they are thrown away."""
        return super().formfield(**{"max_length": None} | kwargs)
