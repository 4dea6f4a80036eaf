"""The forms about people: what is typed becomes canonical here, or gets a message beside it."""

from collections.abc import Callable
from functools import cached_property, partial

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Hidden, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIteratorValue

from events.models import Talk, Topic
from events.pages.edition import editions
from registration.models import addresses
from registration.models.interest import CONSENT_TEXT
from registration.pages import form_stamp

TOO_LONG = "Bitte kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d."


def name_field(**options):
    return forms.CharField(
        label="Vor- und Nachname",
        max_length=addresses.MAX_NAME,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Bitte geben Sie Ihren Namen ein.", "max_length": TOO_LONG},
        **options,
    )


def email_field(**options):
    return forms.CharField(
        label="E-Mail-Adresse",
        max_length=320,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": addresses.BAD_EMAIL.message, "max_length": TOO_LONG},
        **options,
    )


def organisation_field():
    return forms.CharField(
        label="Kommune oder Organisation",
        required=False,
        max_length=addresses.MAX_NAME,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"max_length": TOO_LONG},
    )


class KeptHelper(FormHelper):
    """Renders the fields of an untouched form once per edition: all see the same."""

    def render_layout(self, form, *args, **kwargs):
        render = partial(super().render_layout, form, *args, **kwargs)
        given = form.given
        if form.is_bound or len(given) > 1:  # every choice of several would be a piece of its own
            return render()
        return form.edition.piece((type(form), *given), render)


class PersonForm(forms.Form):
    """Base of the forms about a person; each declares the fields that it needs."""

    button = "Absenden"
    helper_class = FormHelper

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = self.helper_class()
        self.helper.layout = self.layout()
        self.helper.add_input(Submit("submit", self.button))

    def layout(self) -> Layout:
        return Layout(*self.fields)

    def clean_name(self):
        return self._canonical("name", addresses.clean_name)

    def clean_email(self):
        return addresses.canonical_email(self.cleaned_data["email"])

    def clean_organisation(self):
        return self._canonical("organisation", addresses.clean_line)

    def _canonical(self, name, clean) -> str:
        """Return what `clean` makes of the input; it may be longer, and too long only then."""
        value = clean(self.cleaned_data[name])
        self.fields[name].run_validators(value)
        return value


class TalksField(forms.ModelMultipleChoiceField):
    """Talks by their slugs; those on offer are known without asking the database.

    Of the others every published one is understood, so that a full one gets its own message.
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(Talk.objects.none(), to_field_name="slug", **kwargs)

    def offer(self, talks: Callable[[], list[Talk]]):
        """Set what is on offer; `talks` is called when the form is shown or read."""
        self.offered = talks
        self.choices = lambda: [
            (ModelChoiceIteratorValue(talk.slug, talk), talk.title) for talk in talks()
        ]

    def clean(self, value):
        by_slug = {talk.slug: talk for talk in self.offered()}
        if value and by_slug.keys() >= set(value):
            return [talk for slug, talk in by_slug.items() if slug in value]
        self.queryset = Talk.objects.published()
        return super().clean(value)


class SignUpForm(PersonForm):
    """Coming talks as checkboxes, and who comes."""

    button = "Kostenfrei anmelden"
    helper_class = KeptHelper

    talks = TalksField(
        label="Ihre Termine",
        error_messages={
            "required": "Bitte wählen Sie mindestens einen Termin.",
            "invalid_choice": "Diesen Talk gibt es nicht oder nicht mehr.",
        },
    )
    name = name_field()
    email = email_field(help_text="Dorthin senden wir Bestätigung und Zugangslink.")
    organisation = organisation_field()
    question = forms.CharField(
        label="Ihre Frage an die Vortragenden",
        help_text="Wir geben sie vor dem Talk weiter.",
        required=False,
        max_length=addresses.MAX_QUESTION,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
    interest = forms.BooleanField(label=CONSENT_TEXT, required=False)
    # Only programs fill it in; the template keeps it from eyes, screen readers and the keyboard.
    website = forms.Field(
        label="Bitte leer lassen",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    # When the page was opened; a value that means nothing is no error either.
    opened = forms.Field(required=False, initial=form_stamp.new, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and not form_stamp.opened_at(self.data.get("opened")):
            # Should the page be shown again, then with a stamp that counts from now.
            self.data = self.data.copy()
            self.data["opened"] = form_stamp.new()
        # Beside the layout, which is kept.
        self.helper.add_input(Hidden("opened", self["opened"].value()))
        self.fields["talks"].offer(lambda: self.bookable)

    @cached_property
    def edition(self):
        return editions.current()

    @property
    def bookable(self) -> list[Talk]:
        return self.edition.bookable

    @property
    def given(self) -> list[str]:
        """The slugs of bookable talks that are ticked when the form opens."""
        asked = self.initial.get("talks", [])
        return [talk.slug for talk in self.bookable if talk.slug in asked]

    @cached_property
    def refused(self) -> list[Talk]:
        """The talks that the address asks for and that cannot be booked."""
        others = set(self.initial.get("talks", [])).difference(self.given)
        found = Talk.objects.published().filter(slug__in=others)
        return [talk for talk in found if not talk.is_bookable]

    def layout(self):
        return Layout(
            "talks",
            Fieldset("Ihre Angaben", "name", "email", "organisation", "question", "interest"),
            Field("website", wrapper_class="honeypot"),
        )

    def clean_talks(self):
        talks = list(self.cleaned_data["talks"])
        if refused := [talk for talk in talks if not talk.is_bookable]:
            raise ValidationError(not_bookable_messages(refused))
        return talks

    def clean_question(self):
        return addresses.clean_text(self.cleaned_data["question"])

    def refuse(self, talks):
        """Put what sign_up found out too late for `clean` beside the talks."""
        self.add_error("talks", not_bookable_messages(talks) or "Diesen Talk gibt es nicht mehr.")

    @property
    def is_suspect(self) -> bool:
        """Whether a program may have sent this; who is a person, only has to click in the mail."""
        answers = self.cleaned_data
        return bool(answers["website"]) or not form_stamp.is_plausible(answers["opened"])

    @property
    def person(self) -> dict:
        return {
            field: self.cleaned_data[field]
            for field in ("name", "email", "organisation", "question")
        }


class AddressForm(PersonForm):
    """An address, to send it what is known of it."""

    button = "Link zuschicken"

    email = email_field(help_text="Die Adresse, mit der Sie sich angemeldet haben.")


class DetailsForm(PersonForm):
    """What a person may change of the own registrations."""

    button = "Speichern"

    name = name_field()
    organisation = organisation_field()


class HandOverForm(PersonForm):
    """Who gets the seat instead."""

    button = "Platz weitergeben"

    name = name_field()
    email = email_field(help_text="Dorthin senden wir Bestätigung und Zugangslink.")
    organisation = organisation_field()

    def __init__(self, *args, own_key, **kwargs):
        super().__init__(*args, **kwargs)
        self.own_key = own_key
        for field in self.fields.values():
            # A browser would fill in the person who is leaving.
            field.widget.attrs["autocomplete"] = "off"

    def clean_email(self):
        email = super().clean_email()
        if addresses.email_key(email) == self.own_key:
            raise ValidationError(
                "Das ist Ihre eigene Adresse. Bitte geben Sie die Adresse der Person ein, "
                "die an Ihrer Stelle kommt."
            )
        return email


class TopicsForm(PersonForm):
    """Which themes somebody wants to hear of."""

    button = "Speichern"

    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        to_field_name="slug",
        label="Themen",
        help_text="Nichts angekreuzt: Wir informieren Sie über alle Talks.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Dieses Thema gibt es nicht oder nicht mehr."},
    )


class InterestForm(TopicsForm):
    """The wish to be told of new talks; its consent is never ticked beforehand."""

    button = "Informieren Sie mich"

    email = email_field()
    consent = forms.BooleanField(
        label=CONSENT_TEXT,
        error_messages={"required": "Bitte bestätigen Sie, dass wir Ihnen schreiben dürfen."},
    )
    field_order = ["email", "topics", "consent"]


def not_bookable_messages(talks) -> list[str]:
    """Say for each talk why the form cannot be booked."""
    return [
        f"„{talk.title}“: {talk.registration_state.label}. "
        "Für diesen Termin ist keine Anmeldung möglich."
        for talk in talks
    ]
