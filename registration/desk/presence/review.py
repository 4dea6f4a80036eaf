"""What is shown between reading and confirming: every line of the report in its section."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from events.models import Talk
from registration.desk.presence.forms import LineForm, People
from registration.desk.presence.names import Directory, Match, find_rows
from registration.desk.presence.reading import length_of
from registration.desk.presence.stays import TimePresent, spans_in, together
from registration.models import Registration, ReportLine

PER_PAGE = 50


class ReportSection(NamedTuple):
    """One kind of lines: its title, what becomes of them, and what stands beside each."""

    title: str
    anchor: str
    says: str
    column: str = ""
    tells_kind: bool = False


class Count(NamedTuple):
    """How many people a section has, how many lines are about them, and where it begins."""

    section: ReportSection
    people: int
    lines: int
    page: int


class KnownBefore(NamedTuple):
    """How many have minutes of another report: told anew by this one, and not told by it."""

    anew: int
    others: int


PROPOSED = ReportSection(
    "Vorschlag",
    "vorschlag",
    "Wählen Sie, zu wem die Zeile gehört. Was offen bleibt, zählt als Gast.",
    "Zu wem es gehört",
)
UNKNOWN = ReportSection(
    "Nicht gefunden",
    "nicht-gefunden",
    "Diese Personen zählen als Gäste. Wissen Sie, wer es ist, tragen Sie Namen oder Adresse ein.",
    "Zu wem es gehört",
)
MATCHED = ReportSection(
    "Zugeordnet",
    "zugeordnet",
    "Bei diesen Personen werden die Minuten vermerkt.",
    "Angemeldet als",
)
HOSTS = ReportSection(
    "Gastgeber und Vortragende",
    "gastgeber",
    "Sie zählen nicht als Gäste und bekommen keine Minuten.",
)
LEFT_OUT = ReportSection(
    "Nicht gezählt",
    "nicht-gezaehlt",
    "Nur im Warteraum, nur vor oder nach dem Talk im Raum, oder ohne Angabe der Zeit.",
    "Grund",
    tells_kind=True,
)
SECTIONS = [PROPOSED, UNKNOWN, MATCHED, HOSTS, LEFT_OUT]


@dataclass
class Item:
    """One line on the page, with its form where there is something to choose."""

    match: Match
    section: ReportSection
    form: LineForm | None = None

    @property
    def asks_for_others(self) -> bool:
        """Whether somebody who is not proposed can be named: only where nobody else is."""
        return self.form is not None and self.section is UNKNOWN

    @property
    def field_id(self) -> str:
        """Where an error is put right."""
        if self.form is None:
            return ""
        return self.form["person" if self.asks_for_others else "choice"].id_for_label


@dataclass
class Review:
    """All lines of what was read of a talk, in sections."""

    talk: Talk
    matches: list[Match]
    rows: list[Registration]
    of: dict[ReportSection, list[Match]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.of = {section: [] for section in SECTIONS}
        for match in self.matches:
            self.of[section_of(match)].append(match)

    @classmethod
    def of_talk(cls, talk: Talk) -> "Review":
        """Fetch the lines and find whose they are, in two queries."""
        rows = list(Registration.objects.in_talk(talk).confirmed().named().order_by("name", "pk"))
        lines = list(ReportLine.objects.current(talk))
        people = [line for line in lines if line.kind == ReportLine.Kind.PERSON]
        others = [Match(line) for line in lines if line.kind != ReportLine.Kind.PERSON]
        matches = find_rows(people, Directory(rows))
        know_again(matches, length_of(talk))
        return cls(talk, [*matches, *others], rows)

    @property
    def first(self) -> ReportLine:
        return self.matches[0].line

    @property
    def counted(self) -> list[Count]:
        counts, before = [], 0
        for section, matches in self.of.items():
            page = before // PER_PAGE + 1
            counts.append(Count(section, people_of(matches), lines_of(matches), page))
            before += len(matches)
        return counts

    @property
    def people(self) -> int:
        return people_of(self.matches)

    @property
    def stamp(self) -> str:
        """Which reading this is: a form about another one decides nothing."""
        return self.matches[0].line.read_at.isoformat() if self.matches else ""

    @property
    def lines(self) -> int:
        """How many lines the report has."""
        return lines_of(self.matches)

    @property
    def guests(self) -> int:
        return len(self.of[PROPOSED]) + len(self.of[UNKNOWN])

    @property
    def still_open(self) -> int:
        return len(self.of[PROPOSED])

    @cached_property
    def minutes(self) -> dict[int, int]:
        """How many minutes each registration gets, by its key."""
        parts = parts_by_row(self.of[MATCHED])
        length = length_of(self.talk)
        return {pk: together(found, length).minutes for pk, found in parts.items()}

    @cached_property
    def known_before(self) -> KnownBefore:
        known = {row.pk for row in self.rows if row.minutes_present is not None}
        return KnownBefore(len(known & self.minutes.keys()), len(known - self.minutes.keys()))

    def page(self, number: str | None) -> Page:
        """Return one page of items, what is to decide first."""
        items = [Item(match, section) for section, found in self.of.items() for match in found]
        return Paginator(items, PER_PAGE).get_page(number)


def section_of(match: Match) -> ReportSection:
    kind = match.line.kind
    if kind != ReportLine.Kind.PERSON:
        return HOSTS if kind == ReportLine.Kind.HOST else LEFT_OUT
    if match.row:
        return MATCHED
    return PROPOSED if match.proposals and not match.line.is_guest else UNKNOWN


def know_again(matches: Iterable[Match], length: int) -> None:
    """Find who was chosen for a line in an earlier reading: the minutes noted are just these.

    Of those proposed only, if it is one, and no other line may be theirs as well. `length` is the
    talk's, in seconds.
    """
    parts = parts_by_row(matches)
    lines_of_row: defaultdict[int, list[Match]] = defaultdict(list)
    rows_of_line: defaultdict[int, list[Registration]] = defaultdict(list)
    for match in matches:
        for row in [] if match.row or match.line.is_guest else match.proposals:
            before = together(parts[row.pk], length).minutes if row.pk in parts else None
            with_line = together([*parts.get(row.pk, []), presence_of(match.line)], length).minutes
            if row.minutes_present == with_line != before:
                lines_of_row[row.pk].append(match)
                rows_of_line[match.line.pk].append(row)
    for found in lines_of_row.values():
        match = found[0]
        if len(found) == len(rows_of_line[match.line.pk]) == 1:
            match.found, match.is_known_before = rows_of_line[match.line.pk][0], True


def parts_by_row(matches: Iterable[Match]) -> dict[int, list[TimePresent]]:
    """Return what the lines tell of each registration that is found, by its key."""
    parts: defaultdict[int, list[TimePresent]] = defaultdict(list)
    for match in matches:
        if match.row:
            parts[match.row.pk].append(presence_of(match.line))
    return dict(parts)


def people_of(matches: Iterable[Match]) -> int:
    return sum(1 for match in matches if match.line.names_somebody)


def lines_of(matches: Iterable[Match]) -> int:
    return sum(match.line.number for match in matches)


def forms_on(items: Iterable[Item], people: People, sent: Mapping[str, LineForm]) -> None:
    """Give each line of the page that is not certain its form, as it was sent if it was."""
    for item in items:
        if is_to_choose(item.match):
            key = str(item.match.line.pk)
            item.form = sent.get(key) or LineForm(None, item.match, people)


def forms_sent(data: QueryDict, review: Review, people: People) -> list[LineForm]:
    """Return the forms of the lines that were sent, as far as they are still here."""
    sent = {name.partition("-")[0] for name in data}
    return [
        LineForm(data, match, people)
        for match in review.matches
        if str(match.line.pk) in sent and is_to_choose(match)
    ]


def is_to_choose(match: Match) -> bool:
    return match.line.kind == ReportLine.Kind.PERSON and not match.is_by_address


def presence_of(line: ReportLine) -> TimePresent:
    return TimePresent(spans_in(line.spans), line.seconds)
