"""The towns that people with a seat came from, and what may be told of each one's number."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Self

from events.models import Municipality
from events.models.municipality import TOWN_SIZES
from registration.desk.figures.small_numbers import SmallNumbers

UNKNOWN_LAND = "Land nicht eingetragen"
UNKNOWN_SIZE = "Einwohnerzahl unbekannt"
# The funder's small towns have fewer inhabitants.
LARGE_FROM = 20_000


@dataclass(frozen=True)
class ReachedTown:
    """One town, and the number of its people as it may be told."""

    town: Municipality
    people: int | str

    @property
    def land(self) -> str:
        return self.town.land or UNKNOWN_LAND

    @property
    def size(self) -> str:
        """The size class, one of those by which the archive can be narrowed."""
        population = self.town.population
        if population is None:
            return UNKNOWN_SIZE
        for label, least, below in TOWN_SIZES.values():
            if least <= population < below:
                return label
        return UNKNOWN_SIZE

    @property
    def is_small(self) -> bool:
        return self.town.population is not None and self.town.population < LARGE_FROM


@dataclass(frozen=True)
class ReachedTowns:
    """All of them, by Land and name; what has no Land stands last."""

    towns: list[ReachedTown]
    small_numbers: SmallNumbers

    @classmethod
    def of(cls, people: Mapping[int | None, int], register: Mapping[int, Municipality]) -> Self:
        """Return what `people`, the numbers by the key of the town (None: unknown), reach."""
        known = {key: number for key, number in people.items() if key is not None}
        numbers = SmallNumbers(list(known.values()), people.get(None, 0))
        towns = [ReachedTown(register[key], numbers.shown(known[key])) for key in known]
        return cls(sorted(towns, key=by_land_and_name), numbers)

    @property
    def named(self) -> list[ReachedTown]:
        """The towns, where they may be named."""
        return [] if self.small_numbers.least is None else self.towns

    @property
    def small(self) -> int:
        """How many are small to the funder."""
        return sum(town.is_small for town in self.towns)

    @cached_property
    def laender(self) -> dict[str, list[ReachedTown]]:
        """The towns of each Land; sums of people would tell what is hidden."""
        by_land = groupby(self.towns, key=lambda town: town.land)
        return {land: list(towns) for land, towns in by_land}

    @property
    def known_laender(self) -> int:
        return len(self.laender.keys() - {UNKNOWN_LAND})

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The number of towns in each size class, the smallest class first."""
        labels = [*(label for label, _, _ in TOWN_SIZES.values()), UNKNOWN_SIZE]
        found = Counter(town.size for town in self.towns)
        return {label: found[label] for label in labels if found[label]}


def by_land_and_name(one: ReachedTown) -> tuple[bool, str, str, int]:
    return not one.town.land, one.town.land, one.town.name, one.town.pk
