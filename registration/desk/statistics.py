"""What the series has reached, in numbers: counted by the database, from anonymous rows too.

Counts are of registrations, not of persons: who is anonymous cannot be told from another.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

from django.utils import timezone

from events.dates import NBSP
from events.models.municipality import TOWN_SIZES

# Fewer people than this from one town are not counted out: they could be recognised.
FEWEST = 5
# More towns of a year than this are listed in the funder's file alone.
MOST_LISTED = 300
UNKNOWN_SIZE = "Einwohnerzahl unbekannt"


@dataclass(frozen=True)
class Attendance:
    """How many of those with a seat came; None where nobody noted it."""

    confirmed: int
    joined: int

    @property
    def rate(self) -> float | None:
        return self.joined / self.confirmed if self.joined else None

    @property
    def rate_text(self) -> str:
        return (
            "nicht erfasst" if self.rate is None else f"{self.rate:.0%}".replace("%", f"{NBSP}%")
        )


@dataclass(frozen=True)
class TalkFigures:
    """One talk in numbers."""

    talk: object
    signed_up: int = 0
    confirmed: int = 0
    joined: int = 0

    @property
    def attendance(self) -> Attendance:
        return Attendance(self.confirmed, self.joined)


@dataclass(frozen=True)
class TownFigures:
    """One town in one year."""

    name: str
    land: str
    population: int | None
    people: int

    @property
    def size(self) -> str:
        """The size class by which the archive narrows, too."""
        classes = TOWN_SIZES.values() if self.population is not None else ()
        found = (label for label, least, below in classes if least <= self.population < below)
        return next(found, UNKNOWN_SIZE)

    @property
    def people_shown(self) -> int | str:
        """The number that others may read."""
        return self.people if self.people >= FEWEST else f"<{NBSP}{FEWEST}"


@dataclass(frozen=True)
class YearFigures:
    """The talks of one year that took place, and the towns that they reached."""

    year: int
    talks: list[TalkFigures]
    towns: list[TownFigures]

    @property
    def signed_up(self) -> int:
        return sum(figures.signed_up for figures in self.talks)

    @property
    def confirmed(self) -> int:
        return sum(figures.confirmed for figures in self.talks)

    @property
    def attendance(self) -> Attendance:
        """Of the talks alone for which it was noted who came."""
        noted = [figures for figures in self.talks if figures.joined]
        return Attendance(
            sum(figures.confirmed for figures in noted), sum(figures.joined for figures in noted)
        )

    @property
    def listed_towns(self) -> list[TownFigures]:
        """What a page can show without becoming endless."""
        return self.towns if len(self.towns) <= MOST_LISTED else []

    @cached_property
    def laender(self) -> dict[str, int]:
        """How many towns of each Land; people are not added up, that would undo `< 5`."""
        lands = sorted(town.land for town in self.towns)
        return {land: len(list(towns)) for land, towns in groupby(lands)}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many towns of each size class, the smallest first."""
        labels = [*(label for label, _, _ in TOWN_SIZES.values()), UNKNOWN_SIZE]
        found = [town.size for town in self.towns]
        return {label: found.count(label) for label in labels if label in found}


def talk_figures(talks, registrations) -> list[TalkFigures]:
    """Return the numbers of each of `talks`; two queries."""
    counts = {talk: numbers for talk, *numbers in registrations.in_talks(talks).counts_by_talk()}
    return [TalkFigures(talk, *counts.get(talk.pk, ())) for talk in talks]


def year_figures(talks, registrations) -> list[YearFigures]:
    """Return the years of `talks`, the newest first; three queries."""
    of_talks = talk_figures(talks, registrations)
    towns = {}
    for year, *town in registrations.in_talks(talks).counts_by_year_and_town():
        towns.setdefault(year, []).append(TownFigures(*town))
    by_year = {}
    for figures in of_talks:
        by_year.setdefault(figures.talk.local_starts_at.year, []).append(figures)
    return [
        YearFigures(year, by_year[year], sorted(towns.get(year, []), key=by_land_and_name))
        for year in sorted(by_year, reverse=True)
    ]


def by_land_and_name(town: TownFigures):
    return town.land, town.name, town.population or 0


@dataclass(frozen=True)
class Day:
    """What happened on one day, and how many stood on the list at its end."""

    day: date
    new: int
    left: int
    standing: int


def days(registrations) -> list[Day]:
    """Return the days on which something happened, the first one first; two queries."""
    new = dict(registrations.sign_ups_by_day())
    left = dict(registrations.cancellations_by_day())
    result, standing = [], 0
    for day in sorted({*new, *left}):
        standing += new.get(day, 0) - left.get(day, 0)
        result.append(Day(day, new.get(day, 0), left.get(day, 0), standing))
    return result


def shown_days(talk, happened: list[Day]) -> tuple[date, date, date]:
    """Return the first day of a curve, the last day of which it knows, and the last one shown."""
    begins = happened[0].day
    takes_place = talk.local_starts_at.date()
    known = max(happened[-1].day, min(timezone.localdate(), takes_place))
    return begins, known, max(known, takes_place, begins + timedelta(days=1))
