"""Slides, recordings and links that belong to a talk."""

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.template.defaultfilters import filesizeformat

from events.models.revision import RevisionedModel, RevisionedQuerySet
from events.models.web_address import WEB_ONLY
from events.uploads.pdfs import PdfField, storage_name


class MaterialQuerySet(RevisionedQuerySet):
    def files(self):
        return self.exclude(file="").select_related("talk")


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
    title = models.CharField("Titel", max_length=120, help_text="Zum Beispiel „Folien“.")
    file = PdfField("PDF-Datei", upload_to=storage_name, blank=True, max_length=120)
    url = models.URLField("oder Adresse", blank=True, validators=[WEB_ONLY])
    audience = models.CharField(
        "Sichtbar für", max_length=12, choices=Audience, default=Audience.PUBLIC
    )
    recording = models.CharField(
        "Aufzeichnung",
        max_length=11,
        choices=Recording,
        blank=True,
        help_text="Nur bei einer Aufzeichnung: Leserinnen und Leser erfahren es vor dem Klick.",
    )

    objects = models.Manager.from_queryset(MaterialQuerySet)()

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

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.url or self.file.url

    def save(self, *args, **kwargs):
        held = Material.objects.files().filter(pk=self.pk).values_list("file", flat=True)
        names = list(held)
        super().save(*args, **kwargs)
        remove_unused(names)

    def delete(self, *args, **kwargs):
        names = [self.file.name] if self.file else []
        result = super().delete(*args, **kwargs)
        remove_unused(names)
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


def remove_unused(names: list[str]):
    """Delete the PDFs `names` once the change is committed, but for those still held."""

    def remove():
        for name in names:
            if not Material.objects.filter(file=name).exists():
                default_storage.delete(name)

    if names:
        transaction.on_commit(remove)
