"""The answer to who asks what is known about them (Art. 15 DSGVO), as a letter to print.

It says what the file of `own_data.py` holds, and what a list of data alone does not answer: what
for, who gets it, how long, where from, which rights. Purposes and periods are those of `paper.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from events.models import Series
from registration.models import OutgoingMail
from registration.privacy import paper
from registration.privacy.own_data import Person, everything

# Marks for machines: they stand in the file alone, and the letter says so.
IN_THE_FILE = ("Kennung", "Message-ID")
# They are read one by one; all else is a line of a table.
ONE_BY_ONE = (
    "Anmeldungen",
    "Neue Termine per E-Mail",
    "Angebote zu berichten",
    "Vorträge",
    "Vorschläge zum Vortrag",
    "Einwilligungen zum Vortrag",
)

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Section:
    """A part of the data: cards of label and text, or one table with a line for each row."""

    heading: str
    cards: list[Pairs]
    head: list[str]
    lines: list[list[str]]

    @classmethod
    def of(cls, heading: str, rows: list[dict[str, Any]]) -> "Section":
        """Leave out what is empty, and what stands in the file alone."""
        cards = [shown(row) for row in rows]
        if heading in ONE_BY_ONE:
            return cls(heading, cards, [], [])
        filled = {label for card in cards for label, _ in card}
        head = [label for label in (rows[0] if rows else {}) if label in filled]
        lines = [[dict(card).get(label, "") for label in head] for card in cards]
        return cls(heading, [], head, lines)


@dataclass(frozen=True)
class Letter:
    """A letter to one person, from who holds the series."""

    person: Person
    series: Series
    day: date

    @classmethod
    def to(cls, person: Person) -> "Letter":
        return cls(person, Series.load(), timezone.localdate())

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def activities(self) -> list[paper.Activity]:
        groups = {paper.PARTICIPANTS, paper.SPEAKERS if self.person.speaker_links else ""}
        return [activity for activity in paper.ACTIVITIES if activity.group in groups]

    @property
    def periods(self) -> list[dict[str, str]]:
        return [row for row in paper.periods() if row["setting"] not in paper.OF_ORGANISERS]

    @property
    def is_from_somebody_else(self) -> bool:
        """Whether a seat was handed to the person, whose data then came from who had it before."""
        return any(mail.kind == OutgoingMail.Kind.HANDED_OVER for mail in self.person.mails)

    @property
    def is_told_by_a_report(self) -> bool:
        """Whether minutes came from the report of a video system, and not from the person."""
        return any(row.minutes_present is not None for row in self.person.registrations)

    @property
    def sections(self) -> list[Section]:
        return [Section.of(*part) for part in everything(self.person).items()]

    @property
    def in_the_file(self) -> tuple[str, ...]:
        return IN_THE_FILE


def shown(row: dict[str, Any]) -> Pairs:
    """Return labels and German texts of what is not empty."""
    texts = [(label, german(value)) for label, value in row.items() if label not in IN_THE_FILE]
    return [(label, text) for label, text in texts if text]


def german(value: Any) -> str:
    """Return the value as a German reader expects it; moments as the clock showed them there."""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j.n.Y, G:i \\U\\h\\r")
    if isinstance(value, list):
        return ", ".join(value)
    return str(value or "")
