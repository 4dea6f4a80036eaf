"""The page from which registrations leave the site as a file: columns, form and answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import FileResponse, HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.desk.figures.spreadsheets import Cell, Column, Sheet, csv_lines, xlsx_file
from registration.models import Registration
from registration.models.queries import RegistrationQuerySet
from registration.privacy import history

# So many rows are in memory at once, however large the export is.
CHUNK = 500


@dataclass(frozen=True)
class ExportColumn:
    """A column that organisers can choose, and what it shows of a registration."""

    key: str
    heading: Column
    value: Callable[[Registration], Cell]
    # What it reads from the database.
    field: str
    is_usual: bool = True

    @property
    def label(self) -> str:
        return self.heading.label


def town_of(row: Registration) -> str | None:
    return row.municipality.name if row.municipality else None


def land_of(row: Registration) -> str | None:
    return row.municipality.land if row.municipality else None


def presence_of(row: Registration) -> str | None:
    """Return what is known: „ja“, the old way of counting by its name, or nothing."""
    if row.attended:
        return "ja"
    return "alte Zählung" if row.known_presence == row.Presence.COUNTED_BEFORE else None


def source_of(row: Registration) -> str | None:
    """Return who says so: the report that told the minutes, an organiser, or both."""
    sources = ["Bericht"] if row.minutes_present is not None else []
    sources += ["Veranstalter"] if row.marked_present else []
    return ", ".join(sources) or None


COLUMNS = [
    ExportColumn("talk", Column("Talk", 40), lambda row: row.talk.title, "talk__title"),
    ExportColumn("date", Column("Termin", 16), lambda row: row.talk.starts_at, "talk__starts_at"),
    ExportColumn("name", Column("Name", 25), lambda row: row.name, "name"),
    ExportColumn("email", Column("E-Mail-Adresse", 30), lambda row: row.email, "email"),
    ExportColumn(
        "organisation",
        Column("Kommune oder Organisation", 30),
        lambda row: row.organisation,
        "organisation",
    ),
    ExportColumn("town", Column("Ort", 20), town_of, "municipality__name"),
    ExportColumn("land", Column("Land", 20), land_of, "municipality__land"),
    ExportColumn("state", Column("Stand", 18), lambda row: row.get_state_display(), "state"),
    ExportColumn(
        "state_changed_at",
        Column("Stand seit", 16),
        lambda row: row.state_changed_at,
        "state_changed_at",
        is_usual=False,
    ),
    ExportColumn(
        "reason",
        Column("Grund", 22),
        lambda row: row.get_state_reason_display(),
        "state_reason",
        is_usual=False,
    ),
    ExportColumn(
        "created_at", Column("Angemeldet am", 16), lambda row: row.created_at, "created_at"
    ),
    ExportColumn("present", Column("Dabei", 14), presence_of, "counted_before"),
    ExportColumn("source", Column("Quelle", 22), source_of, "marked_present", is_usual=False),
    ExportColumn(
        "minutes",
        Column("Minuten dabei", 14),
        lambda row: row.minutes_present,
        "minutes_present",
        is_usual=False,
    ),
    ExportColumn(
        "joined_at",
        Column("Zugang benutzt", 16),
        lambda row: row.way_in_used_at,
        "joined_at",
        is_usual=False,
    ),
    ExportColumn(
        "question", Column("Frage", 50), lambda row: row.question, "question", is_usual=False
    ),
]

# Read beside them: whether the minutes are enough depends on the length of the talk.
ALSO_READ = ("talk__ends_at",)

ABOUT_QUESTIONS = {"talk", "date", "question"}
# What one click ticks: the name of its button, its words, and the columns.
TICKS = {
    "alle": ("Alle", [column.key for column in COLUMNS]),
    "keine": ("Keine", []),
    "fragen": ("Nur die Fragen", ["question"]),
    "uebliche": ("Die üblichen", [column.key for column in COLUMNS if column.is_usual]),
}


@dataclass(frozen=True)
class Export:
    """What an organiser has asked for; no talk means all of them."""

    talk: Talk | None
    states: list[str]
    columns: list[ExportColumn]

    def rows(self) -> RegistrationQuerySet:
        """Return the registrations that it takes, with no more of each than a column can show."""
        found = Registration.objects.filter(state__in=self.states)
        if self.talk:
            found = found.filter(talk=self.talk)
        if self.is_of_questions:
            found = found.exclude(question=None).exclude(question="")
        return found.for_export([*(column.field for column in COLUMNS), *ALSO_READ])

    @property
    def is_of_questions(self) -> bool:
        """Whether it is about what was asked, and a row without a question says nothing."""
        keys = {column.key for column in self.columns}
        return "question" in keys and keys <= ABOUT_QUESTIONS

    def sheet(self) -> Sheet:
        """Return the table; its rows are read in small parts while it is written."""
        cells = (
            [column.value(row) for column in self.columns]
            for row in self.rows().iterator(chunk_size=CHUNK)
        )
        return Sheet("Anmeldungen", [column.heading for column in self.columns], cells)

    def file_name(self, extension: str) -> str:
        about = f"{self.talk.slug}-" if self.talk else ""
        return f"anmeldungen-{about}{timezone.localdate()}.{extension}"

    def log_text(self, number: int, file_format: str) -> str:
        """Tell the history how much was taken out, but not of whom."""
        columns = ", ".join(column.label for column in self.columns)
        return f"Exportiert als {file_format.upper()}: {number} Anmeldungen mit {columns}."


class ExportTalkField(forms.ModelChoiceField):
    def label_from_instance(self, talk: Talk) -> str:
        return f"{talk.short_date_text}: {talk.title}"


class ExportForm(forms.Form):
    """What goes into the file."""

    talk = ExportTalkField(
        label="Talk",
        queryset=Talk.objects.headlines().order_by("-starts_at", "-pk"),
        required=False,
        empty_label="Alle Talks",
    )
    states = forms.MultipleChoiceField(
        label="Stand",
        choices=Registration.State,
        widget=forms.CheckboxSelectMultiple,
        initial=[Registration.State.CONFIRMED],
        error_messages={"required": "Bitte wählen Sie, wer in die Datei soll."},
    )
    columns = forms.MultipleChoiceField(
        label="Spalten",
        choices=[(column.key, column.label) for column in COLUMNS],
        widget=forms.CheckboxSelectMultiple,
        initial=[column.key for column in COLUMNS if column.is_usual],
        help_text="Nehmen Sie nur mit, was Sie brauchen: Jede Datei ist eine Kopie von Daten, "
        f"die hier {settings.RETENTION_DAYS}\u00a0Tage nach dem Talk gelöscht werden.",
        error_messages={"required": "Bitte wählen Sie mindestens eine Spalte."},
    )
    file_format = forms.ChoiceField(
        label="Format",
        choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV (Semikolon, UTF-8)")],
        widget=forms.RadioSelect,
        initial="xlsx",
    )

    def clean(self) -> None:
        """Refuse a choice for which there is nobody; set `export` and the `number` of its rows."""
        super().clean()
        if self.errors:
            return
        data = self.cleaned_data
        chosen = [column for column in COLUMNS if column.key in data["columns"]]
        self.export = Export(data["talk"], data["states"], chosen)
        self.number = self.export.rows().count()
        if not self.number:
            raise forms.ValidationError("Zu dieser Auswahl gibt es keine Anmeldungen.")


def export(request: HttpRequest) -> HttpResponseBase:
    require_permission(request, "registration.export_registration")
    form = ExportForm(request.POST or None, initial={"talk": request.GET.get("talk")})
    if ticked := TICKS.get(request.POST.get("ticks", "")):
        form = ExportForm(initial=chosen_so_far(request.POST) | {"columns": ticked[1]})
    elif request.method == "POST" and form.is_valid():
        file_format = form.cleaned_data["file_format"]
        message = form.export.log_text(form.number, file_format)
        if form.export.talk:
            history.write_about_talk(request, form.export.talk, message)
        else:
            history.write_about_everybody(request, message)
        return answer(form.export, file_format)
    context = {"title": "Anmeldungen exportieren", "form": form, "ticks": TICKS}
    template = "registration/registration/export.html"
    return admin_page(request, Registration, template, context, 422 if form.is_bound else 200)


def chosen_so_far(sent: QueryDict) -> dict[str, Any]:
    """Return what the form held when a button ticked its columns."""
    talk, file_format = sent.get("talk"), sent.get("file_format")
    return {"talk": talk, "states": sent.getlist("states"), "file_format": file_format}


def answer(export: Export, file_format: str) -> HttpResponseBase:
    """Answer with the file: CSV while it is read, XLSX from a temporary file."""
    sheet = export.sheet()
    name = export.file_name(file_format)
    if file_format == "xlsx":
        return FileResponse(xlsx_file([sheet], "Anmeldungen"), as_attachment=True, filename=name)
    return StreamingHttpResponse(
        csv_lines(sheet),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


URLS: list[DeskUrl] = [
    ("export/", export, "export_registrations"),
]
