"""What the visitors' and the organisers' forms about a person share: fields and their cleaning."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from events.text.addresses import INCOMPLETE
from events.text.fields import AddressInput, LineInput, LinesInput
from registration.models import addresses

# The field with which webtalks/http/csrf.py marks a form that came without its cookie.
SEND_AGAIN = "noch-einmal"
SEND_AGAIN_TEXT = (
    "Das Formular kam ohne das Cookie an, das dazugehört: Es war lange offen, oder Ihr Browser "
    "nimmt keine Cookies an. Gespeichert ist noch nichts. Bitte senden Sie es noch einmal ab."
)
TOO_LONG = "Bitte kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d."


def name_field() -> LineInput:
    return LineInput(
        label="Vor- und Nachname",
        max_length=addresses.MAX_NAME,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Bitte geben Sie Ihren Namen ein.", "max_length": TOO_LONG},
    )


def email_field(help_text: str = "") -> AddressInput:
    return AddressInput(
        label="E-Mail-Adresse",
        help_text=help_text,
        max_length=320,
        error_messages={"required": INCOMPLETE, "max_length": TOO_LONG},
    )


def organisation_field() -> LineInput:
    return LineInput(
        label="Kommune oder Organisation",
        required=False,
        max_length=addresses.MAX_NAME,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"max_length": TOO_LONG},
    )


class QuestionInput(LinesInput):
    """A question to the speakers, in several lines."""

    def clean(self, value: Any) -> str:
        return addresses.clean_text(super().clean(value))


def question_field(label: str, help_text: str = "") -> QuestionInput:
    return QuestionInput(
        label=label,
        help_text=help_text,
        required=False,
        max_length=addresses.MAX_QUESTION,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )


class PersonForm(forms.Form):
    """Base of the forms about a person; each declares those of the fields above that it needs.

    Django calls `clean_<name>` for the declared fields only.
    """

    button = "Absenden"
    helper_class = FormHelper

    @cached_property
    def helper(self) -> FormHelper:
        """How the form is shown; a form that is only read never asks for it."""
        helper = self.helper_class()
        helper.layout = self.layout()
        helper.add_input(Submit("submit", self.button))
        return helper

    def layout(self) -> Layout:
        return Layout(*self.fields)

    def clean(self) -> dict[str, Any]:
        """Refuse a form that its sender has to send once more."""
        if SEND_AGAIN in self.data:
            raise forms.ValidationError(SEND_AGAIN_TEXT)
        return self.cleaned_data

    def clean_name(self) -> str:
        return self._canonical("name", addresses.clean_name)

    def clean_organisation(self) -> str:
        return self._canonical("organisation", addresses.clean_line)

    def _canonical(self, name: str, clean: Callable[[str], str]) -> str:
        """Return what `clean` makes of the input.

        The result may be longer than the input (NFC), so its length is checked once more.
        """
        value = clean(self.cleaned_data[name])
        self.fields[name].run_validators(value)
        return value
