"""E-mail addresses and names, made canonical and checked before anything else sees them.

What is accepted is what the page shows and what the mail server gets: no second spelling, no
character that is invisible or that another layer would translate.
"""

import re
import unicodedata

import idna
from django.core.exceptions import ValidationError

MAX_EMAIL = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
MAX_LOCAL_PART = 64  # RFC 5321 §4.5.3.1.1
MAX_NAME = 120
MAX_QUESTION = 1000

# RFC 5322 §3.2.3 dot-atom; quoted local parts are allowed there, but nobody has one.
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
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
# Control, format, surrogate, private use, unassigned; line and paragraph separator.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

BAD_EMAIL = ValidationError(
    "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@stadt.de.",
    code="invalid",
)

NO_URL = ValidationError("Bitte geben Sie hier keine Internetadresse ein.", code="url")
NO_DOMAIN = ValidationError(
    f"{NO_URL.message} Setzen Sie nach einem Punkt ein Leerzeichen.", code="domain"
)


def canonical_email(text: str) -> str:
    """Return the address as it is sent to: NFKC, lower-case domain in ASCII (IDNA 2008).

    Raises ValidationError for what cannot be sent to, or would be sent elsewhere: `straße.de`
    is not `strasse.de`, which IDNA 2003 would make of it.
    """
    address = unicodedata.normalize("NFKC", text.strip())
    local_part, at, domain = address.rpartition("@")
    if not at or len(local_part) > MAX_LOCAL_PART or not LOCAL_PART.fullmatch(local_part):
        raise BAD_EMAIL
    result = f"{local_part}@{_ascii_domain(domain)}"
    if len(result) > MAX_EMAIL:
        raise BAD_EMAIL
    return result


def email_key(address: str) -> str:
    """Return what a canonical address is compared by; no mail server in use tells case apart."""
    return address.lower()


def masked_email(address: str | None) -> str:
    """Return the address as a page may show it to whoever holds the link: `k…l@stadt.de`."""
    local_part, _, domain = (address or "").rpartition("@")
    shown = local_part[0] + "…" + (local_part[-1] if len(local_part) > 2 else "")
    return f"{shown}@{domain}"


def _ascii_domain(domain: str) -> str:
    try:
        ascii_domain = idna.encode(domain.lower(), strict=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise BAD_EMAIL from None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not labels[-1].strip("0123456789") or len(ascii_domain) > 253:
        raise BAD_EMAIL
    return ascii_domain


def clean_line(text: str) -> str:
    """Return one line of free text in NFC with single spaces.

    Raises ValidationError for characters nobody sees and for web addresses; `kommune.digital`,
    which may be an organisation's name, is none.
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    _refuse_invisible(line)
    if URL.search(line):
        raise NO_URL
    return line


def clean_name(text: str) -> str:
    """Return a person's name in any script; it has at least one letter.

    It stands in mails to an address that somebody else may have typed, and mail programs make a
    link of `evil.De`: a dot is refused or followed by a space, as German spelling has it.
    """
    name = DOT_IN_WORD.sub(_with_space, clean_line(text))
    if "//" in name:
        raise NO_URL
    if not any(unicodedata.category(character).startswith("L") for character in name):
        raise ValidationError("Bitte geben Sie Ihren Namen ein.", code="no_letter")
    return name


def _with_space(found: re.Match[str]) -> str:
    """Return `St. ` for `St.` in `St.Georgen`; raise ValidationError for `evil.` in `evil.de`."""
    word = found[1]
    if len(word) > 1 and word.casefold() not in ABBREVIATIONS:
        raise NO_DOMAIN
    return f"{word}{found[2]} "


def clean_text(text: str) -> str:
    """Return free text of several lines, with LF line ends."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    _refuse_invisible(lines.replace("\n", "").replace("\t", ""))
    return lines.strip()


def _refuse_invisible(text: str) -> None:
    if "\ufffd" in text:  # what was there could not be read
        raise ValidationError(
            "Dieser Text enthält unlesbare Zeichen. Bitte tippen Sie ihn neu ein.",
            code="unreadable",
        )
    if any(unicodedata.category(character) in INVISIBLE for character in text):
        raise ValidationError(
            "Dieser Text enthält unsichtbare Zeichen. Bitte tippen Sie ihn neu ein.",
            code="invisible",
        )
