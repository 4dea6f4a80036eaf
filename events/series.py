"""The series as a whole: what stands on every page and in the legal ones."""

from django.db import models

from events.revision import RevisionedModel


class Series(RevisionedModel):
    """The one row about the series; the operator fills it in the admin.

    An empty field of the legal pages shows there as a marked gap, never as an invented value.
    """

    class AccessibilityResult(models.TextChoices):
        NONE = "none", "nicht barrierefrei"
        PARTIAL = "partial", "teilweise barrierefrei"
        FULL = "full", "barrierefrei"

    name = models.CharField("Name", max_length=80, default="Kleinstadt Web-Talks")
    claim = models.CharField(
        "Leitsatz", max_length=120, default="Wie gestalten kleine Städte Zukunft?"
    )
    introduction = models.TextField(
        "Einleitung",
        default="Kommunen aus ganz Deutschland berichten aus ihrer Praxis. "
        "Eine Stunde, ein Projekt, Ihre Fragen.",
    )
    organisers = models.TextField("Veranstalter", blank=True, help_text="Je Zeile einer.")
    series_url = models.URLField("Seite der Reihe beim vhw", blank=True)
    contact_email = models.EmailField("E-Mail-Adresse", blank=True)
    contact_phone = models.CharField("Telefon", max_length=40, blank=True)

    provider_name = models.CharField("Anbieter", max_length=200, blank=True)
    provider_address = models.TextField("Anschrift", blank=True)
    provider_represented_by = models.CharField("Vertreten durch", max_length=200, blank=True)
    provider_register = models.CharField("Register und Nummer", max_length=200, blank=True)
    provider_vat_id = models.CharField("Umsatzsteuer-ID", max_length=20, blank=True)
    responsible_for_content = models.TextField(
        "Inhaltlich verantwortlich",
        blank=True,
        help_text="Name und Anschrift nach § 18 Abs. 2 MStV.",
    )

    data_protection_officer = models.TextField("Datenschutzbeauftragte Person", blank=True)
    hosting = models.TextField(
        "Betrieb des Servers", blank=True, help_text="Wer ihn betreibt und wo."
    )

    accessibility_assessed_on = models.DateField("Geprüft am", null=True, blank=True)
    accessibility_result = models.CharField(
        "Ergebnis", max_length=10, choices=AccessibilityResult, blank=True
    )
    accessibility_gaps = models.TextField("Bekannte Mängel", blank=True)
    conciliation_body = models.TextField("Schlichtungsstelle", blank=True)

    class Meta:
        verbose_name = "Reihe"
        verbose_name_plural = "Reihe"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="series_is_one_row")]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def load(cls):
        """Return the row, or the defaults while nobody has saved it."""
        return cls.objects.filter(pk=1).first() or cls()

    @property
    def organiser_list(self) -> list[str]:
        return [line.strip() for line in self.organisers.splitlines() if line.strip()]
