"""The register of places: which there are, and which one a text names."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from events.models import place_names
from events.models.revision import RevisionedModel, RevisionedQuerySet


class MunicipalityQuerySet(RevisionedQuerySet):
    def without_number(self):
        """Keep places that were entered by hand and are not tied to GeoNames yet."""
        return self.filter(geonames_id=None)

    def bulk_create(self, objs, *args, **kwargs):
        places = list(objs)
        for place in places:
            place.name_key = place_names.name_key(place.name)
        return super().bulk_create(places, *args, **kwargs)

    bulk_create.alters_data = True

    def named_in(self, text: str):
        """Return the one place that `text` names; None if it names none, or several.

        One query by index. `Herzberg` names three places, `Stadt Herzberg (Elster)` one.
        """
        possible = place_names.phrases(text or "")
        if not possible:
            return None
        named = place_names.places_named(text, self.filter(name_key__in=possible))
        return named.pop() if len(named) == 1 else None


class Municipality(RevisionedModel):
    """A town or municipality of Germany."""

    geonames_id = models.PositiveBigIntegerField(
        "GeoNames-Nummer", unique=True, null=True, blank=True
    )
    name = models.CharField("Name", max_length=120)
    # What places of the same name have in common (`placenames.name_key`); `save` writes it.
    name_key = models.CharField(max_length=240, editable=False, default="")
    land = models.CharField("Land", max_length=40, help_text="Zum Beispiel „Hessen“.")
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

    objects = models.Manager.from_queryset(MunicipalityQuerySet)()

    # What the archive's search finds a talk by (events/models/search.py).
    SEARCHED = frozenset({"name", "land"})
    TO_TALK = "talks"

    class Meta:
        verbose_name = "Ort"
        verbose_name_plural = "Ortsverzeichnis"
        ordering = ["name", "land"]
        indexes = [
            models.Index(fields=["name", "land"], name="municipality_name"),
            models.Index(fields=["name_key"], name="municipality_name_key"),
        ]

    def __str__(self):
        return f"{self.name} ({self.land})"

    def save(self, *, update_fields=None, **kwargs):
        self.name_key = place_names.name_key(self.name)
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "name_key"}
        super().save(update_fields=update_fields, **kwargs)
