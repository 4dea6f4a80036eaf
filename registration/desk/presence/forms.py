"""The forms of a report: the files, and what an organiser decides of each line."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from events.dates import moment_text
from events.models import Talk
from events.text.addresses import MAX_EMAIL
from events.text.fields import LineInput
from registration.desk.presence.names import Match
from registration.desk.presence.report_tables import MAX_BYTES, TOO_BIG
from registration.desk.presence.reports import Report, read_report
from registration.models import Registration
from registration.models.addresses import MAX_NAME

ANOTHER_TALK = (
    "{file} ist nicht von diesem Talk: Der Bericht reicht von {first} bis {last}, der Talk "
    "dauerte von {begin} bis {end}. Es ist nichts eingelesen."
)
UNKNOWN_PERSON = "Unter den Angemeldeten dieses Talks gibt es sie nicht, oder mehrere heißen so."
# What a choice holds beside keys: nothing is decided, or nobody who signed up.
OPEN, GUEST = "", "gast"


class ReportsField(forms.FileField):
    """One or several files."""

    class Widget(forms.FileInput):
        allow_multiple_selected = True

    widget = Widget

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list) else [data]
        return [super(ReportsField, self).clean(file, initial) for file in files or [None]]


class ReportForm(forms.Form):
    """What the video system exports of one talk."""

    file = ReportsField(
        label="Teilnahmebericht (CSV)",
        widget=ReportsField.Widget({"accept": ".csv,.tsv,.txt", "multiple": True}),
        error_messages={
            "required": "Bitte wählen Sie eine Datei aus.",
            "empty": "Diese Datei ist leer.",
        },
        help_text="Ist die Sitzung abgebrochen, gibt es mehrere Berichte: Wählen Sie dann alle "
        "auf einmal aus.",
    )

    def __init__(self, *args: Any, talk: Talk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.talk = talk

    def clean_file(self) -> list[Report]:
        """Return what stands in each file."""
        files: list[UploadedFile] = self.cleaned_data["file"]
        if not self.talk.has_begun:
            raise ValidationError(
                "Dieser Talk steht noch bevor. Einen Bericht gibt es erst danach."
            )
        if sum(file.size or 0 for file in files) > MAX_BYTES:
            raise ValidationError(TOO_BIG)
        return [self._read(file, len(files) > 1) for file in files]

    def _read(self, file: UploadedFile, is_one_of_many: bool) -> Report:
        name = f"„{(file.name or '')[:80]}“"
        try:
            report = read_report(file.read(), self.talk)
        except ValidationError as error:
            said = error.message if not is_one_of_many else f"{name}: {error.message}"
            raise ValidationError(said) from None
        refuse_another_talk(report, self.talk, name if is_one_of_many else "Diese Datei")
        return report


def refuse_another_talk(report: Report, talk: Talk, file: str) -> None:
    """Raise ValidationError if all times of the report lie before or after the talk."""
    moments = report.moments
    if not moments or (min(moments) < talk.ends_at and max(moments) > talk.starts_at):
        return
    named = {"first": min(moments), "last": max(moments), "begin": talk.starts_at}
    named["end"] = talk.ends_at
    texts = {key: moment_text(moment) for key, moment in named.items()}
    raise ValidationError(ANOTHER_TALK.format(file=file, **texts))


class LineForm(forms.Form):
    """Asks whose line it is: one of the proposed people, somebody else with a seat, or nobody."""

    choice = forms.ChoiceField(label="gehört zu", required=False)
    person = LineInput(
        label="gehört zu",
        required=False,
        max_length=MAX_NAME + MAX_EMAIL,
        widget=forms.TextInput(
            {"list": "people", "autocomplete": "off", "spellcheck": "false"}
            | {"placeholder": "Name oder Adresse"}
        ),
    )

    # Whom the organiser has chosen.
    chosen: Registration | None = None

    def __init__(self, data: QueryDict | None, match: Match, people: "People") -> None:
        super().__init__(data, prefix=str(match.line.pk), initial=decided(match))
        self.match, self.people = match, people
        self.offered = {str(row.pk): row for row in match.offered}
        nobody = (GUEST, "niemand von diesen (Gast)")
        found = [(key, option(row)) for key, row in self.offered.items()]
        is_open = [] if match.found else [(OPEN, "noch offen (zählt als Gast)")]
        self.fields["choice"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            *(is_open if found else [(OPEN, "niemand (Gast)")]),
            *found,
            *([nobody] if found else []),
        ]

    def clean(self) -> dict[str, Any]:
        """Find the person who was chosen or typed; what was typed counts more."""
        self.chosen = self.offered.get(self.cleaned_data.get("choice", OPEN))
        if typed := self.cleaned_data.get("person"):
            found = self.people.meant_by(typed)
            self.chosen = found[0] if len(found) == 1 else None
            if self.chosen is None:
                self.add_error("person", UNKNOWN_PERSON)
        return self.cleaned_data

    def decide(self) -> bool:
        """Note the decision on the line; return whether it is another one.

        What the page has found by itself is no decision: it is found anew each time.
        """
        line, match = self.match.line, self.match
        before = (line.registration_id, line.is_guest)
        is_as_found = self.chosen == match.found and not line.registration_id
        line.registration = None if is_as_found else self.chosen
        line.is_guest = self.chosen is None and self.cleaned_data["choice"] == GUEST
        return (line.registration_id, line.is_guest) != before


def decided(match: Match) -> dict[str, str]:
    """Return what the form shows as chosen."""
    row = match.row
    return {"choice": GUEST if match.line.is_guest else str(row.pk) if row else OPEN}


def option(row: Registration) -> str:
    """Return how a person is offered, to be chosen and to be typed."""
    return f"{row.name}, {row.email}"


class People:
    """Everybody with a seat, as somebody may type them: the offered words, address, whole name."""

    def __init__(self, rows: Iterable[Registration]) -> None:
        self.options: list[str] = []
        self.by_text: dict[str, list[Registration]] = {}
        for row in rows:
            self.options.append(option(row))
            for text in {option(row), row.email or "", row.name or ""}:
                self.by_text.setdefault(text.casefold(), []).append(row)

    def meant_by(self, text: str) -> list[Registration]:
        return self.by_text.get(" ".join(text.casefold().split()), [])
