"""The archive: what a reader can choose by, how often each choice occurs, one page of talks."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.urls import reverse

from events.models import search
from events.models.municipality import TOWN_SIZES
from events.slugs import german_slug

PAGE_SIZE = 12
MAX_QUERY = 120


@dataclass(frozen=True)
class Choice:
    """One option of a filter: what the address says, what the reader sees, how many talks."""

    value: str
    label: str
    number: int


@dataclass(frozen=True)
class Filter:
    """One way to narrow the archive, with the options that occur in it."""

    name: str
    label: str
    everything: str
    choices: list[Choice]

    def choice(self, value: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.value == value), None)


def count(talks) -> list[Filter]:
    """Return the filters with how many of `talks` each choice finds; two queries."""
    lands, sizes, years = {}, dict.fromkeys(TOWN_SIZES, 0), {}
    for land, size, year, number in talks.choices_by_town_and_year():
        lands[land] = lands.get(land, 0) + number
        years[year] = years.get(year, 0) + number
        if size:
            sizes[size] += number
    return [
        Filter("thema", "Thema", "alle Themen", topic_choices(talks)),
        Filter(
            "land",
            "Land",
            "alle Länder",
            [Choice(german_slug(land), land, lands[land]) for land in sorted(filter(None, lands))],
        ),
        Filter(
            "jahr",
            "Jahr",
            "alle Jahre",
            [Choice(str(year), str(year), years[year]) for year in sorted(years, reverse=True)],
        ),
        Filter(
            "groesse",
            "Größe des Ortes",
            "alle Größen",
            [Choice(key, TOWN_SIZES[key][0], sizes[key]) for key in TOWN_SIZES if sizes[key]],
        ),
    ]


def topic_choices(talks) -> list[Choice]:
    return [Choice(slug, name, number) for name, slug, number in talks.choices_by_topic()]


@dataclass(frozen=True)
class Selection:
    """What a reader has asked of the archive; anything unknown counts as not asked."""

    filters: list[Filter]
    query: str = ""
    chosen: dict[str, Choice] = field(default_factory=dict)
    # (starts_at, pk) of the last talk of the page before.
    after: tuple[datetime, int] | None = None

    NAMES = frozenset({"q", "thema", "land", "jahr", "groesse"})

    @classmethod
    def from_parameters(cls, parameters, filters: list[Filter]):
        chosen = {f.name: f.choice(parameters.get(f.name, "")) for f in filters}
        query = " ".join(parameters.get("q", "")[:MAX_QUERY].split())
        return cls(
            filters,
            query if search.words(query) else "",
            {name: choice for name, choice in chosen.items() if choice},
            place_from(parameters.get("vor", "")),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.chosen)

    @property
    def is_empty_archive(self) -> bool:
        """Whether there is nothing to choose from; every talk has a year."""
        return not any(f.choices for f in self.filters)

    @property
    def with_values(self) -> list[tuple[Filter, str]]:
        """Return each filter with the value chosen in it."""
        return [
            (f, self.chosen[f.name].value if f.name in self.chosen else "") for f in self.filters
        ]

    @property
    def without_one(self) -> list[tuple[str, str]]:
        """Return (address, label) of the selections that leave out one choice."""
        return [(self.url(**{name: ""}), choice.label) for name, choice in self.chosen.items()]

    @property
    def topics(self) -> list[Choice]:
        return self.filters[0].choices

    def talks(self, talks):
        """Return what was asked for of `talks`, from the place reached."""
        found = talks.archived().matching(self.query)
        narrow = {
            "thema": lambda choice: found.on_topic(choice.value),
            "land": lambda choice: found.filter(municipality__land=choice.label),
            "jahr": lambda choice: found.in_year(int(choice.value)),
            "groesse": lambda choice: found.in_town_of_size(choice.value),
        }
        for name, choice in self.chosen.items():
            found = narrow[name](choice)
        return found.older_than(*self.after) if self.after else found

    def url(self, **changes) -> str:
        """Return the address of this selection; it names only what was asked for."""
        asked = {name: choice.value for name, choice in self.chosen.items()}
        parts = {"q": self.query} | asked | changes
        query = urlencode({k: v for k, v in parts.items() if v}, safe=":")
        return reverse("events:archive") + (f"?{query}" if query else "")

    @property
    def words(self) -> str:
        """Return what was asked for, as the page's title says it: `„Markt“, Klima, Hessen`."""
        query = [f"„{self.query}“"] if self.query else []
        return ", ".join([*query, *(choice.label for choice in self.chosen.values())])


def place_of(talk) -> str:
    """Return how an address names the talk's place in the archive."""
    return f"{talk.starts_at.astimezone(UTC).replace(tzinfo=None).isoformat()}_{talk.pk}"


def place_from(text: str) -> tuple[datetime, int] | None:
    """Return the place that `place_of` wrote; None for anything else."""
    found = re.fullmatch(r"([-\d]{10}T[:.\d]{8,15})_(\d{1,18})", text, re.ASCII)
    try:
        return (datetime.fromisoformat(found[1]).replace(tzinfo=UTC), int(found[2]))
    except (TypeError, ValueError):
        return None


@dataclass(frozen=True)
class Page:
    """One page of the archive."""

    selection: Selection
    talks: list
    next_url: str

    @classmethod
    def of(cls, selection: Selection, talks):
        found = list(selection.talks(talks)[: PAGE_SIZE + 1])
        shown = found[:PAGE_SIZE]
        has_more = len(found) > PAGE_SIZE
        return cls(selection, shown, selection.url(vor=place_of(shown[-1])) if has_more else "")

    @property
    def number_text(self) -> str:
        """`1 Talk`, `7 Talks`, or `Mehr als 12 Talks`: no page counts further than it shows."""
        if self.next_url:
            return f"Mehr als {PAGE_SIZE} Talks"
        return "1 Talk" if len(self.talks) == 1 else f"{len(self.talks)} Talks"
