"""The practice profile of a talk: what others can take over from a town's project."""

from django.db import models

from events.models.revision import RevisionedManager, RevisionedModel
from events.text.fields import LinesField

MAX_TEXT = 2000


class PracticeProfile(RevisionedModel):
    """Six short texts about one project, each optional; a talk without any has no row."""

    talk = models.OneToOneField("events.Talk", models.CASCADE, related_name="profile")
    situation = LinesField("Ausgangslage", max_length=MAX_TEXT, blank=True)
    approach = LinesField("Vorgehen", max_length=MAX_TEXT, blank=True)
    participants = LinesField("Beteiligte", max_length=MAX_TEXT, blank=True)
    costs = LinesField("Kosten und Förderung", max_length=MAX_TEXT, blank=True)
    lessons = LinesField("Was andere daraus lernen können", max_length=MAX_TEXT, blank=True)
    contact = LinesField(
        "Ansprechstelle",
        max_length=500,
        blank=True,
        help_text="Ein Amt oder eine Stelle mit E-Mail-Adresse, keine Person, etwa „Bauamt "
        "Musterstadt, bauamt@musterstadt.example“.",
    )

    TEXTS = ("situation", "approach", "participants", "costs", "lessons", "contact")
    SEARCHED = frozenset({"talk", "talk_id", *TEXTS})

    objects = RevisionedManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    class Meta:
        verbose_name = "Praxisprofil"
        verbose_name_plural = "Praxisprofile"

    def __str__(self) -> str:
        return f"Praxisprofil: {self.talk}"

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in self.TEXTS)
