"""German order of people's names: by surname, as a list on paper is read."""

import re
import unicodedata
from dataclasses import dataclass

# `Kim Beispiel (Gast)`, `Anna Müller, M.A.`, `Anna Müller M. Sc.`, `Anna Müller, MdL`.
BEHIND = re.compile(
    r"(?:,?\s*\([^()]*\)|,\s*\w+\.[\w. ]*|,?\s+(?:MdL|MdB|MdEP|(?:jun|sen|jr|sr)\."
    r"|(?:[A-Z]|LL|i|a)\.\s?[A-Z][a-z]*\.))+$"
)
# `Prof. Dr. med.`, but not `J. R. R.`
TITLES = re.compile(r"\b[^\W\d]{2,}\.[ ]?")
# What takes no part in the order, and is no accent that falls off by itself.
LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


@dataclass(frozen=True)
class Name:
    """A name in three parts; put together they are as it was typed."""

    before: str
    surname: str
    behind: str = ""

    @classmethod
    def of(cls, typed: str) -> "Name":
        """Take `Dr. Anna von Müller, M.A.` apart.

        The surname is the last word, or the last before a comma (`Müller, Anna`).
        """
        tail = BEHIND.search(typed)
        name, behind = (typed[: tail.start()], tail[0]) if tail else (typed, "")
        last, comma, first = name.partition(",")
        if comma and last.strip() and first.strip():
            before, space, surname = last.rpartition(" ")
            return cls(f"{before}{space}", surname, f"{comma}{first}{behind}")
        before, space, surname = name.rpartition(" ")
        return cls(f"{before}{space}", surname, behind)

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what names are sorted by: DIN 5007-1, `ä` as `a`, `Ç` as `c`, `ß` as `ss`."""
        first = TITLES.sub("", self.before) or self.behind
        return letters(self.surname), letters(first), self.surname


def letters(text: str) -> str:
    """Return the plain small letters of `text`, without accents, hyphens and titles' dots."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return "".join(sign for sign in plain if sign.isalnum() or sign == " ").strip()


def by_surname(typed: str | None) -> tuple[str, str, str]:
    return Name.of(typed or "").key
