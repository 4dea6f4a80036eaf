"""Which place a free text names; pure functions, no query."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from events.slugs import spelled_out, without_accents

# Where the name ends and its addition begins: `Herzberg (Elster)`, `Neustadt an der Aisch`.
ADDITION = re.compile(
    r"\s*[(/]|\s(?=(?:am|an|auf|bei|im|in|ob|unter|vor)\s|[abiv]\.\s?)", re.IGNORECASE
)
WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# No name without its addition has more words.
MAX_WORDS = 5

# Places with the name of an ordinary word. Only a word like `Stadt` before them, or nothing else
# around them, tells that the place is meant.
ORDINARY = frozenset(
    (Path(__file__).parents[1] / "data" / "ordinary_words.txt").read_text().split()
)
INTRODUCES = re.compile(r".*(?:stadt|gemeinde|verwaltung|rathaus|markt|flecken)")
# What has such a name is no town: `Landkreis Göttingen`.
COUNTY = frozenset({"landkreis", "kreis", "kreisverwaltung", "landratsamt", "regierungsbezirk"})

# Who writes one of these means a Stadt, not a village of the same name.
STADT = frozenset(
    {"stadt", "stadtverwaltung", "stadtrat", "kleinstadt", "kreisstadt", "hansestadt"}
)


class HasName(Protocol):
    """A row of the register, or whatever else stands for a place."""

    @property
    def name(self) -> str: ...


def words(text: str) -> list[str]:
    """Return the words of `text` as they are compared: `Groß-Gerau` is `gross-gerau`."""
    plain = without_accents(spelled_out(text).lower())
    return ["sankt" if word == "st" else word for word in WORD.findall(plain)]


def name_key(name: str) -> str:
    """Return what places of the same name, with whatever addition, have in common."""
    return " ".join(words(ADDITION.split(name.strip(), maxsplit=1)[0]))


def full_key(name: str) -> str:
    return " ".join(words(name))


def phrases(text: str) -> set[str]:
    """Return whatever in `text` could be the `name_key` of a place."""
    found = words(text)
    return {
        " ".join(found[start : start + length])
        for start in range(len(found))
        for length in range(1, MAX_WORDS + 1)
    }


def places_named[Place: HasName](text: str, places: Iterable[Place]) -> set[Place]:
    """Return those of `places` (anything with a `name`) that `text` names, the longest name first.

    A name without its addition stands for all places that bear it.
    """
    by_key: dict[str, set[Place]] = {}
    for place in places:
        for key in {name_key(place.name), full_key(place.name)}:
            by_key.setdefault(key, set()).add(place)
    longest = max((key.count(" ") + 1 for key in by_key), default=0)
    found, start = words(text), 0
    result: set[Place] = set()
    while start < len(found):
        for length in range(min(longest, len(found) - start), 0, -1):
            key = " ".join(found[start : start + length])
            if key in by_key:
                if _is_meant(found, start, length):
                    result |= by_key[key]
                start += length
                break
        else:
            start += 1
    return result


def says_stadt(text: str) -> bool:
    """Whether `text` says in so many words that the place is a Stadt: `Stadt Schwarzenborn`."""
    return not STADT.isdisjoint(words(text))


def _is_meant(found: list[str], start: int, length: int) -> bool:
    """Whether the words from `start` on are a name here, and the name of a place."""
    before = found[start - 1] if start else ""
    if before in COUNTY:
        return False
    is_ordinary = length == 1 and found[start] in ORDINARY
    return not is_ordinary or len(found) == 1 or bool(INTRODUCES.fullmatch(before))
