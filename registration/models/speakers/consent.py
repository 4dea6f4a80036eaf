"""What speakers have agreed to: that the talk is recorded, that their slides are published.

A consent stays as long as the material is public (Art. 7 (1) DSGVO: it must be possible to prove
it), also when the speaker's address is gone. It is withdrawn through the contact that it names.
"""

from typing import NamedTuple

from django.db import models, transaction
from django.utils import timezone

from events.method_marks import alters_data, for_managers_too
from events.models import Talk
from events.text.fields import LineField, LinesField
from registration.models.speakers.speaker_link import SpeakerLink


class ConsentWording(NamedTuple):
    """What is agreed to. Another text is another version: consents keep what was read."""

    version: str
    text: str


class ConsentQuerySet(models.QuerySet["Consent", "Consent"]):
    """Consents."""

    def valid(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at=None)

    @alters_data
    @for_managers_too
    @transaction.atomic
    def give(self, link: SpeakerLink, kind: str) -> "Consent":
        """Note that the speaker agrees to the present wording; twice is once."""
        SpeakerLink.objects.select_for_update().get(pk=link.pk)
        wording = Consent.WORDINGS[Consent.Kind(kind)]
        given = Consent.objects.valid().filter(link=link, kind=kind).first()
        return given or Consent.objects.create(
            talk=link.talk,
            link=link,
            speaker_name=link.speaker.name,
            kind=kind,
            wording=wording.text,
            version=wording.version,
        )


class Consent(models.Model):
    """One speaker's consent of one kind for one talk."""

    class Kind(models.TextChoices):
        RECORDING = "recording", "Aufzeichnung"
        SLIDES = "slides", "Folien"

    WORDINGS = {
        Kind.RECORDING: ConsentWording(
            "2026-11",
            "Ich bin damit einverstanden, dass mein Vortrag in Bild und Ton aufgezeichnet und auf "
            "der Website der Reihe veröffentlicht wird. Das ist freiwillig, und ich kann es "
            "jederzeit für die Zukunft widerrufen.",
        ),
        Kind.SLIDES: ConsentWording(
            "2026-11",
            "Ich bin damit einverstanden, dass meine Folien auf der Website der Reihe "
            "veröffentlicht werden. Bilder und Grafiken darin darf ich so weitergeben. Das ist "
            "freiwillig, und ich kann es jederzeit für die Zukunft widerrufen.",
        ),
    }

    talk = models.ForeignKey(Talk, models.CASCADE, verbose_name="Talk", related_name="consents")
    link = models.ForeignKey(
        SpeakerLink,
        models.SET_NULL,
        verbose_name="Link",
        related_name="consents",
        null=True,
        editable=False,
    )
    speaker_name = LineField("Name", max_length=120)
    kind = models.CharField("Wozu", max_length=10, choices=Kind)
    wording = LinesField("Wortlaut", editable=False)
    version = LineField("Fassung", max_length=20, editable=False)
    given_at = models.DateTimeField("Erklärt am", default=timezone.now)
    withdrawn_at = models.DateTimeField("Widerrufen am", null=True, editable=False)

    objects = models.Manager.from_queryset(ConsentQuerySet)()

    class Meta:
        verbose_name = "Einwilligung"
        verbose_name_plural = "Einwilligungen"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["link", "kind"],
                condition=models.Q(withdrawn_at=None, link__isnull=False),
                name="consent_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.speaker_name}"

    @alters_data
    def withdraw(self) -> None:
        """Note that the speaker does not agree any more; harmless when called twice."""
        if self.withdrawn_at is None:
            self.withdrawn_at = timezone.now()
            self.save(update_fields=["withdrawn_at"])
