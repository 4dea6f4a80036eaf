"""The sign-up form."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIteratorValue

from events.models import Talk
from registration import addresses

TOO_LONG = "Bitte kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d."


class SignUpForm(forms.Form):
    """Coming talks as checkboxes, and who comes."""

    talks = forms.ModelMultipleChoiceField(
        Talk.objects.none(),
        to_field_name="slug",
        label="Ihre Termine",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Bitte wählen Sie mindestens einen Termin.",
            "invalid_choice": "Diesen Talk gibt es nicht oder nicht mehr.",
        },
    )
    name = forms.CharField(
        label="Vor- und Nachname",
        max_length=addresses.MAX_NAME,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Bitte geben Sie Ihren Namen ein.", "max_length": TOO_LONG},
    )
    email = forms.CharField(
        label="E-Mail-Adresse",
        help_text="Dorthin senden wir Bestätigung und Zugangslink.",
        max_length=320,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": addresses.BAD_EMAIL.message, "max_length": TOO_LONG},
    )
    organisation = forms.CharField(
        label="Kommune oder Organisation",
        required=False,
        max_length=addresses.MAX_NAME,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"max_length": TOO_LONG},
    )
    question = forms.CharField(
        label="Ihre Frage an die Vortragenden",
        help_text="Wir geben sie vor dem Talk weiter.",
        required=False,
        max_length=addresses.MAX_QUESTION,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
    # Only programs fill it in; templates keep it out of sight.
    website = forms.CharField(
        label="Bitte leer lassen",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        bookable = list(Talk.objects.bookable().with_parts())
        field = self.fields["talks"]
        # Every published talk is understood, so that a full one gets its own message.
        field.queryset = Talk.objects.published()
        field.choices = [
            (ModelChoiceIteratorValue(talk.slug, talk), talk.title) for talk in bookable
        ]
        self.has_talks = bool(bookable)
        given = Talk.objects.published().with_slugs(self.initial.get("talks", []))
        self.refused = [talk for talk in given if not talk.is_bookable]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "talks",
            Fieldset("Ihre Angaben", "name", "email", "organisation", "question"),
            Field("website", wrapper_class="honeypot"),
        )
        self.helper.add_input(Submit("submit", "Kostenfrei anmelden"))

    def clean_talks(self):
        talks = list(self.cleaned_data["talks"])
        if refused := [talk for talk in talks if not talk.is_bookable]:
            raise ValidationError(not_bookable_messages(refused))
        return talks

    def clean_name(self):
        return addresses.clean_name(self.cleaned_data["name"])

    def clean_email(self):
        return addresses.canonical_email(self.cleaned_data["email"])

    def clean_organisation(self):
        return addresses.clean_line(self.cleaned_data["organisation"])

    def clean_question(self):
        return addresses.clean_text(self.cleaned_data["question"])

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError(
                "Bitte lassen Sie dieses Feld leer und senden Sie noch einmal ab."
            )
        return ""

    def refuse(self, talks):
        """Put what sign_up found out too late for `clean` beside the talks."""
        self.add_error("talks", not_bookable_messages(talks) or "Diesen Talk gibt es nicht mehr.")

    @property
    def person(self) -> dict:
        return {
            field: self.cleaned_data[field]
            for field in ("name", "email", "organisation", "question")
        }


def not_bookable_messages(talks) -> list[str]:
    """Say for each talk why the form cannot be booked."""
    return [
        f"„{talk.title}“: {talk.registration_state.label}. "
        "Für diesen Termin ist keine Anmeldung möglich."
        for talk in talks
    ]
