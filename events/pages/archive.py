"""„Alle Talks“: the filters with the number of talks behind each choice, and one page of talks."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypedDict, cast
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet, StringAgg, Subquery, Value
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from events.models import Material, Topic, search
from events.models.municipality import TOWN_SIZES, Land
from events.models.talk_queries import YEAR
from events.models.topic import TalkTopic
from events.slugs import german_slug

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from events.models import Talk
    from events.models.talk_queries import TalkQuerySet

PAGE_SIZE = 12
MAX_QUERY = 120
# With fewer talks a reader sees them all at a glance.
FILTERS_FROM = 12
PRACTICE = "Praxisprofil"


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
    # A box to tick, for its one choice; it asks for something that few talks have.
    is_box: bool = False

    def choice(self, value: str) -> FilterChoice | None:
        return next((choice for choice in self.choices if choice.value == value), None)


def counted_filters(talks: "TalkQuerySet") -> list[ArchiveFilter]:
    """Return all filters, with the number of `talks` behind each choice; two queries."""
    lands: Counter[str] = Counter()
    years: Counter[int] = Counter()
    sizes: Counter[str] = Counter()
    profiles = 0
    for land, size, year, number, with_profile in talks.choices_by_town_and_year():
        years[year] += number
        profiles += with_profile
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
    practice_choices = [FilterChoice("1", PRACTICE, profiles)] if profiles else []
    return [
        ArchiveFilter("thema", "Thema", "alle Themen", topic_choices(talks)),
        ArchiveFilter("land", "Land", "alle Länder", land_choices),
        ArchiveFilter("jahr", "Jahr", "alle Jahre", year_choices),
        ArchiveFilter("groesse", "Größe des Ortes", "alle Größen", size_choices),
        ArchiveFilter("praxis", "nur mit Praxisprofil", "", practice_choices, is_box=True),
    ]


def topic_choices(talks: "TalkQuerySet") -> list[FilterChoice]:
    return [FilterChoice(slug, name, number) for name, slug, number in talks.choices_by_topic()]


def choice_without_talks(name: str, value: str) -> FilterChoice:
    """Return what an address asks for that finds no talk; raises Http404 for what is unknown."""
    if name == "thema":
        return FilterChoice(value, get_object_or_404(Topic, slug=value).name, 0)
    known = {
        "land": {german_slug(land): str(land) for land in Land.values},
        "jahr": {value: value} if re.fullmatch(YEAR, value) else {},
        "groesse": {size: label for size, (label, _, _) in TOWN_SIZES.items()},
        "praxis": {"1": PRACTICE},
    }
    if value not in known[name]:
        raise Http404
    return FilterChoice(value, known[name][value], 0)


@dataclass(frozen=True)
class ArchiveSelection:
    """What a reader asked of the list of all talks."""

    filters: list[ArchiveFilter]
    query: str = ""
    chosen: dict[str, FilterChoice] = field(default_factory=dict)
    # (starts_at, pk) of the last talk on the page before.
    after: tuple[datetime, int] | None = None

    NAMES = frozenset({"q", "thema", "land", "jahr", "groesse", "praxis"})

    @classmethod
    def from_parameters(cls, parameters: QueryDict, filters: list[ArchiveFilter]) -> Self:
        """Read the parameters of an address; raises Http404 for a choice that nobody offers."""
        chosen = {
            f.name: f.choice(value) or choice_without_talks(f.name, value)
            for f in filters
            if (value := parameters.get(f.name, ""))
        }
        query = " ".join(parameters.get("q", "")[:MAX_QUERY].split())
        return cls(filters, query, chosen, place_from(parameters.get("vor", "")))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.chosen)

    @property
    def is_empty_archive(self) -> bool:
        return not self.number_of_talks

    @property
    def number_of_talks(self) -> int:
        """How many talks there are without any choice: each has a year to choose."""
        return sum(year.number for f in self.filters if f.name == "jahr" for year in f.choices)

    @property
    def shown_filters(self) -> list[tuple[ArchiveFilter, FilterChoice | None]]:
        """Return the filters to show, each with what is chosen in it.

        Where there are few talks these are the ones that the address uses. A box is there
        wherever it finds something.
        """
        shows_all = self.number_of_talks >= FILTERS_FROM
        return [
            (f, self.chosen.get(f.name))
            for f in self.filters
            if f.name in self.chosen or (f.choices if f.is_box else shows_all)
        ]

    @property
    def without_one(self) -> list[tuple[str, str]]:
        """Return each thing asked for, and the address of the selection without it."""
        asked = {"q": f"„{self.query}“"} if self.query else {}
        asked |= {name: choice.label for name, choice in self.chosen.items()}
        return [(self.url(**{name: ""}), label) for name, label in asked.items()]

    @property
    def topics(self) -> list[FilterChoice]:
        return self.filters[0].choices

    def narrowed(self, talks: "TalkQuerySet") -> "TalkQuerySet":
        """Narrow `talks` to what the reader asked for."""
        found = talks.matching(self.query)
        if topic := self.chosen.get("thema"):
            found = found.on_topic(topic.value)
        if land := self.chosen.get("land"):
            found = found.filter(municipality__land=land.label)
        if year := self.chosen.get("jahr"):
            found = found.in_year(int(year.value))
        if size := self.chosen.get("groesse"):
            found = found.in_town_of_size(size.value)
        if "praxis" in self.chosen:
            found = found.with_practice()
        return found

    def url(self, **changes: str) -> str:
        """Return the address of this selection with these changes; it has no empty parameter."""
        asked = {name: choice.value for name, choice in self.chosen.items()}
        parts = {"q": self.query} | asked | changes
        query = urlencode({k: v for k, v in parts.items() if v}, safe=":")
        return reverse("events:archive") + (f"?{query}" if query else "")

    @property
    def words(self) -> str:
        """Return the selection as the page's title says it: `„Markt“, Klima, Hessen`."""
        return self._words_of(self.chosen)

    @property
    def found_words(self) -> str:
        """Return what stands behind the number of talks: `zu „Markt“, Klima mit Praxisprofil`."""
        about = self._words_of(name for name in self.chosen if name != "praxis")
        said = [f"zu {about}"] if about else []
        return " ".join([*said, *(["mit Praxisprofil"] if "praxis" in self.chosen else [])])

    def _words_of(self, names: Iterable[str]) -> str:
        query = [f"„{self.query}“"] if self.query else []
        return ", ".join([*query, *(self.chosen[name].label for name in names)])


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


class Marks(TypedDict):
    """What the list of talks asks the database for beside a talk's own columns."""

    topic_slugs: str | None
    has_slides: bool
    has_papers: bool
    has_recording: bool


def with_marks(talks: "TalkQuerySet") -> "TalkQuerySet":
    """Add the marks of the list to `talks`, without a query more."""
    topics = TalkTopic.objects.filter(talk=OuterRef("pk")).order_by().values("talk")
    slugs = topics.annotate(slugs=StringAgg("topic__slug", Value(" "))).values("slugs")
    public = Material.objects.filter(talk=OuterRef("pk"), audience=Material.Audience.PUBLIC)
    papers = public.filter(recording="")
    return talks.with_practice_mark().annotate(
        topic_slugs=Subquery(slugs),
        has_slides=Exists(papers.filter(title__icontains="folien")),
        has_papers=Exists(papers.exclude(title__icontains="folien")),
        has_recording=Exists(public.exclude(recording="")),
    )


@dataclass(frozen=True)
class ListedTalk:
    """A talk as the list shows it, with its topics."""

    talk: "WithAnnotations[Talk, Marks]"
    topics: list[FilterChoice]

    @property
    def summary(self) -> str:
        return self.talk.text or self.talk.subtitle

    @property
    def extras(self) -> list[str]:
        """What there is to read and to watch for everybody: `Folien`, `Rückblick`."""
        extras = {
            "Folien": self.talk.has_slides,
            "Unterlagen": self.talk.has_papers,
            "Mitschnitt": self.talk.has_recording,
            "Rückblick": self.talk.is_past and self.talk.recap,
            PRACTICE: self.talk.has_practice,
        }
        return [extra for extra, is_there in extras.items() if is_there]


@dataclass(frozen=True)
class ArchivePage:
    """One page of the list: on the first all coming talks, then a part of the past.

    `next_url` is "" on the last one.
    """

    coming: list[ListedTalk]
    past: list[ListedTalk]
    next_url: str

    @classmethod
    def of(cls, selection: ArchiveSelection, talks: "TalkQuerySet") -> Self:
        asked = with_marks(talks.filter(pk__in=keys_of_page(selection, talks)).newest())
        found = [listed(selection, talk) for talk in asked.with_parts()]
        past = [entry for entry in found if not entry.talk.is_awaited]
        coming = [entry for entry in reversed(found) if entry.talk.is_awaited]
        next_url = ""
        if len(past) > PAGE_SIZE:
            del past[PAGE_SIZE:]
            next_url = selection.url(vor=place_of(past[-1].talk))
        return cls([e for e in coming if search.tells(e.talk, selection.query)], past, next_url)

    @property
    def is_empty(self) -> bool:
        return not (self.coming or self.past)

    @property
    def number_text(self) -> str:
        """`1 Talk`, `7 Talks` or `Mehr als 12 Talks`: talks of further pages are not counted."""
        number = len(self.coming) + len(self.past)
        if self.next_url:
            return f"Mehr als {number} Talks"
        return "1 Talk" if number == 1 else f"{number} Talks"


def keys_of_page(selection: ArchiveSelection, talks: "TalkQuerySet") -> "QuerySet[Talk, int]":
    """Ask for the keys of a page's talks, with one more of the past than the page shows.

    They are one query, which the query of the talks contains.
    """
    past = selection.narrowed(talks.archived())
    if selection.after:
        past = past.older_than(*selection.after)
    # SQLite cuts no part of a union, but a query inside a part.
    cut = past.values_list("pk", flat=True)[: PAGE_SIZE + 1]
    keys = talks.order_by().filter(pk__in=cut).values_list("pk", flat=True)
    if selection.after:
        return keys
    coming = selection.narrowed(talks.published().awaited()).order_by()
    return keys.union(coming.values_list("pk", flat=True), all=True)


def listed(selection: ArchiveSelection, talk: "Talk") -> ListedTalk:
    marked = cast("WithAnnotations[Talk, Marks]", talk)
    slugs = (marked.topic_slugs or "").split()
    return ListedTalk(marked, [topic for topic in selection.topics if topic.value in slugs])
