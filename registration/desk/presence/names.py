"""Which registration a line of a report belongs to: by address, else by a name that only one has.

Titles, umlauts, `Nachname, Vorname` and what stands behind `|`, `/`, ` - ` or in brackets do not
matter. Nothing is guessed between two; what is only like a name is proposed to an organiser.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from registration.models import Registration, ReportLine
from registration.models.addresses import email_key
from registration.models.after_the_talk.report_line import name_words

MOST_PROPOSED = 5
# A word that more people bear tells nothing; and no more of who shares one are looked at.
TOO_COMMON, LOOKED_AT = 50, 20
# From here on two names may be one with a slip.
LIKE = 0.85
BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
SEPARATORS = re.compile(r"\s*[|/•·]\s*|\s+[-–—]\s+|\s+@\s*")

Words = tuple[str, ...]


@dataclass
class Match:
    """A line of a report: whose it is, or whose it may be."""

    line: ReportLine
    # Whom its address or its name alone tells; by the address, nobody needs to look at it.
    found: Registration | None = None
    is_by_address: bool = False
    # Somebody proposed, whose minutes tell that an organiser chose them in an earlier reading.
    is_known_before: bool = False
    proposals: list[Registration] = field(default_factory=list)
    # Whom an organiser has chosen.
    chosen: Registration | None = None

    @property
    def row(self) -> Registration | None:
        """Whose line it is; an organiser's decision counts more than what was found."""
        return self.chosen or (None if self.line.is_guest else self.found)

    @property
    def is_by_name(self) -> bool:
        """Whether its name, and at most an earlier reading, tells whose it is; nobody says no."""
        return self.row is not None and not (self.is_by_address or self.chosen)

    @property
    def offered(self) -> list[Registration]:
        """Whom an organiser can choose."""
        first = [row for row in (self.chosen, self.found) if row]
        return list(dict.fromkeys([*first, *self.proposals]))[:MOST_PROPOSED]


class Directory:
    """The people of a talk, to be found by address and name."""

    def __init__(self, rows: Iterable[Registration]) -> None:
        self.by_email: dict[str | None, Registration] = {}
        self.by_name: defaultdict[Words, list[Registration]] = defaultdict(list)
        self.by_word: defaultdict[str, list[Registration]] = defaultdict(list)
        self.by_key: dict[int, Registration] = {}
        self.words: dict[int, Words] = {}
        for row in rows:
            self.by_email[row.email_key] = self.by_key[row.pk] = row
            self.words[row.pk] = name_words(row.name or "")
            for spelling in spellings(row.name or ""):
                self.by_name[spelling].append(row)
            for word in set(self.words[row.pk]):
                self.by_word[word].append(row)

    def match(self, line: ReportLine) -> Match:
        """Return the line with what its address tells, and what an organiser has decided."""
        found = self.by_email.get(email_key(line.email)) if line.email else None
        chosen = self.by_key.get(line.registration_id) if line.registration_id else None
        return Match(line, found, found is not None, chosen=chosen)

    def named(self, name: str) -> list[Registration]:
        """Return everybody who has this name in one of its spellings; some type their address."""
        row = self.by_email.get(email_key(name)) if "@" in name else None
        if row:
            return [row]
        found = {row.pk: row for spelling in spellings(name) for row in self.by_name[spelling]}
        return list(found.values())

    def like(self, name: str) -> list[Registration]:
        """Return whose name is like this one, the most like first."""
        words = name_words(name)
        shared: Counter[int] = Counter()
        rows: dict[int, Registration] = {}
        for word in set(words):
            bearers = self.by_word.get(word, [])
            if len(bearers) <= TOO_COMMON:
                shared.update(row.pk for row in bearers)
                rows |= {row.pk: row for row in bearers}
        ranked = []
        for pk, number in shared.most_common(LOOKED_AT):
            likeness = SequenceMatcher(None, " ".join(words), " ".join(self.words[pk])).ratio()
            if likeness >= LIKE or may_be_one(words, self.words[pk]):
                ranked.append((number, likeness, pk))
        return [rows[pk] for *_, pk in sorted(ranked, reverse=True)]


def find_rows(lines: Iterable[ReportLine], directory: Directory) -> list[Match]:
    """Match each line; a row that two lines may be of is proposed to both."""
    matches = [directory.match(line) for line in lines]
    named = [[] if match.found else directory.named(match.line.name) for match in matches]
    wanted: Counter[int] = Counter(match.found.pk for match in matches if match.found)
    wanted.update(row.pk for rows in named for row in rows)
    for match, rows in zip(matches, named, strict=True):
        if match.is_by_address:
            continue
        if len(rows) == 1 and wanted[rows[0].pk] == 1:
            match.found = rows[0]
        else:
            others = [row for row in directory.like(match.line.name) if row not in rows]
            match.proposals = [*rows, *others][:MOST_PROPOSED]
    return matches


def spellings(name: str) -> list[Words]:
    """Return the names that may stand in it, with two words each: before, behind, in brackets."""
    inside = [first or second for first, second in BRACKETS.findall(name)]
    parts = [*SEPARATORS.split(BRACKETS.sub(" ", name)), *inside]
    found = [words for part in parts if len(words := name_words(part)) > 1]
    return list(dict.fromkeys(found))


def may_be_one(some: Words, others: Words) -> bool:
    """Whether two names that share a word may be one person's.

    All words of the shorter one, two words, or one of them with the other's initial: `Kim`,
    `K. Beispiel`, `Kim B.`, `Beispiel Kim`.
    """
    here, there = set(some), set(others)
    common = here & there
    if len(common) > 1 or common in (here, there):
        return True
    rest = here - common
    initials = {word[0] for word in rest}
    is_told_apart = others[-1] in common or all(len(word) == 1 for word in rest)
    return is_told_apart and any(word[0] in initials for word in there - common)
