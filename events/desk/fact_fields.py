"""The facts of a talk in its form: each field says what holds if it is left as it is."""

from django import forms
from django.utils.html import escape

from events.models import Series
from events.models.facts import ANSWERS, UNSAID, own_or

NAMES = [
    "programme",
    "runs_in_browser",
    "test_url",
    "is_recorded",
    "recording_use",
    "has_captions",
    "has_sign_language",
    "has_telephone",
]
WHERE_SHOWN = "Steht beim Talk, im Formular, in E-Mails, Kalendern und der Schnittstelle."


def show_the_series(form: forms.ModelForm, series: Series) -> None:
    """Say beside each field what holds for the talk if the field is left as it is."""
    for name in (name for name in NAMES if name in form.fields):  # none for who may only look
        field, default = form.fields[name], series.serializable_value(name)
        if isinstance(field, forms.TypedChoiceField):
            said = dict(ANSWERS)[default]
            field.choices = [("", f"wie Reihe ({said})"), *ANSWERS[1:]]
        else:
            said = f"wie Reihe („{default}“)" if default else f"wie Reihe ({UNSAID})"
            # The admin shows help as HTML.
            field.help_text = f"{field.help_text} Leer lassen: {escape(said)}."


def refuse_contradictions(form: forms.ModelForm, series: Series) -> None:
    """Refuse what would be typed for nobody: no page shows it beside these answers."""
    data = form.cleaned_data
    is_recorded = own_or(data.get("is_recorded"), series.is_recorded)
    if data.get("recording_use") and not is_recorded and "is_recorded" in data:
        form.add_error(
            "recording_use",
            "Das erscheint nur, wenn aufgezeichnet wird. Wählen Sie bei „Wird aufgezeichnet“ "
            "bitte „ja“, oder leeren Sie dieses Feld.",
        )
    if data.get("dial_in") and data.get("has_telephone") is False:
        form.add_error(
            "has_telephone",
            "Unter „Zugang“ steht eine Nummer. Wählen Sie bitte „ja“ oder „wie Reihe“, oder "
            "leeren Sie das Feld „Nummer und PIN“.",
        )
