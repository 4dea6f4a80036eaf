"""Registrations as a table for other programs: which columns there are, and what a file holds."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from registration.desk.spreadsheets import Cell, Column, Sheet

# Rows read at once; an export of any size needs the memory of so many.
CHUNK = 500


@dataclass(frozen=True)
class Choice:
    """A column that organisers can choose, and what it shows of a registration."""

    key: str
    column: Column
    value: Callable[..., Cell]
    # What it reads from the database.
    fields: tuple[str, ...]
    is_usual: bool = True

    @property
    def label(self) -> str:
        return self.column.label


CHOICES = [
    Choice("talk", Column("Talk", 40), lambda row: row.talk.title, ("talk__title",)),
    Choice("date", Column("Termin", 16), lambda row: row.talk.starts_at, ("talk__starts_at",)),
    Choice("name", Column("Name", 25), lambda row: row.name, ("name",)),
    Choice("email", Column("E-Mail-Adresse", 30), lambda row: row.email, ("email",)),
    Choice(
        "organisation",
        Column("Kommune oder Organisation", 30),
        lambda row: row.organisation,
        ("organisation",),
    ),
    Choice(
        "town",
        Column("Ort", 20),
        lambda row: row.municipality and row.municipality.name,
        ("municipality__name",),
    ),
    Choice(
        "land",
        Column("Land", 20),
        lambda row: row.municipality and row.municipality.land,
        ("municipality__land",),
    ),
    Choice("state", Column("Stand", 18), lambda row: row.get_state_display(), ("state",)),
    Choice(
        "state_changed_at",
        Column("Stand seit", 16),
        lambda row: row.state_changed_at,
        ("state_changed_at",),
        is_usual=False,
    ),
    Choice(
        "reason",
        Column("Grund", 22),
        lambda row: row.get_state_reason_display(),
        ("state_reason",),
        is_usual=False,
    ),
    Choice("created_at", Column("Angemeldet am", 16), lambda row: row.created_at, ("created_at",)),
    Choice("joined_at", Column("Dabei seit", 16), lambda row: row.joined_at, ("joined_at",)),
    Choice(
        "question", Column("Frage", 50), lambda row: row.question, ("question",), is_usual=False
    ),
]


@dataclass(frozen=True)
class Export:
    """What an organiser has asked for; without a talk it goes across all of them."""

    talk: object
    states: list[str]
    choices: list[Choice]

    def rows(self, registrations):
        """Return what it takes of `registrations`."""
        chosen = registrations.in_talk(self.talk) if self.talk else registrations
        fields = [field for choice in CHOICES for field in choice.fields]
        return chosen.filter(state__in=self.states).for_export(fields)

    def sheet(self, rows) -> Sheet:
        """Return the table; `rows` are read in small parts while it is written."""
        cells = (
            [choice.value(row) for choice in self.choices]
            for row in rows.iterator(chunk_size=CHUNK)
        )
        return Sheet("Anmeldungen", [choice.column for choice in self.choices], cells)

    def file_name(self, extension: str) -> str:
        about = f"{self.talk.slug}-" if self.talk else ""
        return f"anmeldungen-{about}{timezone.localdate()}.{extension}"

    def log_text(self, number: int, file_format: str) -> str:
        """Tell the history how much was taken out, but not of whom."""
        columns = ", ".join(choice.label for choice in self.choices)
        return f"Exportiert als {file_format}: {number} Anmeldungen mit {columns}."
