"""One line of the list on the organisers' first page: what is to do, by when, and where."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Self

from django.utils import timezone

from events.dates import in_days_text
from events.models import Talk

# Days before its deadline from which something is urgent, and from which it is soon.
URGENT_WITHIN = 1
SOON_WITHIN = 7


class Urgency(IntEnum):
    """How urgent it is; the list is sorted by it."""

    NOW = 0
    SOON = 1
    LATER = 2

    @classmethod
    def within(cls, days: int) -> Self:
        """Return how urgent it is if so many days are left."""
        if days <= URGENT_WITHIN:
            return cls.NOW
        return cls.SOON if days <= SOON_WITHIN else cls.LATER


@dataclass(frozen=True)
class Link:
    """One of several things that a sentence names, and where it is done."""

    text: str
    url: str


@dataclass(frozen=True)
class ToDo:
    """What is to do: sentences, a deadline in words, one button that leads to where it is done.

    It stands there as long as its rule finds it; nobody ticks it off.
    """

    text: str
    button: str
    url: str
    urgency: Urgency
    # A short sentence; "" where there is none.
    deadline: str = ""
    # What is nearer comes first among what is equally urgent; what has no deadline comes last.
    due_at: datetime | None = None
    # The talk, or the message, that it is about.
    title: str = ""
    # What the last sentence enumerates.
    links: tuple[Link, ...] = ()

    @property
    def is_urgent(self) -> bool:
        return self.urgency is Urgency.NOW

    @property
    def rank(self) -> tuple[Urgency, bool, datetime]:
        return self.urgency, self.due_at is None, self.due_at or timezone.now()


def days_until(moment: datetime) -> int:
    """Return how many midnights lie between now and then, by the calendar of the series."""
    return (timezone.localdate(moment) - timezone.localdate()).days


def until_talk(talk: Talk) -> str:
    """Return `In 3 Tagen ist der Talk.`; of one that does not take place, that it would be."""
    if talk.status == Talk.Status.POSTPONED:
        return "Der neue Termin ist offen."
    if talk.is_past:
        return "Der Termin ist vorbei."
    verb = "wäre" if talk.is_called_off else "ist"
    return f"{_capital(in_days_text(max(days_until(talk.starts_at), 0)))} {verb} der Talk."


def until_names_go(talk: Talk) -> str:
    """Return `In 23 Tagen gehen die Namen.`, counted by the calendar."""
    days = (talk.names_go_on - timezone.localdate()).days
    return f"{_capital(in_days_text(max(days, 0)))} gehen die Namen."


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
