"""`manage.py import_municipalities`: the register of municipalities, from GeoNames (CC BY 4.0)."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from events.models import Municipality

REGISTER = Path(__file__).resolve().parents[2] / "data" / "municipalities.csv"
# The columns that an import fills in where they are empty.
FACTS = ("geonames_id", "population", "latitude", "longitude")

# The towns of the real talks, by their GeoNames number, as the series writes them. GeoNames has
# three places called Herzberg and leaves out "(Elster)" and "(Altmark)".
TOWNS = {
    2856639: ("Osterburg (Altmark)", "Sachsen-Anhalt"),
    2834963: ("Schwarzenborn", "Hessen"),
    2875484: ("Luckenwalde", "Brandenburg"),
    2815823: ("Vrees", "Niedersachsen"),
    2913890: ("Gudensberg", "Hessen"),
    2905504: ("Herzberg (Elster)", "Brandenburg"),
}


class Command(BaseCommand):
    help = (
        "Füllt das Ortsverzeichnis aus events/data/municipalities.csv (GeoNames, CC BY 4.0). "
        "Legt an, was fehlt, ergänzt leere Angaben und überschreibt nichts."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        created, filled = import_register(list(read_register()))
        self.stdout.write(f"{created} Orte angelegt, {filled} ergänzt.")


def read_register() -> Iterator[Municipality]:
    """Yield an unsaved Municipality for every line of the register's file."""
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            number = int(row["geonames_id"])
            name, land = TOWNS.get(number, (row["name"], row["land"]))
            yield Municipality(
                geonames_id=number,
                name=name,
                land=land,
                population=int(row["population"]) if row["population"] else None,
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
            )


@transaction.atomic
def import_register(known: list[Municipality]) -> tuple[int, int]:
    """Create the rows of `known` that are missing, and complete those entered by hand.

    Returns how many were created and how many completed. A row entered by hand has no GeoNames
    number. It is recognised by its name and Land, if only one of `known` has both.
    """
    numbers = set(Municipality.objects.values_list("geonames_id", flat=True))
    missing = [municipality for municipality in known if municipality.geonames_id not in numbers]
    by_name: defaultdict[tuple[str, str], list[Municipality]] = defaultdict(list)
    for municipality in missing:
        by_name[municipality.name, municipality.land].append(municipality)
    by_hand = {(row.name, row.land): row for row in Municipality.objects.filter(geonames_id=None)}
    filled = []
    for key, row in by_hand.items():
        if len(by_name[key]) == 1:
            (found,) = by_name[key]
            missing.remove(found)
            fill_in(row, found)
            filled.append(row)
    if missing:
        Municipality.objects.bulk_create(missing, batch_size=500)
    if filled:
        Municipality.objects.bulk_update(filled, FACTS)
    return len(missing), len(filled)


def fill_in(row: Municipality, known: Municipality) -> None:
    """Take from `known` what `row` does not say."""
    row.geonames_id = known.geonames_id
    if row.population is None:
        row.population = known.population
    if row.latitude is None:
        row.latitude = known.latitude
    if row.longitude is None:
        row.longitude = known.longitude
