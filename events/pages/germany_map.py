"""The map of Germany: the outlines of the Länder, and where a town lies on them.

The outlines are those of the npm package `@svg-maps/germany` (CC BY 4.0), read from its own file.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from math import asinh, degrees, dist, radians, tan

from django.conf import settings
from PIL import ImageFont

from events.models import Municipality, Talk
from events.pages.town_sign import HEADINGS, fitting

FILE = settings.BASE_DIR / "static" / "vendor" / "svg-maps-germany-2.0.0" / "germany.svg"
WIDTH, HEIGHT = 586, 793
# The file names no projection. Mercator between the country's outermost points puts all but 22 of
# 11,870 places (GeoNames, 500 inhabitants and more) into their Land; those lie on its edge.
WEST, EAST, SOUTH, NORTH = 5.866944, 15.043611, 47.271667, 55.058889
LEFT, RIGHT, TOP, BOTTOM = 0.295, 585.245, 0.280, 792.280
# How far a drawn line may leave the outline, in the map's units, which are pixels where it is
# largest. What is finer cannot be seen, and would double the page.
FINEST = 1.6
# The room that a town's name takes beside its mark: height and size of its letters (site.css),
# distance from the mark.
LINE, LETTERS, GAP = 24, 20, 14
# Stands for the position of a town whose coordinates nobody has entered.
OFF_MAP = (-1.0, -1.0)

# What the colours of the Länder mean, from the palest.
SHADES = ("noch kein Ort", "1 Ort", "2 Orte", "3 Orte und mehr")

type Point = tuple[float, float]
# Left, top, right and bottom.
type Box = tuple[float, float, float, float]

LAENDER = {
    "bw": "Baden-Württemberg",
    "by": "Bayern",
    "be": "Berlin",
    "bb": "Brandenburg",
    "hb": "Bremen",
    "hh": "Hamburg",
    "he": "Hessen",
    "mv": "Mecklenburg-Vorpommern",
    "ni": "Niedersachsen",
    "nw": "Nordrhein-Westfalen",
    "rp": "Rheinland-Pfalz",
    "sl": "Saarland",
    "sn": "Sachsen",
    "st": "Sachsen-Anhalt",
    "sh": "Schleswig-Holstein",
    "th": "Thüringen",
}


def mercator(latitude: float) -> float:
    return degrees(asinh(tan(radians(latitude))))


def position(latitude: float, longitude: float) -> Point:
    """Return where a place stands on the map, in the units of its viewBox."""
    across = (longitude - WEST) / (EAST - WEST)
    down = (mercator(NORTH) - mercator(latitude)) / (mercator(NORTH) - mercator(SOUTH))
    return LEFT + across * (RIGHT - LEFT), TOP + down * (BOTTOM - TOP)


@cache
def outlines() -> dict[str, list[list[Point]]]:
    """Return the rings of points that surround each Land, by its German name."""
    found = re.findall(r'<path[^>]*?\sid="(\w\w)"[^>]*?\sd="([^"]*)"', FILE.read_text())
    return {LAENDER[key]: rings(path) for key, path in found}


def rings(path: str) -> list[list[Point]]:
    """Return the closed rings of an SVG path.

    The file's paths know two commands: `m` (relative, and the points after it are lines) and `z`.
    """
    result, x, y = [], 0.0, 0.0
    for part in re.findall(r"m([^mz]*)z", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", part)]
        ring = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        x, y = ring[0]
        result.append(ring)
    return result


@cache
def paths() -> dict[str, str]:
    """Return each Land's outline as a page draws it, without the points that cannot be seen."""
    return {land: "".join(map(drawn, land_rings)) for land, land_rings in outlines().items()}


def drawn(ring: list[Point]) -> str:
    """Return the ring as an SVG path; relative steps in whole units take fewest letters."""
    start = ring[0]
    half = max(range(len(ring)), key=lambda number: dist(start, ring[number]))
    kept = simplified(ring[: half + 1])[:-1] + simplified([*ring[half:], start])[:-1]
    points = [point for point, _ in groupby((round(x), round(y)) for x, y in kept)]
    if len(points) < 3:
        return ""
    steps = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(points)]
    # A minus separates two numbers as well as a space does.
    return "M{} {}l".format(*points[0]) + " ".join(steps).replace(" -", "-") + "z"


def simplified(line: list[Point]) -> list[Point]:
    """Return the line without the points that cannot be seen (Ramer, Douglas and Peucker)."""
    first, last = line[0], line[-1]
    if len(line) < 3:
        return line
    farthest = max(range(1, len(line) - 1), key=lambda number: off(line[number], first, last))
    if off(line[farthest], first, last) <= FINEST:
        return [first, last]
    return simplified(line[: farthest + 1])[:-1] + simplified(line[farthest:])


def off(point: Point, first: Point, last: Point) -> float:
    """Return how far the point lies from the line through `first` and `last`."""
    (x, y), (x1, y1), (x2, y2) = point, first, last
    if first == last:
        return dist(point, first)
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / dist(first, last)


@dataclass
class TownOnMap:
    """A town that has reported or is going to, with its talks, the newest first.

    `label` is the name beside its mark, empty where there is no room for it.
    """

    municipality: Municipality
    talks: list[Talk]
    label: str = ""
    is_label_left: bool = False

    @property
    def has_reported(self) -> bool:
        return any(talk.is_past for talk in self.talks)

    @property
    def position(self) -> Point:
        town = self.municipality
        if town.latitude is None or town.longitude is None:
            return OFF_MAP
        return position(town.latitude, town.longitude)

    @property
    def is_on_map(self) -> bool:
        x, y = self.position
        return 0 <= x <= WIDTH and 0 <= y <= HEIGHT

    @property
    def x(self) -> str:
        return f"{self.position[0]:.1f}"

    @property
    def y(self) -> str:
        return f"{self.position[1]:.1f}"

    @property
    def label_x(self) -> str:
        return f"{self.position[0] + (-GAP if self.is_label_left else GAP):.1f}"

    @property
    def box(self) -> Box:
        """The room of mark and name together."""
        x, y = self.position
        width = GAP + label_font().getlength(self.municipality.name)
        left, right = (width, GAP) if self.is_label_left else (GAP, width)
        return x - left, y - LINE / 2, x + right, y + LINE / 2


@dataclass
class LandOnMap:
    """A Land with its outline, empty if it is not on the map, and its towns."""

    name: str
    path: str
    towns: list[TownOnMap]

    @property
    def shade(self) -> int:
        """How much of a colour the Land gets: 0 (no town yet) to 3."""
        return min(len(self.towns), len(SHADES) - 1)

    @property
    def number_text(self) -> str:
        return "1 Ort" if len(self.towns) == 1 else f"{len(self.towns)} Orte"


def laender(talks: Iterable[Talk]) -> list[LandOnMap]:
    """Return all Länder in the order of their names, with the towns that `talks` come from.

    Towns whose Land nobody has entered come last.
    """
    of_town: defaultdict[Municipality, list[Talk]] = defaultdict(list)
    for talk in talks:
        if talk.municipality:
            of_town[talk.municipality].append(talk)
    towns = sorted((TownOnMap(town, its) for town, its in of_town.items()), key=by_land_and_name)
    label(towns)
    grouped = {
        land: list(its) for land, its in groupby(towns, key=lambda town: town.municipality.land)
    }
    outlines = sorted(paths().items())
    found = [LandOnMap(name, path, grouped.get(name, [])) for name, path in outlines]
    if without := grouped.get(""):
        found.append(LandOnMap("Land nicht eingetragen", "", without))
    return found


def legend(laender: Iterable[LandOnMap]) -> list[tuple[int, str]]:
    """Return the colours that the map uses, from the palest, and what each means."""
    return [(shade, SHADES[shade]) for shade in sorted({land.shade for land in laender})]


@cache
def label_font() -> ImageFont.FreeTypeFont:
    """Return the font of the towns' names, to measure them."""
    return fitting(HEADINGS, "", 650, LETTERS)


def by_land_and_name(town: TownOnMap) -> tuple[str, str, int]:
    return town.municipality.land, town.municipality.name, town.municipality.pk


def label(towns: Iterable[TownOnMap]) -> None:
    """Write the name beside each mark that has room for it, to the right or to the left.

    The list beside the map names all towns.
    """
    taken: list[Box] = []
    for town in (town for town in towns if town.is_on_map):
        for is_left in (False, True):
            town.is_label_left = is_left
            box = town.box
            is_inside = box[0] >= 0 if is_left else box[2] <= WIDTH
            if is_inside and not any(overlap(box, other) for other in taken):
                town.label = town.municipality.name
                taken.append(box)
                break


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
