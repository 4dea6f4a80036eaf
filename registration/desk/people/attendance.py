"""Who was there: the page that reads what Zoom and Teams export and finds who had a seat."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from events.text.addresses import canonical_email
from registration.desk.admin_page import DeskUrl, posted, require_permission
from registration.desk.people.participants import CHANGE, get_talk, page_about_talk
from registration.models import Registration
from registration.models.addresses import email_key
from registration.privacy import history

# What a request may hold (DATA_UPLOAD_MAX_MEMORY_SIZE), with room for what stands around it.
MAX_BYTES = 900_000
TOO_BIG = "Diese Datei ist größer als 900 KB."
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

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.email) if part)


@dataclass
class Report:
    """Which registrations the lines belong to, and which lines to none or to several."""

    rows: list[Registration] = field(default_factory=list)
    unknown: list[Attendee] = field(default_factory=list)
    ambiguous: list[Attendee] = field(default_factory=list)


class AttendanceForm(forms.Form):
    """What Zoom or Teams export."""

    file = forms.FileField(
        label="Datei",
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.txt"}),
        error_messages={
            "required": "Bitte wählen Sie eine Datei aus.",
            "empty": "Diese Datei ist leer.",
        },
    )

    def clean_file(self) -> list[Attendee]:
        """Return the people in the file."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > MAX_BYTES:
            raise ValidationError(TOO_BIG)
        return read(file.read())


def import_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who was there; the same file read twice changes nothing more."""
    require_permission(request, CHANGE)
    talk = get_talk(pk)
    form = AttendanceForm(posted(request), request.FILES or None)
    context = {"form": form, "button": "Einlesen", "title": "Teilnahme einlesen"}
    if form.is_valid():
        people = Registration.objects.filter(talk=talk).confirmed().named()
        report = match(form.cleaned_data["file"], people)
        found = Registration.objects.filter(pk__in=[row.pk for row in report.rows])
        newly_noted = found.mark_present()
        history.write(request, newly_noted, "Als dabei vermerkt, aus einer Datei.")
        context |= {"report": report, "newly": len(newly_noted)}
    return page_about_talk(request, "attendance", talk, context)


URLS: list[DeskUrl] = [
    ("talk/<int:pk>/anwesenheit/", import_attendance, "import_attendance"),
]


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


def match(attendees: Iterable[Attendee], registrations: Iterable[Registration]) -> Report:
    """Find each attendee's registration by the address, or by a name that only one has."""
    by_email: dict[str | None, Registration] = {}
    by_name: dict[str, list[Registration]] = {}
    for row in registrations:
        by_email[row.email_key] = row
        by_name.setdefault(_name_key(row.name or ""), []).append(row)
    report = Report()
    found: dict[int, Registration] = {}
    for attendee in attendees:
        key = _email_key(attendee.email)
        rows = [by_email[key]] if key in by_email else _named(attendee.name, by_name)
        if len(rows) == 1:
            found[rows[0].pk] = rows[0]
        elif rows:
            report.ambiguous.append(attendee)
        else:
            report.unknown.append(attendee)
    report.rows = list(found.values())
    return report


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise ValidationError(TOO_BIG)
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


def _table(text: str) -> Iterator[list[str]]:
    """Yield the rows; the separator is what is most frequent in the file's first part."""
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


def _people(table: Iterable[list[str]], wanted: tuple[str, ...]) -> list[Attendee]:
    """Return the people below each row of headings that has one of the `wanted` columns.

    An empty row, or one of a single cell, ends such a part: exports have several.
    """
    people: dict[Attendee, None] = {}
    columns: list[int | None] = []
    width = 0
    for row in table:
        heads = [BRACKETS.sub("", cell).strip().lower() for cell in row]
        if any(head in wanted for head in heads):
            columns = [_position(heads, names) for names in (NAMES, EMAILS, ATTENDED)]
            width = len(row)
        elif not any(row) or len(row) == 1 < width:
            columns = []
        elif columns:
            name, email, attended = (_cell(row, position) for position in columns)
            if (name or email) and attended.lower() not in NO:
                people[Attendee(name, email)] = None
    return list(people)


def _position(heads: list[str], names: tuple[str, ...]) -> int | None:
    return next((number for number, head in enumerate(heads) if head in names), None)


def _cell(row: list[str], position: int | None) -> str:
    return row[position] if position is not None and position < len(row) else ""


def _email_key(email: str) -> str | None:
    """Return the canonical address; None for what is no address."""
    try:
        return email_key(canonical_email(email))
    except ValidationError:
        return None


def _named(name: str, by_name: dict[str, list[Registration]]) -> list[Registration]:
    """Return who has this name: whole, without its brackets, or as it stands in them."""
    for spelling in (name, BRACKETS.sub("", name), *BRACKETS.findall(name)):
        if rows := by_name.get(_name_key(spelling)):
            return rows
    return []


def _name_key(name: str) -> str:
    """Return what names are compared by: `Beispiel, Dr.Kim` is `dr. kim beispiel`."""
    last, comma, first = name.partition(",")
    name = f"{first} {last}" if comma else name
    return " ".join(unicodedata.normalize("NFKC", name).casefold().replace(".", ". ").split())
