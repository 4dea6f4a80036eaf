"""The sections of a talk's form: which fields, which are open, and what leads to them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.helpers import InlineAdminFormSet

from events.desk import fact_fields
from events.models import Talk

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldOpts, _FieldsetSpec
    from django_stubs_ext import StrOrPromise

# In the order in which one enters a talk; the speakers stand after the second (the template).
# What is seldom used is closed.
SECTIONS: "_FieldsetSpec" = [
    ("Termin", {"fields": [("starts_at", "ends_at")]}),
    (
        "Worum es geht",
        {"fields": ["title", "subtitle", "municipality", "announcement", "chosen_topics"]},
    ),
    (
        "Bild",
        {
            "fields": [
                "image",
                ("image_alt", "image_credit"),
                ("image_caption", "image_focus"),
            ]
        },
    ),
    ("Zugang", {"fields": [("meeting_url", "dial_in")]}),
    ("Technik-Check", {"fields": [("check_at", "check_url")], "classes": ["collapse"]}),
    (
        "Veröffentlichen",
        {"fields": [("status", "publish_at"), ("slug", "preview_link")]},
    ),
    (
        "Anmeldung",
        {
            "fields": [
                ("capacity", "waiting_list"),
                ("registration_opens_at", "registration_closes_at"),
                ("reminds_day_before", "reminds_hour_before", "double_opt_in"),
            ],
            "classes": ["collapse"],
        },
    ),
    (
        "Technik und Zugänglichkeit",
        {
            "fields": [
                ("programme", "runs_in_browser"),
                ("is_recorded", "recording_use"),
                ("has_captions", "has_sign_language", "has_telephone"),
                "test_url",
            ],
            "description": fact_fields.WHERE_SHOWN,
            "classes": ["collapse"],
        },
    ),
    (
        "Anerkennung als Fortbildung",
        {
            "fields": [("recognition_chamber", "recognition_number", "recognition_hours")],
            "classes": ["collapse"],
        },
    ),
    (
        "Nach dem Talk",
        {
            "fields": ["recap", "written_answers", "report_sentence"],
            "description": "Von selbst geht nach dem Talk keine Mail hinaus. Rückblick, Material "
            "und Antworten verschickt „Unterlagen verschicken“ oben auf dieser Seite, sobald der "
            "Talk zu Ende ist; das dürfen alle, die Nachrichten schreiben.",
            "classes": ["collapse"],
        },
    ),
]
AFTERWARDS = "Nach dem Talk"
SPEAKERS_AFTER = 2
PROFILE = "profile"
HEADINGS = {"speakers": "Wer spricht", "materials": "Material", PROFILE: "Praxisprofil"}


@dataclass(frozen=True)
class Jump:
    """A link to a section, and how many things are missing in it."""

    anchor: str
    name: str
    missing: int = 0


@dataclass(frozen=True)
class Mistake:
    """An error of the form, and the field that it leads to."""

    anchor: str
    text: str


def flat(names: Iterable[Any]) -> list[str]:
    """Return the names of a section's fields, those that share a line one by one."""
    return [name for line in names for name in ([line] if isinstance(line, str) else list(line))]


def opened(sections: "_FieldsetSpec", open_for: Iterable[str], talk: Talk) -> "_FieldsetSpec":
    """Return the sections, and none closed that holds one of `open_for` or is due now."""
    wanted = set(open_for)
    shown: list[tuple[StrOrPromise | None, _FieldOpts]] = []
    for title, options in sections:
        is_due = title == AFTERWARDS and talk.pk is not None and talk.is_past
        if is_due or not wanted.isdisjoint(flat(options["fields"])):
            options = {**options, "classes": []}
        shown.append((title, options))
    return shown


def open_rows(formsets: Iterable[InlineAdminFormSet], talk: Talk | None) -> None:
    """Show rows that exist, and those that are wanted now; a profile is never urgent."""
    for rows in formsets:
        formset = rows.formset
        is_wanted = formset.is_bound or bool(talk and talk.is_past)
        if formset.prefix == PROFILE:
            is_wanted = formset.is_bound and formset.has_changed()
        if formset.initial_form_count() or is_wanted:
            rows.classes = ""


def jumps(
    sections: "_FieldsetSpec",
    formsets: Iterable[InlineAdminFormSet],
    missing: Mapping[str, str],
) -> list[Jump]:
    """Return a link to each section, in the order of the page."""
    links = [
        Jump(
            f"fieldset-0-{number}-heading",
            str(title),
            len(missing.keys() & set(flat(options["fields"]))),
        )
        for number, (title, options) in enumerate(sections)
    ]
    for rows in formsets:
        prefix = rows.formset.prefix
        link = Jump(f"{prefix}-heading", HEADINGS.get(prefix, prefix), int(prefix in missing))
        links.insert(SPEAKERS_AFTER if prefix == "speakers" else len(links), link)
    return links


def mistakes(
    sections: "_FieldsetSpec", form: forms.ModelForm, formsets: Iterable[InlineAdminFormSet]
) -> Iterator[Mistake]:
    """Yield each error beside a field, in the order of the page, but for rows: these come last."""
    for _, options in sections:
        yield from _mistakes_in(form, flat(options["fields"]))
    for rows in formsets:
        for row in rows.formset.forms:
            yield from _mistakes_in(row, row.fields)


def _mistakes_in(form: forms.BaseForm, names: Iterable[str]) -> Iterator[Mistake]:
    """Yield the errors of these fields; the box of a question needs no name before its words."""
    for name in names:
        for error in form.errors.get(name, []):
            field = form[name]
            is_box = isinstance(field.field.widget, forms.CheckboxInput)
            yield Mistake(_anchor(field), str(error) if is_box else f"{field.label}: {error}")


def _anchor(field: forms.BoundField) -> str:
    """Return the id of what takes the typed: of a date and time, the date."""
    is_split = isinstance(field.field.widget, forms.MultiWidget)
    return f"{field.auto_id}_0" if is_split else field.auto_id
