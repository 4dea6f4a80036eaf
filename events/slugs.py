"""German text made plain: how umlauts are spelled, and slugs from German titles.

What compares German text begins with a function of this module, and then goes its own way:
`models/place_names.py` finds the names of towns, in which umlauts are spelled out; for
`models/search.py` also `Grosse` is the same word, so that a word's beginning stays a beginning.
Names of people keep their umlauts (`registration/desk/people/attendance.py`): Müller is not
Mueller.
"""

import unicodedata
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

# Django's slugify drops the dots of umlauts, and a letter without an ASCII form as a whole:
# `Größe` would become `groe`.
GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue", "ẞ": "ss"}
)
MAX_LENGTH = 80


def spelled_out(text: str) -> str:
    """Return `text` without umlauts and ß: `Größe` is `Groesse`, whichever way ö was typed."""
    return unicodedata.normalize("NFC", text).translate(GERMAN)


def without_accents(text: str) -> str:
    """Return `text` with its letters alone: `Čapek` is `Capek`, and `Größe` is `Große`."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def german_slug(text: str) -> str:
    """Return `text` as a slug of at most MAX_LENGTH characters that ends with a whole word."""
    slug = slugify(spelled_out(text))
    if len(slug) > MAX_LENGTH:
        slug = slug[: MAX_LENGTH + 1].rpartition("-")[0] or slug[:MAX_LENGTH]
    return slug or "talk"


def free_slug(text: str, *others: QuerySet[Any]) -> str:
    """Return the slug of `text`, with a number if a row of `others` has that slug."""
    slug = wanted = german_slug(text)
    number = 1
    while any(rows.filter(slug=slug).exists() for rows in others):
        number += 1
        slug = f"{wanted[: MAX_LENGTH - 5]}-{number}"
    return slug
