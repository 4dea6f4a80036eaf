"""Who speaks in a talk."""

from django.db import models
from django.db.models import Q

from events.models.revision import RevisionedManager, RevisionedModel
from events.text.fields import LineField
from events.uploads import images


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
        help_text="Höchstens 15 MB. Ohne Porträt stehen die Anfangsbuchstaben da.",
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

    objects = RevisionedManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    class Meta:
        verbose_name = "Referentin oder Referent"
        verbose_name_plural = "Referentinnen und Referenten"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(portrait="") | ~Q(portrait_credit=""),
                name="speaker_portrait_has_credit",
                violation_error_message="Bitte geben Sie an, von wem das Porträt ist.",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.role]))

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()
