"""Names and other words about people, checked before anything else sees them; keys of addresses.

What is accepted is what the page shows and what mails say: no second spelling, no character that
is invisible. For addresses themselves see events/text/addresses.py.
"""

import re
import unicodedata
from functools import partial

from django.core.exceptions import ValidationError

from events.text import cleaning

MAX_NAME = 120
MAX_QUESTION = 1000

# `St.Georgen/Schwarzwald` and `Neustadt a.d.Donau/Bauamt` are places, `t.me/x` is none.
URL = re.compile(r"://|(?:^|\s)//\w|\bwww\.|\w(?<!\b[adfiouv])(?<!\bst)\.\w{2,}/", re.IGNORECASE)
# What may stand before and behind a dot in a domain: no space, no dot, no ASCII punctuation. A
# browser takes four characters for a dot (UTS 46).
PART = r"[^\s!-/:-@\[-`{-~。．｡]"
DOT_IN_WORD = re.compile(rf"({PART}+)([.。．｡])(?={PART}{{2}})")
# One letter counts as an abbreviation, too.
ABBREVIATIONS = frozenset(
    ["bgm", "ch", "chr", "dipl", "dr", "em", "fr", "frl", "habil", "hr", "ing", "iur", "joh"]
    + ["jur", "kfm", "ll", "mag", "med", "nat", "ob", "oec", "pd", "ph", "phil", "priv", "prof"]
    + ["rer", "sc", "st", "stv", "th", "univ", "ดร"]
)

WITHOUT_URL = "Bitte geben Sie hier keine Internetadresse ein."
NO_URL = partial(ValidationError, WITHOUT_URL, code="url")
NO_DOMAIN = partial(
    ValidationError,
    f"{WITHOUT_URL} Setzen Sie nach einem Punkt ein Leerzeichen.",
    code="domain",
)


def email_key(address: str) -> str:
    """Return what a canonical address is compared by; no mail server in use tells case apart."""
    return address.lower()


def masked_email(address: str | None) -> str:
    """Return the address as a page may show it to whoever holds the link: `k…l@stadt.de`."""
    local_part, _, domain = (address or "").rpartition("@")
    shown = local_part[0] + "…" + (local_part[-1] if len(local_part) > 2 else "")
    return f"{shown}@{domain}"


def clean_line(text: str) -> str:
    """Return one line of free text in NFC with single spaces.

    Raises ValidationError for what cannot be read and for web addresses; `kommune.digital`, which
    may be an organisation's name, is none.
    """
    line = " ".join(cleaning.line(text).split())
    _refuse_unreadable(line)
    if URL.search(line):
        raise NO_URL()
    return line


def clean_name(text: str) -> str:
    """Return a person's name in any script; it has at least one letter.

    It stands in mails to an address that somebody else may have typed, and mail programs make a
    link of `evil.De`: a dot is refused or followed by a space, as German spelling has it.
    """
    name = DOT_IN_WORD.sub(_with_space, clean_line(text))
    if "//" in name:
        raise NO_URL()
    if not any(unicodedata.category(character).startswith("L") for character in name):
        raise ValidationError("Bitte geben Sie Ihren Namen ein.", code="no_letter")
    return name


def _with_space(found: re.Match[str]) -> str:
    """Return `St. ` for `St.` in `St.Georgen`; raise ValidationError for `evil.` in `evil.de`."""
    word = found[1]
    if len(word) > 1 and word.casefold() not in ABBREVIATIONS:
        raise NO_DOMAIN()
    return f"{word}{found[2]} "


def clean_text(text: str) -> str:
    """Return free text of several lines, with LF line ends."""
    lines = cleaning.lines(text)
    _refuse_unreadable(lines)
    return lines


def _refuse_unreadable(text: str) -> None:
    if "\ufffd" in text:  # what was there could not be read
        raise ValidationError(
            "Dieser Text enthält unlesbare Zeichen. Bitte tippen Sie ihn neu ein.",
            code="unreadable",
        )
