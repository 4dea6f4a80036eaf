"""The archive: what a reader can choose by, how often each choice occurs, one page of talks."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.db.models import Case, Count, Value, When
from django.db.models.functions import ExtractYear
from django.urls import reverse

from events.models import search
from events.slugs import german_slug

PAGE_SIZE = 12
MAX_QUERY = 120
# Towns by inhabitants; from 5,000 to under 20,000 is what the Bundesinstitut für Bau-, Stadt- und
# Raumforschung calls a small town, smaller and larger from 10,000.
SIZES = {
    "unter-5000": ("unter 5.000 Einwohner", 0, 5_000),
    "5000-bis-10000": ("5.000 bis unter 10.000 Einwohner", 5_000, 10_000),
    "10000-bis-20000": ("10.000 bis unter 20.000 Einwohner", 10_000, 20_000),
    "ab-20000": ("20.000 Einwohner und mehr", 20_000, 2**31),
}


class ArchiveQuerySet:
    """Part of the talks' QuerySet: finding one's way among many."""

    def archived(self):
        """Keep what the archive shows: published talks that took place, the newest first."""
        return self.published().taking_place().past()

    def matching(self, query: str):
        """Keep talks that have a word beginning with each word of `query`."""
        asked = search.asked_words(query)
        return self.filter(search_text__beginnings=asked) if asked else self

    def on_topic(self, slug: str):
        return self.filter(topics__slug=slug)

    def in_land(self, land: str):
        return self.filter(municipality__land=land)

    def in_year(self, year: int):
        return self.filter(starts_at__year=year)

    def in_town_of_size(self, size: str):
        _, at_least, below = SIZES[size]
        return self.filter(
            municipality__population__gte=at_least, municipality__population__lt=below
        )

    def newest(self):
        return self.order_by("-starts_at", "-pk")

    def addresses(self):
        """Fetch no more than a list of addresses needs."""
        return self.only("slug", "updated_at")

    def headlines(self):
        """Fetch no more than a list of titles and dates needs."""
        return self.only("title", "slug", "status", "starts_at", "ends_at")

    def chosen_by(self, parameters):
        """Narrow by the theme and the year in an address; unknown ones find nothing."""
        found = self.on_topic(topic) if (topic := parameters.get("thema")) else self
        if not (year := parameters.get("jahr")):
            return found
        return found.in_year(int(year)) if re.fullmatch("20[0-9][0-9]", year) else found.none()

    def older_than(self, starts_at: datetime, pk: int):
        """Keep what follows the talk `pk` in the archive's order; the index finds the place."""
        return self.filter(starts_at__lte=starts_at).exclude(starts_at=starts_at, pk__gte=pk)

    def choices_by_town_and_year(self):
        """Return how many talks there are per Land, size of town and year: (…, …, …, number)."""
        size = Case(
            *(
                When(
                    municipality__population__gte=at_least,
                    municipality__population__lt=below,
                    then=Value(name),
                )
                for name, (_, at_least, below) in SIZES.items()
            )
        )
        rows = self.order_by().values_list("municipality__land", size, ExtractYear("starts_at"))
        return rows.annotate(number=Count("pk"))

    def choices_by_topic(self):
        """Return how many talks each topic has: (name, slug, number)."""
        by_topic = self.order_by("topics__name").filter(topics__isnull=False)
        return by_topic.values_list("topics__name", "topics__slug").annotate(number=Count("pk"))


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
    lands, sizes, years = {}, dict.fromkeys(SIZES, 0), {}
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
            [Choice(key, SIZES[key][0], sizes[key]) for key in SIZES if sizes[key]],
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
            "land": lambda choice: found.in_land(choice.label),
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
