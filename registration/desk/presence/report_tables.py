"""What a video system exports, as tables: decoding, separators, headings, what stands around them.

Reports are no plain tables. Zoom puts a block about the meeting above the people (old and new
meeting report) or several titled tables into one file (webinar); Teams numbers its parts and
writes UTF-16 with tabs. So a file is read row by row: a row of known headings begins a table, an
empty row or a title ends it, and all else is a fact about the meeting.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

# All files of one talk together: 20,000 lines as Teams writes them, two bytes a letter.
MAX_BYTES = 8_000_000
TOO_BIG = "Das ist mehr als 8 MB. Bitte nehmen Sie nur den Bericht über diesen Talk."
MAX_ROWS = 20_000
NOT_A_REPORT = (
    "In dieser Datei steht keine Spalte mit Namen und Zeiten. Bitte nehmen Sie den "
    "Teilnahmebericht so, wie das Videosystem ihn als CSV ausgibt."
)
# `Name (ursprünglicher Name)`, `Duration (Minutes)`.
BRACKETS = re.compile(r"\(([^()]*)\)")
# Titles of parts: `Host Details`, `2. Teilnehmer`, `Attendee Report`.
TITLE = re.compile(r"details?\b|report|bericht|^\d+\.\s|^other attended", re.IGNORECASE)
# A spreadsheet's way to keep a date as it is, which Webex uses: `="2025-10-29 10:00:04"`.
QUOTED = re.compile(r'="(.*)"')

# How each column is called by Zoom, Teams, Webex, BigBlueButton and Google Meet, in English and
# German, in lower case and without what stands in brackets. The first that fits is taken.
COLUMNS = {
    "name": re.compile(
        r"(?:full |user |display |attendee |participant |screen )?name$|participant$|attendee$"
        r"|(?:vollständiger |voller )name$|(?:benutzer|teilnehmer|anzeige)name$|teilnehme\w+$"
        r"|name de[rs] teilnehme\w+$"
    ),
    "first_name": re.compile(r"first name$|given name$|vorname$"),
    "last_name": re.compile(r"last name$|surname$|family name$|nachname$|familienname$"),
    "email": re.compile(r".*\be-?mail|.*\bupn\b|.*prinzipalname"),
    "attended": re.compile(r"attended$|teilgenommen$"),
    "action": re.compile(r"user action$|benutzeraktion$|aktion$"),
    "moment": re.compile(r"timestamp$|zeitstempel$"),
    "duration": re.compile(r".*duration|.*dauer|time in (?:session|call|meeting)|zeit in de[rm] "),
    "first_joined": re.compile(r"first (?:join|seen)|erste[rs]? |zuerst "),
    "last_left": re.compile(r"last (?:leave|seen)|letzte[rs]? |zuletzt "),
    "joined": re.compile(
        r"(?:time )?join|start ?(?:time|zeit)|.*(?:beitritt|beigetreten|betreten)"
    ),
    "left": re.compile(r"(?:time )?(?:leave|left|exit)|end ?(?:time|zeit)|.*(?:verlass|austritt)"),
    "waiting": re.compile(r"(?:in )?waiting room|(?:im )?warte(?:raum|bereich)|in (?:der )?lobby"),
    "role": re.compile(r"role$|rolle$"),
    "moderator": re.compile(r"moderator"),
}
# Of whom it is a column, it says how long they were there.
OF_PRESENCE = {"moment", "duration", "first_joined", "joined"}
# A row that has one of these tells of the meeting, unless it has a column for who came when.
OF_MEETING = re.compile(r"topic$|thema$|meeting[ -]id$|webinar[ -]id$")
COMING = re.compile(r"join|beitritt|beigetreten|betreten")
# Of two addresses the first counts: Teams has the one of the registration beside the account's.
OF_REGISTRATION = re.compile(r"registr")


@dataclass
class Table:
    """One table of people: its title, its headings and its rows, as far as they are not empty."""

    title: str
    heads: list[str]
    columns: dict[str, int]
    rows: list[list[str]] = field(default_factory=list)

    def cell(self, row: list[str], column: str) -> str:
        """Return what the row says in this column; "" if there is none."""
        position = self.columns.get(column)
        return row[position] if position is not None and position < len(row) else ""

    def head(self, column: str) -> str:
        """Return how this column is called here; "" if there is none."""
        position = self.columns.get(column)
        return "" if position is None else self.heads[position]

    def has(self, *columns: str) -> bool:
        return any(column in self.columns for column in columns)


@dataclass
class Document:
    """All tables of people in a file, and what it says beside them, as (label, value)."""

    tables: list[Table] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)


def read_document(content: bytes) -> Document:
    """Return what stands in a CSV or tab-separated export.

    Raises ValidationError, in words for an organiser, for anything else.
    """
    text = decoded(content).replace("\0", "")
    found = Document()
    title, table, labels = "", None, None
    for row in rows_of(text):
        if not any(row):
            table, labels = None, None
        elif columns := columns_of(row):
            table, labels = Table(title, [plain(cell) for cell in row], columns), None
            found.tables.append(table)
        elif title_of(row):
            title, table, labels = title_of(row), None, None
        elif table is not None:
            table.rows.append(row)
        else:
            found.facts += facts_in(row, labels)
            labels = labels or row
    if not found.tables:
        raise ValidationError(NOT_A_REPORT)
    return found


def decoded(content: bytes) -> str:
    """Return the text of the file: UTF-16 as Teams and Webex write it, UTF-8, or Windows' own."""
    if len(content) > MAX_BYTES:
        raise ValidationError(TOO_BIG)
    if content.startswith(b"PK"):
        raise ValidationError("Das ist eine Excel-Datei. Bitte speichern Sie sie als CSV.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:200]:
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError("Diese Datei lässt sich nicht als Text lesen. Bitte nehmen Sie CSV.")


def rows_of(text: str) -> Iterator[list[str]]:
    """Yield the rows; the separator is what is most frequent in the file's first part."""
    separator = max("\t;,", key=text[:10_000].count)
    try:
        for number, row in enumerate(csv.reader(text.splitlines(), delimiter=separator)):
            if number >= MAX_ROWS:
                limit = f"{MAX_ROWS:,}".replace(",", ".")
                raise ValidationError(
                    f"Diese Datei hat mehr als {limit} Zeilen. Bitte teilen Sie sie auf."
                )
            yield [QUOTED.sub(r"\1", cell.strip()) for cell in row]
    except csv.Error:
        raise ValidationError(
            "Diese Datei ist beschädigt: Eine Zeile lässt sich nicht lesen."
        ) from None


def columns_of(row: list[str]) -> dict[str, int]:
    """Return where each known column stands if the row is the headings of a table of people.

    A name or an address beside a time: `Teilnehmer; 45` alone is a fact about the meeting.
    """
    if len(row) < 2:
        return {}
    heads = [plain(cell) for cell in row]
    if any(map(OF_MEETING.match, heads)) and not any(map(COMING.search, heads)):
        return {}
    found: dict[str, int] = {}
    for position, head in enumerate(heads):
        column = column_of(head)
        if column and column not in found:
            found[column] = position
    if not found.keys() & {"name", "first_name", "last_name", "email"}:
        return {}
    if not found.keys() & OF_PRESENCE:
        return {}
    if "email" in found:
        found["email"] = best_address(heads, found.get("name", 0))
    return found


def column_of(head: str) -> str | None:
    return next((name for name, pattern in COLUMNS.items() if pattern.match(head)), None)


def best_address(heads: list[str], name: int) -> int:
    """Return where the person's address stands: what stands before the name is the host's."""
    positions = [place for place, head in enumerate(heads) if COLUMNS["email"].match(head)]
    registered = [place for place in positions if OF_REGISTRATION.search(heads[place])]
    behind = [place for place in positions if place > name]
    return (registered or behind or positions)[0]


def title_of(row: list[str]) -> str:
    """Return the row's only words if they are the title of a part, else ""."""
    words = [cell for cell in row if cell]
    return words[0] if len(words) == 1 and TITLE.search(words[0]) else ""


def facts_in(row: list[str], labels: list[str] | None) -> Iterable[tuple[str, str]]:
    """Return what a row outside of all tables tells: below its labels, or beside its label."""
    if labels:
        yield from ((plain(label), cell) for label, cell in zip(labels, row, strict=False) if cell)
    if len(row) > 1 and row[1]:
        yield plain(row[0]), row[1]


def plain(head: str) -> str:
    """Return a heading in lower case, single-spaced; a zone in brackets stays, see moments.py."""
    return " ".join(BRACKETS.sub(keep_unit, head).casefold().split()).rstrip(":")


def keep_unit(bracket: re.Match[str]) -> str:
    """Keep of what stands in brackets what tells how a value is meant."""
    kept = re.search(r"utc|gmt|upn|sec|sek|h+:m+|hours|stunden", bracket[1], re.IGNORECASE)
    return f" {bracket[1]} " if kept else " "
