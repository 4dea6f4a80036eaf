"""Slides, recordings and links that belong to a talk."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.template.defaultfilters import filesizeformat

from events.method_marks import alters_data, for_querysets_only
from events.models.revision import RevisionedModel, RevisionedQuerySet
from events.text.fields import LineField, WebAddressField
from events.uploads import stored
from events.uploads.pdfs import PdfField, storage_name


class MaterialQuerySet(RevisionedQuerySet["Material"]):
    """Materials; whatever replaces or deletes a file here removes it from the disk too."""

    def files(self) -> Self:
        """Keep what has a file of its own."""
        return self.exclude(file="").select_related("talk")

    @alters_data
    @transaction.atomic
    def update(self, **kwargs: Any) -> int:
        replaced = self._file_names() if "file" in kwargs else []
        number = super().update(**kwargs)
        stored.remove_unused(replaced)
        return number

    @alters_data
    @for_querysets_only
    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        names = self._file_names()
        result = super().delete()
        stored.remove_unused(names)
        return result

    def _file_names(self) -> list[str]:
        return list(self.exclude(file="").values_list("file", flat=True))


MaterialManager = models.Manager.from_queryset(MaterialQuerySet)


class Material(RevisionedModel):
    """One thing to read or watch: an uploaded PDF or an address, never both."""

    class Audience(models.TextChoices):
        PUBLIC = "public", "alle"
        PARTICIPANTS = "participants", "nur Angemeldete"

    class Recording(models.TextChoices):
        CAPTIONED = "captioned", "Aufzeichnung mit Untertiteln"
        UNCAPTIONED = "uncaptioned", "Aufzeichnung ohne Untertitel"

    talk = models.ForeignKey("events.Talk", models.CASCADE, related_name="materials")
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    title = LineField("Titel", max_length=120, help_text="Zum Beispiel „Folien“.")
    file = PdfField("PDF-Datei", upload_to=storage_name, blank=True, max_length=120)
    url = WebAddressField("oder Adresse")
    audience = models.CharField(
        "Sichtbar für",
        max_length=12,
        choices=Audience,
        default=Audience.PUBLIC,
        help_text="Nur für Angemeldete: Öffentlich steht dann allein der Titel da.",
    )
    recording = models.CharField(
        "Aufzeichnung",
        max_length=11,
        choices=Recording,
        blank=True,
        help_text="Nur bei einer Aufzeichnung: Leserinnen und Leser erfahren es vor dem Klick.",
    )

    objects = MaterialManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    class Meta:
        verbose_name = "Material"
        verbose_name_plural = "Material"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file="") ^ Q(url=""),
                name="material_file_or_url",
                violation_error_message="Bitte geben Sie eine Datei oder eine Adresse an.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.file and self.url:
            raise ValidationError(
                {"url": "Bitte geben Sie eine Datei oder eine Adresse an, nicht beides."}
            )

    def get_absolute_url(self) -> str:
        return self.url or self.file.url

    @alters_data
    @transaction.atomic
    def save(self, **kwargs: Any) -> None:
        held = Material.objects.files().filter(pk=self.pk).values_list("file", flat=True)
        names = list(held)
        super().save(**kwargs)
        stored.remove_unused(names)

    @alters_data
    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        names = [self.file.name or ""] if self.file else []
        result = super().delete(*args, **kwargs)
        stored.remove_unused(names)
        return result

    @property
    def is_public(self) -> bool:
        return self.audience == self.Audience.PUBLIC

    @property
    def kind_text(self) -> str:
        """`PDF, 1,2 MB`, `Link` or `Aufzeichnung mit Untertiteln`."""
        if self.recording:
            return self.get_recording_display()
        if not self.file:
            return "Link"
        try:
            return f"PDF, {filesizeformat(self.file.size)}"
        except OSError:  # lost on disk: the talk's page shall not be lost with it
            return "PDF"
