"""The register of places: which there are, and which one a text names."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from events.method_marks import alters_data
from events.models import place_names
from events.models.revision import RevisionedModel, RevisionedQuerySet
from events.text.fields import LineField, tidy

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from events.models.talk import Talk

# Towns by inhabitants: how an address names the size, its label, from and below how many. From
# 5,000 to under 20,000 is what the Bundesinstitut für Bau-, Stadt- und Raumforschung calls a small
# town, smaller and larger from 10,000.
TOWN_SIZES = {
    "unter-5000": ("unter 5.000 Einwohner", 0, 5_000),
    "5000-bis-10000": ("5.000 bis unter 10.000 Einwohner", 5_000, 10_000),
    "10000-bis-20000": ("10.000 bis unter 20.000 Einwohner", 10_000, 20_000),
    "ab-20000": ("20.000 Einwohner und mehr", 20_000, 2**31),
}

# No Stadt of Germany has fewer inhabitants: Arnis, the smallest, has about 270. The register does
# not say which places are one.
FEWEST_OF_A_STADT = 250
LARGER_FIRST = models.F("population").desc(nulls_last=True)


class Land(models.TextChoices):
    """The sixteen Länder; the value is the name, which addresses and exports carry."""

    BADEN_WUERTTEMBERG = "Baden-Württemberg", "Baden-Württemberg"
    BAYERN = "Bayern", "Bayern"
    BERLIN = "Berlin", "Berlin"
    BRANDENBURG = "Brandenburg", "Brandenburg"
    BREMEN = "Bremen", "Bremen"
    HAMBURG = "Hamburg", "Hamburg"
    HESSEN = "Hessen", "Hessen"
    MECKLENBURG_VORPOMMERN = "Mecklenburg-Vorpommern", "Mecklenburg-Vorpommern"
    NIEDERSACHSEN = "Niedersachsen", "Niedersachsen"
    NORDRHEIN_WESTFALEN = "Nordrhein-Westfalen", "Nordrhein-Westfalen"
    RHEINLAND_PFALZ = "Rheinland-Pfalz", "Rheinland-Pfalz"
    SAARLAND = "Saarland", "Saarland"
    SACHSEN = "Sachsen", "Sachsen"
    SACHSEN_ANHALT = "Sachsen-Anhalt", "Sachsen-Anhalt"
    SCHLESWIG_HOLSTEIN = "Schleswig-Holstein", "Schleswig-Holstein"
    THUERINGEN = "Thüringen", "Thüringen"


class MunicipalityQuerySet(RevisionedQuerySet["Municipality"]):
    @alters_data
    def bulk_create(
        self, objs: Iterable["Municipality"], *args: Any, **kwargs: Any
    ) -> list["Municipality"]:
        places = list(objs)
        for place in places:
            place.name_key = place_names.name_key(place.name)
        return super().bulk_create(places, *args, **kwargs)

    def named_in(self, text: str | None) -> "Municipality | None":
        """Return the one place that `text` names; None if it names none, or several.

        One query by index. `Herzberg` names three places, `Stadt Herzberg (Elster)` one.
        """
        possible = place_names.phrases(text or "")
        if not possible:
            return None
        named = place_names.places_named(text or "", self.filter(name_key__in=possible))
        return named.pop() if len(named) == 1 else None

    def proposed_for(self, texts: Iterable[str]) -> "dict[str, list[Municipality]]":
        """Return the places that each of `texts` may mean, the likeliest first; one query.

        First those that had a talk, then the larger ones. Where a Land is named, only its own.
        """
        wanted = set(texts)
        keys = {phrase for text in wanted for phrase in place_names.phrases(text)}
        had_no_talk = models.Case(models.When(talks_held=0, then=1), default=0)
        possible = (
            self.filter(name_key__in=keys)
            .alias(talks_held=models.Count("talks"))
            .order_by(had_no_talk, LARGER_FIRST, "name", "land", "pk")
        )
        places = list(possible)
        return {text: _those_meant(text, places) for text in wanted}

    def with_words(self, text: str) -> Self:
        """Keep places whose names have every word of `text` in them, the exact name first.

        After the first word a Land may be meant. Of others the larger comes first.
        """
        words = place_names.words(text)
        found = self if words else self.none()
        for place, word in enumerate(words):
            has_word = Q(name_key__contains=word) | Q(name__icontains=word)
            found = found.filter(has_word | Q(land__icontains=word) if place else has_word)
        is_exact = models.Case(models.When(name_key=" ".join(words), then=0), default=1)
        return found.order_by(is_exact, LARGER_FIRST, "name", "pk")


def _those_meant(text: str, places: "list[Municipality]") -> "list[Municipality]":
    """Return those of `places` that `text` names, in their order."""
    named = place_names.places_named(text, places)
    asked = f" {place_names.full_key(text)} "
    in_land = {place for place in named if f" {place_names.full_key(place.land)} " in asked}
    return [place for place in places if place in (in_land or named)]


MunicipalityManager = models.Manager.from_queryset(MunicipalityQuerySet)


class Municipality(RevisionedModel):
    """A town or municipality of Germany."""

    geonames_id = models.PositiveBigIntegerField(
        "GeoNames-Nummer", unique=True, null=True, blank=True
    )
    name = LineField("Name", max_length=120)
    # What places of the same name have in common (`placenames.name_key`); `save` writes it.
    name_key = models.CharField(max_length=240, editable=False, default="")
    # Empty only where an older version had stored something that is no Land: a task on the desk.
    land = models.CharField("Land", max_length=40, choices=Land)
    population = models.PositiveIntegerField("Einwohnerzahl", null=True, blank=True)
    latitude = models.FloatField(
        "Breitengrad",
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.FloatField(
        "Längengrad",
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    objects = MunicipalityManager()  # type: ignore[misc]  # Django lets a model replace its base's manager

    if TYPE_CHECKING:
        talks: RelatedManager[Talk]

    # What the archive's search finds a talk by (events/models/search.py).
    SEARCHED = frozenset({"name", "land"})
    TO_TALK = "talks"

    class Meta:
        verbose_name = "Ort"
        verbose_name_plural = "Orte"
        ordering = ["name", "land"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(land__in=["", *Land.values]), name="municipality_land"
            )
        ]
        indexes = [
            models.Index(fields=["name", "land"], name="municipality_name"),
            models.Index(fields=["name_key"], name="municipality_name_key"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.land})" if self.land else self.name

    @property
    def text_with_inhabitants(self) -> str:
        """Tell it from others of its name: `Herzberg (Elster) (Brandenburg), 11.033 Einwohner`."""
        if self.population is None:
            return f"{self}, Einwohnerzahl unbekannt"
        inhabitants = f"{self.population:,}".replace(",", ".")
        return f"{self}, {inhabitants} Einwohner"

    @property
    def may_be_stadt(self) -> bool:
        return (self.population or 0) >= FEWEST_OF_A_STADT

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        tidy(self)
        self.name_key = place_names.name_key(self.name)
        if update_fields is not None:
            update_fields = {*update_fields, "name_key"}
        super().save(update_fields=update_fields, **kwargs)
