"""What speakers have agreed to: that the talk is recorded, that their slides are published.

A consent stays as long as the material is public (Art. 7 (1) DSGVO: it must be possible to prove
it), also when the speaker's address is gone. It is withdrawn through the contact that it names.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from events.method_marks import alters_data, for_managers_too
from events.models import Material, Series, Talk
from events.text.fields import LineField, LinesField
from registration.models.speakers.speaker_link import SpeakerLink, is_over


class ConsentWording(NamedTuple):
    """What is agreed to. Another text is another version: consents keep what was read."""

    version: str
    text: str


class ConsentQuerySet(models.QuerySet["Consent", "Consent"]):
    """Consents."""

    def valid(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at=None)

    def expired(self) -> "ConsentQuerySet":
        """Keep those that prove nothing any more: the talk is over, and nothing of it is here.

        Withdrawn ones prove until then that the material was once here with consent.
        """
        over = self.filter(is_over("talk"))
        of_talk = Material.objects.filter(talk=OuterRef("talk"))
        for kind, is_of_kind in Consent.MATERIAL.items():
            over = over.exclude(Exists(of_talk.filter(is_of_kind)), kind=kind)
        return over

    @alters_data
    @for_managers_too
    @transaction.atomic
    def give(self, link: SpeakerLink, kind: str) -> "Consent":
        """Note that the speaker agrees to the present wording; twice is once.

        Raises SpeakerLink.DoesNotExist if the link was erased, renewed or withdrawn meanwhile.
        """
        link = SpeakerLink.objects.lock(link)
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

    # Which of a talk's materials each is about, whoever may read them.
    MATERIAL = {
        Kind.RECORDING: ~Q(recording=""),
        Kind.SLIDES: Q(recording="") & ~Q(file=""),
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

    @classmethod
    def kinds_asked(cls, talk: Talk, series: Series) -> list[Kind]:
        """Return what speakers of the talk can agree to: no recording where it has none."""
        is_recorded = talk.facts_in(series).is_recorded is not False
        return [kind for kind in cls.WORDINGS if kind != cls.Kind.RECORDING or is_recorded]

    @property
    def materials(self) -> models.QuerySet[Material]:
        """What is on the site because of it."""
        return Material.objects.filter(self.MATERIAL[self.Kind(self.kind)], talk=self.talk_id)

    @alters_data
    def expire(self) -> bool:
        """Delete the row if its time is over still: somebody may add a recording meanwhile."""
        return bool(Consent.objects.expired().filter(pk=self.pk).delete()[0])

    @alters_data
    @transaction.atomic
    def withdraw(self, remove: Iterable[Material] = ()) -> bool:
        """Note that the speaker does not agree any more, and remove this material of the talk.

        Returns whether that is new: the second of two clicks at once changes nothing.
        """
        locked = Consent.objects.select_for_update().get(pk=self.pk)
        if locked.withdrawn_at:
            return False
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at"])
        Material.objects.filter(talk=self.talk_id, pk__in=[each.pk for each in remove]).delete()
        return True
