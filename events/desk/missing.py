"""What a talk's form still lacks, said beside each field before the talk is published."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html

SPEAKERS = "speakers"
# Without these a talk is published only with a tick (events/desk/questions.py).
NEEDED = {
    "municipality": ("Ort", "Ohne ihn fehlt das Ortsschild."),
    "announcement": ("Ankündigung", "Ohne sie erfährt niemand, worum es geht."),
    SPEAKERS: ("Referentin oder Referent", "Ohne Namen erfährt niemand, wer berichtet."),
}
# These may come later.
USEFUL = {
    "chosen_topics": "Ohne Thema finden ihn Leserinnen und Leser nicht nach Themen.",
    "meeting_url": "Er wird bis zum Beginn gebraucht.",
}
OF_A_PICTURE = {
    "image_alt": "Wer das Bild nicht sehen kann, erfährt sonst nichts von ihm.",
    "image_credit": "Bei einem Bild ist er Pflicht.",
}
AFTERWARDS = {"recap": "Was ist im Talk zur Sprache gekommen?"}


def missing_in(form: forms.ModelForm) -> dict[str, str]:
    """Return what the form lacks as it is shown, by field, with the reason to fill it in."""
    talk = form.instance
    is_stored = talk.pk is not None
    if is_stored and talk.is_called_off:
        return {}
    wanted = {name: reason for name, (_, reason) in NEEDED.items()}
    if is_stored and talk.is_past:
        wanted |= AFTERWARDS
    else:
        wanted |= USEFUL
    if _value(form, "image"):
        wanted |= OF_A_PICTURE
    return {name: reason for name, reason in wanted.items() if _lacks(form, name)}


def needed_and_missing(form: forms.ModelForm) -> list[str]:
    """Return what everybody looks for and the form, which is being cleaned, does not have."""
    has = form.cleaned_data | {SPEAKERS: _has_typed_speaker(form)}
    return [words for name, (words, _) in NEEDED.items() if not has.get(name)]


def say_beside_fields(
    form: forms.ModelForm, rows: Iterable[forms.BaseFormSet], missing: dict[str, str]
) -> None:
    """Put what is missing before the help of each field, where the admin shows it as HTML."""
    for name in missing.keys() & form.fields.keys():
        _say(form[name], missing[name])
    for speakers in rows:
        if speakers.prefix in missing and speakers.forms:
            _say(speakers.forms[0]["name"], missing[speakers.prefix])


def _say(field: forms.BoundField, reason: str) -> None:
    field.help_text = format_html(
        '<strong class="missing">Fehlt noch.</strong> {} {}',
        reason,
        field.help_text,
    )


def _lacks(form: forms.ModelForm, name: str) -> bool:
    if name == SPEAKERS:
        return not _has_speaker(form)
    return name in form.fields and not _value(form, name)


def _value(form: forms.ModelForm, name: str) -> Any:
    return form[name].value() if name in form.fields else None


def _has_speaker(form: forms.ModelForm) -> bool:
    if form.is_bound:
        return _has_typed_speaker(form)
    return form.instance.pk is not None and form.instance.speakers.exists()


def _has_typed_speaker(form: forms.ModelForm) -> bool:
    """Whether a speaker stands in the rows below the form, which were sent with it."""
    rows = (re.fullmatch(r"(speakers-\d+-)name", field) for field in form.data)
    return any(
        form.data[row[0]].strip() and f"{row[1]}DELETE" not in form.data for row in rows if row
    )
