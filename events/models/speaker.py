"""Who speaks in a talk."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver

from events.method_marks import alters_data
from events.models.revision import RevisionedModel, RevisionedQuerySet
from events.text.fields import LineField
from events.uploads import images, stored

CREDIT_MISSING = "Bitte geben Sie an, von wem das Porträt ist."


class SpeakerQuerySet(RevisionedQuerySet["Speaker"]):
    """Speakers; whatever replaces a portrait here removes its files too."""

    def portraits(self) -> list[str]:
        """Return the stored names of their portraits."""
        return list(self.exclude(portrait="").values_list("portrait", flat=True))

    @alters_data
    @transaction.atomic
    def update(self, **kwargs: Any) -> int:
        replaced = self.portraits() if "portrait" in kwargs else []
        number = super().update(**kwargs)
        stored.remove_unused(replaced)
        return number


SpeakerManager = models.Manager.from_queryset(SpeakerQuerySet)


class Speaker(RevisionedModel):
    """Who speaks in a talk; name, role and form as the person gives them."""

    class Form(models.TextChoices):
        REFERENTIN = "Referentin", "Referentin"
        REFERENT = "Referent", "Referent"

    talk = models.ForeignKey("events.Talk", models.CASCADE, related_name="speakers")
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    name = LineField("Name", max_length=120)
    role = LineField(
        "Funktion",
        max_length=200,
        blank=True,
        help_text="Zum Beispiel „Bürgermeisterin der Stadt Gudensberg“.",
    )
    form = models.CharField(
        "Bezeichnung",
        max_length=20,
        choices=Form,
        blank=True,
        help_text="Wie die Person sich selbst nennt; leer, wenn nicht bekannt.",
    )

    portrait = images.PictureField(
        "Porträt",
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="Höchstens 15 MB. Leer lassen: Anfangsbuchstaben.",
    )
    portrait_credit = LineField(
        "Bildnachweis des Porträts",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Pflicht bei einem Porträt, etwa „© Stadt Musterstadt“.",
    )

    SEARCHED = frozenset({"talk", "talk_id", "name", "role"})
    # Set by the preview of what a speaker proposes: it stands in the place of the portrait.
    preview_picture: images.Picture | None = None

    objects = SpeakerManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    class Meta:
        verbose_name = "Referentin oder Referent"
        verbose_name_plural = "Referentinnen und Referenten"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(portrait="") | ~Q(portrait_credit=""),
                name="speaker_portrait_has_credit",
                violation_error_message=CREDIT_MISSING,
            )
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.role]))

    def clean(self) -> None:
        if self.portrait and not self.portrait_credit:
            raise ValidationError({"portrait_credit": CREDIT_MISSING})

    @alters_data
    @transaction.atomic
    def save(self, **kwargs: Any) -> None:
        held = Speaker.objects.filter(pk=self.pk).portraits()
        super().save(**kwargs)
        stored.remove_unused(held)

    @property
    def picture(self) -> images.Picture | None:
        """The portrait as pages show it; the preview of a draft adds its token."""
        if self.preview_picture:
            return self.preview_picture
        if not self.portrait:
            return None
        return images.Picture(self.portrait.name or "", self.talk.preview_query)

    @property
    def credit_text(self) -> str:
        """The portrait's credit: `Porträt: © Stadt Gudensberg`."""
        return images.credit_text(self.portrait_credit, "Porträt")

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


@receiver(post_delete, sender=Speaker)
def _forget_portrait(instance: Speaker, **_: Any) -> None:
    """Delete the portrait of a speaker that is deleted, also where it goes with the talk.

    Django tells of each row only so: a cascade calls neither `delete`.
    """
    stored.remove_unused([instance.portrait.name or ""])
