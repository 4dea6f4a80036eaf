"""What organisers enter for the report of a year to the funder: goals, and words of their own."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator
from django.db import models

from events.text.fields import LineField, LinesField

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

FIRST_YEAR, LAST_YEAR = 2000, 2099


class FunderReport(models.Model):
    """The goals and the words of one year; what was reached is counted and stored nowhere.

    A goal that is empty is none.
    """

    year = models.PositiveSmallIntegerField("Jahr", unique=True)
    grant = LineField(
        "Zuwendung",
        max_length=200,
        blank=True,
        default="",
        help_text="Steht oben auf dem Bericht, etwa „Bescheid vom 3. Februar, Aktenzeichen …“.",
    )
    summary = LinesField(
        "Was das Jahr gebracht hat",
        blank=True,
        default="",
        help_text="Zwei, drei Sätze, mit denen der Bericht beginnt.",
    )
    outlook = LinesField("Ausblick", blank=True, default="", help_text="Womit der Bericht endet.")
    talks = models.PositiveIntegerField("Talks", null=True, blank=True)
    signed_up = models.PositiveIntegerField("Anmeldungen", null=True, blank=True)
    attended = models.PositiveIntegerField("Teilnahmen (dabei)", null=True, blank=True)
    towns = models.PositiveIntegerField("Erreichte Orte", null=True, blank=True)
    small_towns = models.PositiveIntegerField(
        "Erreichte Orte unter 20.000 Einwohnern", null=True, blank=True
    )
    laender = models.PositiveIntegerField(
        "Erreichte Länder", null=True, blank=True, validators=[MaxValueValidator(16)]
    )
    worthwhile = models.PositiveIntegerField(
        "Rückmeldungen, nach denen sich die Stunde gelohnt hat, in Prozent",
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )

    if TYPE_CHECKING:
        own_goals: RelatedManager["OwnGoal"]

    class Meta:
        verbose_name = "Bericht an den Förderer"
        verbose_name_plural = "Berichte an den Förderer"
        # Who may change talks may change these.
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__range=(FIRST_YEAR, LAST_YEAR)),
                name="funder_report_year_of_this_century",
            )
        ]

    def __str__(self) -> str:
        return f"Bericht an den Förderer {self.year}"

    @classmethod
    def of(cls, year: int) -> "FunderReport":
        """Return what was entered for `year`, or an unsaved row while nothing was."""
        return cls.objects.filter(year=year).first() or cls(year=year)


class OwnGoal(models.Model):
    """A goal that nothing here can count, and in words what was reached."""

    report = models.ForeignKey(FunderReport, models.CASCADE, related_name="own_goals")
    goal = LineField("Ziel", max_length=200)
    reached = LineField("Was erreicht ist", max_length=400, blank=True, default="")

    class Meta:
        verbose_name = "Ziel in eigenen Worten"
        verbose_name_plural = "Ziele in eigenen Worten"
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.goal
