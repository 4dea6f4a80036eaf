"""How long a talk lasts: its end is typed and shown as minutes after the beginning."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from events.models import Talk

USUAL = timedelta(hours=1)
# `60`, `90 Min.`, `90 Minuten`; `1 h`, `2 Stunden`; `1:30`, `1:30 h`.
MINUTES = re.compile(r"(\d{1,4})\s*(?:min\.?|minuten?)?", re.IGNORECASE | re.ASCII)
HOURS = re.compile(
    r"(\d{1,2})(?::([0-5]\d))?\s*(?:h|std\.?|stunden?)|(\d{1,2}):([0-5]\d)",
    re.IGNORECASE | re.ASCII,
)


def length_as_written(text: str) -> timedelta | None:
    """Return the time that people mean by `text`; None if it is none."""
    if found := MINUTES.fullmatch(text):
        return timedelta(minutes=int(found[1]))
    if found := HOURS.fullmatch(text):
        hours, minutes = found[1] or found[3], found[2] or found[4] or 0
        return timedelta(hours=int(hours), minutes=int(minutes))
    return None


def minutes_of(talk: Talk) -> int:
    """Return how long the talk lasts as it is stored; an hour if it has no times yet."""
    is_new = talk.starts_at is None or talk.ends_at is None
    return round((USUAL if is_new else talk.ends_at - talk.starts_at) / timedelta(minutes=1))


class LengthField(forms.Field):
    """A length in minutes, as people write it; left empty it is an hour."""

    def __init__(self) -> None:
        super().__init__(
            label="Länge in Minuten",
            required=False,
            widget=forms.TextInput({"class": "vLengthField", "size": 4, "maxlength": 20}),
        )

    def to_python(self, value: Any) -> timedelta:
        text = " ".join(str(value or "").split())
        length = length_as_written(text) if text else USUAL
        if not length:
            raise ValidationError(
                "Bitte geben Sie die Länge in Minuten an, zum Beispiel „60“.", code="no_length"
            )
        return length

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
