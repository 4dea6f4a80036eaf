"""Who was there, read from what Zoom and Teams export, and matched with who had a seat."""

import csv
import re
import unicodedata
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from registration.models.addresses import canonical_email, email_key

# What a request may hold (DATA_UPLOAD_MAX_MEMORY_SIZE), with room for what stands around it.
MAX_BYTES = 900_000
MAX_ROWS = 20_000
# How the columns are called, in lower case; Zoom and Teams, German and English.
NAMES = (
    "name",
    "full name",
    "vollständiger name",
    "user name",
    "benutzername",
    "teilnehmername",
    "anzeigename",
)
EMAILS = ("email", "e-mail", "user email", "benutzer-e-mail", "e-mail-adresse", "email address")
ATTENDED = ("attended", "teilgenommen")
NO = ("no", "nein")
# `Kim (Gast)`, `Spitzname (Kim Beispiel)`.
BRACKETS = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Attendee:
    """One line of the export."""

    name: str
    email: str

    def __str__(self):
        return ", ".join(part for part in (self.name, self.email) if part)


@dataclass
class Report:
    """Which registrations the lines belong to, and which lines to none or to several."""

    rows: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    ambiguous: list = field(default_factory=list)


def read(content: bytes) -> list[Attendee]:
    """Return the people in a CSV or tab-separated export, each line once.

    Raises ValidationError, in words for an organiser, for anything else.
    """
    text = _decoded(content).replace("\0", "")
    for columns in (NAMES, EMAILS):
        if found := _people(_table(text), columns):
            return found
    raise ValidationError(
        "In dieser Datei steht keine Spalte mit Namen oder E-Mail-Adressen. Bitte nehmen Sie den "
        "Teilnahmebericht, wie Zoom oder Teams ihn als CSV ausgibt."
    )


def match(attendees, registrations) -> Report:
    """Find each attendee's registration: by the address, else by a name that only one has."""
    by_email, by_name = {}, {}
    for row in registrations:
        by_email[row.email_key] = row
        by_name.setdefault(_name_key(row.name), []).append(row)
    report, found = Report(), {}
    for attendee in attendees:
        rows = [by_email[key]] if (key := _key(attendee.email)) in by_email else []
        rows = rows or _of_name(attendee.name, by_name)
        if len(rows) == 1:
            found[rows[0].pk] = rows[0]
        else:
            (report.ambiguous if rows else report.unknown).append(attendee)
    report.rows = list(found.values())
    return report


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise ValidationError("Diese Datei ist größer als 900 KB.")
    if content.startswith(b"PK"):
        raise ValidationError("Das ist eine Excel-Datei. Bitte speichern Sie sie als CSV.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:200]:
        encodings = ["utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError("Diese Datei lässt sich nicht als Text lesen. Bitte nehmen Sie CSV.")


def _table(text: str):
    """Yield the rows; what separates the cells is what occurs most in the file's beginning."""
    separator = max("\t;,", key=text[:10_000].count)
    try:
        for number, row in enumerate(csv.reader(text.splitlines(), delimiter=separator)):
            if number >= MAX_ROWS:
                limit = f"{MAX_ROWS:,}".replace(",", ".")
                raise ValidationError(
                    f"Diese Datei hat mehr als {limit} Zeilen. Bitte teilen Sie sie auf."
                )
            yield [cell.strip() for cell in row]
    except csv.Error:
        raise ValidationError(
            "Diese Datei ist beschädigt: Eine Zeile lässt sich nicht lesen."
        ) from None


def _people(table, wanted) -> list[Attendee]:
    """Return the people below each row of headings that has one of the `wanted` columns.

    An empty row, or one of a single cell, ends such a part: exports have several.
    """
    people, columns, width = {}, None, 0
    for row in table:
        heads = [BRACKETS.sub("", cell).strip().lower() for cell in row]
        if any(head in wanted for head in heads):
            columns = [_position(heads, names) for names in (NAMES, EMAILS, ATTENDED)]
            width = len(row)
        elif not any(row) or len(row) == 1 < width:
            columns = None
        elif columns:
            name, email, attended = (_cell(row, position) for position in columns)
            if (name or email) and attended.lower() not in NO:
                people[Attendee(name, email)] = None
    return list(people)


def _position(heads, names) -> int | None:
    return next((number for number, head in enumerate(heads) if head in names), None)


def _cell(row, position) -> str:
    return row[position] if position is not None and position < len(row) else ""


def _key(email: str) -> str | None:
    try:
        return email_key(canonical_email(email))
    except ValidationError:
        return None


def _of_name(name: str, by_name: dict) -> list:
    """Return who is called so, with or without what stands in brackets, or in them."""
    for spelling in (name, BRACKETS.sub("", name), *BRACKETS.findall(name)):
        if rows := by_name.get(_name_key(spelling)):
            return rows
    return []


def _name_key(name: str) -> str:
    """Return what names are compared by: `Beispiel, Dr.Kim` is `dr. kim beispiel`."""
    last, comma, first = name.partition(",")
    name = f"{first} {last}" if comma else name
    return " ".join(unicodedata.normalize("NFKC", name).casefold().replace(".", ". ").split())
