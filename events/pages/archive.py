"""The archive: its filters with the number of talks behind each choice, and one page of talks."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from events.models.municipality import TOWN_SIZES
from events.slugs import german_slug

if TYPE_CHECKING:
    from events.models import Talk
    from events.models.talk_queries import TalkQuerySet

PAGE_SIZE = 12
MAX_QUERY = 120


@dataclass(frozen=True)
class FilterChoice:
    """One choice of a filter: its value in the address, its label, and how many talks it finds."""

    value: str
    label: str
    number: int


@dataclass(frozen=True)
class ArchiveFilter:
    """One way to narrow the archive; `choices` are those that find a talk."""

    name: str
    label: str
    everything: str
    choices: list[FilterChoice]

    def choice(self, value: str) -> FilterChoice | None:
        return next((choice for choice in self.choices if choice.value == value), None)


def counted_filters(talks: "TalkQuerySet") -> list[ArchiveFilter]:
    """Return all filters, with the number of `talks` behind each choice; two queries."""
    lands: Counter[str] = Counter()
    years: Counter[int] = Counter()
    sizes: Counter[str] = Counter()
    for land, size, year, number in talks.choices_by_town_and_year():
        years[year] += number
        if land:
            lands[land] += number
        if size:
            sizes[size] += number
    land_choices = [FilterChoice(german_slug(land), land, lands[land]) for land in sorted(lands)]
    year_choices = [
        FilterChoice(str(year), str(year), years[year]) for year in sorted(years, reverse=True)
    ]
    size_choices = [
        FilterChoice(size, TOWN_SIZES[size][0], sizes[size]) for size in TOWN_SIZES if sizes[size]
    ]
    return [
        ArchiveFilter("thema", "Thema", "alle Themen", topic_choices(talks)),
        ArchiveFilter("land", "Land", "alle Länder", land_choices),
        ArchiveFilter("jahr", "Jahr", "alle Jahre", year_choices),
        ArchiveFilter("groesse", "Größe des Ortes", "alle Größen", size_choices),
    ]


def topic_choices(talks: "TalkQuerySet") -> list[FilterChoice]:
    return [FilterChoice(slug, name, number) for name, slug, number in talks.choices_by_topic()]


@dataclass(frozen=True)
class ArchiveSelection:
    """What a reader asked of the archive; what is unknown counts as not asked."""

    filters: list[ArchiveFilter]
    query: str = ""
    chosen: dict[str, FilterChoice] = field(default_factory=dict)
    # (starts_at, pk) of the last talk on the page before.
    after: tuple[datetime, int] | None = None

    NAMES = frozenset({"q", "thema", "land", "jahr", "groesse"})

    @classmethod
    def from_parameters(cls, parameters: QueryDict, filters: list[ArchiveFilter]) -> Self:
        chosen = {f.name: f.choice(parameters.get(f.name, "")) for f in filters}
        query = " ".join(parameters.get("q", "")[:MAX_QUERY].split())
        return cls(
            filters,
            query,
            {name: choice for name, choice in chosen.items() if choice},
            place_from(parameters.get("vor", "")),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.chosen)

    @property
    def is_empty_archive(self) -> bool:
        """Whether the archive holds no talk: every talk has a year to choose."""
        return not any(f.choices for f in self.filters)

    @property
    def with_values(self) -> list[tuple[ArchiveFilter, str]]:
        """Return each filter with the value chosen in it, or ""."""
        return [
            (f, self.chosen[f.name].value if f.name in self.chosen else "") for f in self.filters
        ]

    @property
    def without_one(self) -> list[tuple[str, str]]:
        """Return for each choice the address of the selection without it, and its label."""
        return [(self.url(**{name: ""}), choice.label) for name, choice in self.chosen.items()]

    @property
    def topics(self) -> list[FilterChoice]:
        return self.filters[0].choices

    def talks(self, talks: "TalkQuerySet") -> "TalkQuerySet":
        """Narrow `talks` to what the reader asked for, after the talk of the page before."""
        found = talks.archived().matching(self.query)
        if topic := self.chosen.get("thema"):
            found = found.on_topic(topic.value)
        if land := self.chosen.get("land"):
            found = found.filter(municipality__land=land.label)
        if year := self.chosen.get("jahr"):
            found = found.in_year(int(year.value))
        if size := self.chosen.get("groesse"):
            found = found.in_town_of_size(size.value)
        return found.older_than(*self.after) if self.after else found

    def url(self, **changes: str) -> str:
        """Return the address of this selection with these changes; it has no empty parameter."""
        asked = {name: choice.value for name, choice in self.chosen.items()}
        parts = {"q": self.query} | asked | changes
        query = urlencode({k: v for k, v in parts.items() if v}, safe=":")
        return reverse("events:archive") + (f"?{query}" if query else "")

    @property
    def words(self) -> str:
        """Return the selection as the page's title says it: `„Markt“, Klima, Hessen`."""
        query = [f"„{self.query}“"] if self.query else []
        return ", ".join([*query, *(choice.label for choice in self.chosen.values())])


def place_of(talk: "Talk") -> str:
    """Return how an address names the talk's place in the archive: beginning in UTC, and key."""
    return f"{talk.starts_at.astimezone(UTC).replace(tzinfo=None).isoformat()}_{talk.pk}"


def place_from(text: str) -> tuple[datetime, int] | None:
    """Return the (starts_at, pk) that `place_of` wrote; None for anything else."""
    found = re.fullmatch(r"([-\d]{10}T[:.\d]{8,15})_(\d{1,18})", text, re.ASCII)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC), int(found[2])
    except ValueError:
        return None


@dataclass(frozen=True)
class ArchivePage:
    """One page of the archive; `next_url` is "" on the last one."""

    selection: ArchiveSelection
    talks: "list[Talk]"
    next_url: str

    @classmethod
    def of(cls, selection: ArchiveSelection, talks: "TalkQuerySet") -> Self:
        found = list(selection.talks(talks)[: PAGE_SIZE + 1])
        shown = found[:PAGE_SIZE]
        has_more = len(found) > PAGE_SIZE
        return cls(selection, shown, selection.url(vor=place_of(shown[-1])) if has_more else "")

    @property
    def number_text(self) -> str:
        """`1 Talk`, `7 Talks` or `Mehr als 12 Talks`: talks of further pages are not counted."""
        if self.next_url:
            return f"Mehr als {PAGE_SIZE} Talks"
        return "1 Talk" if len(self.talks) == 1 else f"{len(self.talks)} Talks"
