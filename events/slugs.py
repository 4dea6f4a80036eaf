"""Slugs from German titles."""

from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

# Django's slugify drops the dots of umlauts, and a letter without an ASCII form as a whole:
# `Größe` would become `groe`.
GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue"}
)
MAX_LENGTH = 80


def german_slug(text: str) -> str:
    """Return `text` as a slug of at most MAX_LENGTH characters that ends with a whole word."""
    slug = slugify(text.translate(GERMAN))
    if len(slug) > MAX_LENGTH:
        slug = slug[: MAX_LENGTH + 1].rpartition("-")[0] or slug[:MAX_LENGTH]
    return slug or "talk"


def free_slug(text: str, others: QuerySet[Any]) -> str:
    """Return the slug of `text`, with a number if one of the rows `others` has that slug."""
    slug = wanted = german_slug(text)
    number = 1
    while others.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted[: MAX_LENGTH - 5]}-{number}"
    return slug
