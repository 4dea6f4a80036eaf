"""E-mail addresses in the one form in which the site keeps and writes them."""

import re
import unicodedata
from functools import partial

import idna
from django.core.exceptions import ValidationError

from events.text import cleaning

MAX_EMAIL = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
MAX_LOCAL_PART = 64  # RFC 5321 §4.5.3.1.1

# RFC 5322 §3.2.3 dot-atom; quoted local parts are allowed there, but nobody has one.
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# What an address of ours usually is: nothing has to be done to it.
CANONICAL = re.compile(r"[A-Za-z0-9._+-]+@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}")
SPELT_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "SS"}
)

INCOMPLETE = "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@stadt.de."
NO_UMLAUT = (
    "Vor dem @ sind keine Umlaute und nur einfache Buchstaben möglich: Dorthin kann keine E-Mail "
    "geschickt werden."
)
NO_DOMAIN = (
    "Hinter dem @ fehlt der vollständige Name des Anbieters, zum Beispiel „stadt.de“ oder "
    "„web.de“."
)
HIDDEN_GONE = "Unsichtbare Zeichen darin haben wir entfernt."
BAD_EMAIL = partial(ValidationError, INCOMPLETE, code="invalid")


def canonical_email(text: str) -> str:
    """Return the address as it is sent to: NFKC, lower-case domain in ASCII (IDNA 2008).

    Raises ValidationError for what cannot be sent to, or would be sent elsewhere, and says why:
    `straße.de` is not `strasse.de`, which IDNA 2003 would make of it.
    """
    address = unicodedata.normalize("NFKC", cleaning.line(text)).strip()
    try:
        return _canonical(address)
    except ValidationError as error:
        if not cleaning.HIDDEN.search(text):
            raise
        raise ValidationError(f"{error.message} {HIDDEN_GONE}", code=error.code) from None


def check(text: str) -> None:
    """Raise ValidationError for what no mail can be sent to."""
    canonical_email(text)


def canonical_if_sendable(text: str) -> str:
    """Return the canonical address; what is none only without what nobody can see."""
    if CANONICAL.fullmatch(text):
        return text
    try:
        return canonical_email(text)
    except ValidationError:
        return cleaning.line(text)


def _canonical(address: str) -> str:
    local_part, at, domain = address.rpartition("@")
    if not at or not local_part or len(local_part) > MAX_LOCAL_PART:
        raise BAD_EMAIL()
    if not LOCAL_PART.fullmatch(local_part):
        raise _refusal_of_local_part(local_part, domain)
    result = f"{local_part}@{_ascii_domain(domain)}"
    if len(result) > MAX_EMAIL:
        raise BAD_EMAIL()
    return result


def _refusal_of_local_part(local_part: str, domain: str) -> ValidationError:
    """Say what is wrong before the @; for umlauts, how the address is probably spelt."""
    if local_part.isascii() or any(character.isspace() for character in local_part):
        return BAD_EMAIL()
    spelt = local_part.translate(SPELT_OUT)
    words = NO_UMLAUT
    if LOCAL_PART.fullmatch(spelt):
        words += f" Meinen Sie vielleicht {spelt}@{domain}?"
    return ValidationError(words, code="umlaut")


def _ascii_domain(domain: str) -> str:
    """Return the domain in ASCII."""
    try:
        ascii_domain = idna.encode(domain.lower(), strict=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise BAD_EMAIL() from None
    labels = ascii_domain.split(".")
    if len(labels) < 2:
        raise ValidationError(NO_DOMAIN, code="domain")
    if not labels[-1].strip("0123456789") or len(ascii_domain) > 253:
        raise BAD_EMAIL()
    return ascii_domain
