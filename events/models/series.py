"""The series as a whole: what stands on every page and in the legal ones."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from events.models.facts import FactColumns, TalkFacts
from events.models.revision import RevisionedManager, RevisionedModel
from events.text.fields import AddressField, LineField, LinesField, WebAddressField

# What the legal pages need: the field, and the page where its gap shows.
NEEDED = {
    "provider_name": "Impressum",
    "provider_address": "Impressum",
    "provider_represented_by": "Impressum",
    "contact_email": "Impressum",
    "contact_phone": "Impressum",
    "responsible_for_content": "Impressum",
    "hosting": "Datenschutz",
    "accessibility_duty": "Barrierefreiheit",
    "accessibility_assessed_on": "Barrierefreiheit",
    "accessibility_result": "Barrierefreiheit",
    "accessibility_method": "Barrierefreiheit",
    "accessibility_gaps": "Barrierefreiheit",
}
# The same for what not everybody has; who has none enters „entfällt“.
NEEDED_IF_THERE = {
    "provider_register": "Impressum",
    "provider_vat_id": "Impressum",
    "data_protection_officer": "Datenschutz",
}


@dataclass(frozen=True)
class LegalGap:
    """A field of the legal pages that nobody has filled in."""

    label: str
    page: str
    is_needed: bool = True
    field: str = ""

    def __str__(self) -> str:
        note = "" if self.is_needed else " (oder „entfällt“)"
        return f"{self.page}: {self.label}{note}"


@dataclass(frozen=True)
class Organiser:
    """Who holds the talks, and their own website; without one the address is ""."""

    name: str
    url: str = ""

    @classmethod
    def of(cls, line: str) -> "Organiser":
        """Read a line as it is typed: the name, after it the address."""
        name, _, url = line.rpartition(" ")
        is_linked = name and url.startswith(("https://", "http://"))
        return cls(name.rstrip(" ,:"), url) if is_linked else cls(line)


class Series(RevisionedModel, FactColumns):
    """The one row about the series; the operator fills it in the admin.

    An empty field of the legal pages shows there as a marked gap, never as an invented value.
    """

    class AccessibilityResult(models.TextChoices):
        NONE = "none", "nicht barrierefrei"
        PARTIAL = "partial", "teilweise barrierefrei"
        FULL = "full", "barrierefrei"

    class AccessibilityMethod(models.TextChoices):
        SELF = "self", "Selbstbewertung"
        OTHERS = "others", "Bewertung durch Dritte"

    class AccessibilityDuty(models.TextChoices):
        NONE = "none", "keine: Verein, Unternehmen oder Person"
        FEDERAL = "federal", "Stelle des Bundes: BGG und BITV 2.0"
        STATE = "state", "Stelle eines Landes oder einer Kommune: Recht des Landes"

    name = LineField("Name", max_length=80, default="Kleinstadt Web-Talks")
    claim = LineField("Leitsatz", max_length=120, default="Wie gestalten kleine Städte Zukunft?")
    introduction = LinesField(
        "Einleitung",
        default="Kommunen aus ganz Deutschland berichten aus ihrer Praxis. "
        "Eine Stunde, ein Projekt, Ihre Fragen.",
    )
    organisers = LinesField(
        "Veranstalter",
        blank=True,
        help_text="Je Zeile einer, danach seine Internetadresse (freiwillig): "
        "„Verein Beispiel https://www.beispiel.de“.",
    )
    series_url = WebAddressField("Seite der Reihe beim vhw")
    licence = LineField(
        "Lizenz der Texte",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Unter welcher Lizenz andere die Texte weiterverwenden dürfen, etwa "
        "„CC BY 4.0“. Leer lassen: nur nach Rücksprache.",
    )
    contact_email = AddressField("E-Mail-Adresse", blank=True)
    contact_phone = LineField("Telefon", max_length=40, blank=True)

    provider_name = LineField("Anbieter", max_length=200, blank=True)
    provider_address = LinesField("Anschrift", blank=True)
    provider_represented_by = LineField("Vertreten durch", max_length=200, blank=True)
    provider_register = LineField("Register und Nummer", max_length=200, blank=True)
    provider_vat_id = LineField("Umsatzsteuer-ID", max_length=20, blank=True)
    responsible_for_content = LinesField(
        "Inhaltlich verantwortlich",
        blank=True,
        help_text="Name und Anschrift nach § 18 Abs. 2 MStV.",
    )

    data_protection_officer = LinesField("Datenschutzbeauftragte Person", blank=True)
    hosting = LinesField("Betrieb des Servers", blank=True, help_text="Wer ihn betreibt und wo.")

    accessibility_duty = models.CharField(
        "Pflicht zur Erklärung", max_length=8, choices=AccessibilityDuty, blank=True
    )
    accessibility_assessed_on = models.DateField("Geprüft am", null=True, blank=True)
    accessibility_result = models.CharField(
        "Ergebnis", max_length=10, choices=AccessibilityResult, blank=True
    )
    accessibility_method = models.CharField(
        "Wie geprüft wurde", max_length=8, choices=AccessibilityMethod, blank=True
    )
    accessibility_gaps = LinesField("Bekannte Mängel", blank=True)
    conciliation_body = LinesField("Schlichtungsstelle", blank=True)

    objects = RevisionedManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    class Meta:
        verbose_name = "Reihe"
        verbose_name_plural = "Reihe"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="series_is_one_row")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        assessed_on = self.accessibility_assessed_on
        if assessed_on and assessed_on > timezone.localdate():
            text = "Dieser Tag liegt in der Zukunft. Hier steht, wann schon geprüft wurde."
            raise ValidationError({"accessibility_assessed_on": text})

    def save(self, **kwargs: Any) -> None:
        self.pk = 1
        super().save(**kwargs)

    @classmethod
    def load(cls) -> "Series":
        """Return the row, or the defaults while nobody has saved it."""
        return cls.objects.filter(pk=1).first() or cls()

    @property
    def needs_conciliation_body(self) -> bool:
        """Whether the law names a body to turn to: for public bodies only."""
        return self.accessibility_duty in (
            self.AccessibilityDuty.FEDERAL,
            self.AccessibilityDuty.STATE,
        )

    @property
    def gaps(self) -> list[LegalGap]:
        """What is missing on the legal pages, in the order in which it is entered."""
        pages = NEEDED | NEEDED_IF_THERE
        if self.needs_conciliation_body:
            pages["conciliation_body"] = "Barrierefreiheit"
        return [
            LegalGap(
                str(field.verbose_name),
                pages[field.name],
                field.name not in NEEDED_IF_THERE,
                field.name,
            )
            for field in self._meta.fields
            if field.name in pages and not getattr(self, field.name)
        ]

    @property
    def facts(self) -> TalkFacts:
        """What holds for every talk that says nothing else."""
        return self.facts_in(self)

    @property
    def organiser_links(self) -> list[Organiser]:
        lines = (line.strip() for line in self.organisers.splitlines())
        return [Organiser.of(line) for line in lines if line]

    @property
    def organiser_list(self) -> list[str]:
        """The organisers' names."""
        return [organiser.name for organiser in self.organiser_links]
