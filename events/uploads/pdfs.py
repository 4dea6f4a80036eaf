"""PDFs: what is accepted as one, and the model field that stores it under a random name."""

import secrets
from collections.abc import Sequence
from typing import Any, Protocol, cast

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.urls import reverse

MAX_BYTES = 30 * 1024 * 1024


def validate_pdf(upload: File) -> None:
    """Refuse what is not a PDF file of at most 30 MB; a stored file is not looked at again."""
    if getattr(upload, "_committed", False):
        return
    if upload.size > MAX_BYTES:
        raise ValidationError("Die Datei ist größer als 30 MB.", code="too_big")
    upload.seek(0)
    if upload.read(5) != b"%PDF-":
        raise ValidationError("Diese Datei ist kein PDF.", code="not_a_pdf")
    upload.seek(0)


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


class PdfField(models.FileField):
    attr_class = PdfFile
    default_validators = [validate_pdf]

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Name Django's own field: migrations know the column and nothing of our code."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs | {"upload_to": ""}
