"""The visitors' forms about themselves.

What is typed is made canonical here, or gets a message beside its field.
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Hidden, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from events.models import Talk, Topic
from events.models.bookability import WAITING_LIST
from events.pages.edition import Edition, editions
from registration.fields import (
    PersonForm,
    email_field,
    name_field,
    organisation_field,
    question_field,
)
from registration.models import addresses
from registration.models.interest import CONSENT_TEXT
from registration.pages import form_stamp
from registration.pages.kept_fields import KeptHelper
from registration.pages.talk_choice import (
    NOT_ON_OFFER,
    NOT_TICKED,
    TalkChoices,
    TalksField,
    asked_elsewhere,
    question_about,
    question_name,
    with_present_slugs,
)


class SignUpForm(PersonForm):
    """Coming talks as checkboxes, each with a question to its speakers, and who comes."""

    button = "Kostenfrei anmelden"
    helper_class = KeptHelper
    data: MultiValueDict[str, Any]

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
    interest = forms.BooleanField(label=CONSENT_TEXT, required=False)
    # A trap: only programs fill it in. The template hides it from eyes, screen readers and the
    # keyboard.
    website = forms.Field(
        label="Bitte leer lassen",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    # When the page was opened. A missing or forged value is no error (see `is_suspect`).
    opened = forms.Field(required=False, initial=form_stamp.new, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and not form_stamp.opened_at(self.data.get("opened")):
            # If the page is shown again, its stamp counts from now.
            self.data = self.data.copy()
            self.data["opened"] = form_stamp.new()
        if asked := self.initial.get("talks"):
            bookable = {talk.slug for talk in self.bookable}
            self.initial["talks"] = with_present_slugs(asked, bookable)
        # The other questions have only to be shown.
        self._take_questions(t for t in self.asked if self.data.get(question_name(t)))
        cast(TalksField, self.fields["talks"]).offer(lambda: self.bookable)

    def _take_questions(self, talks: Iterable[Talk]) -> None:
        self.fields |= {question_name(talk): question_about(talk) for talk in talks}
        self.order_fields(["talks", *map(question_name, self.asked)])

    @cached_property
    def helper(self) -> FormHelper:
        self._take_questions(t for t in self.asked if question_name(t) not in self.fields)
        helper = super().helper
        # Not a part of the layout, because the rendered layout is kept for other visitors.
        helper.add_input(Hidden("opened", self["opened"].value()))
        if self.is_for_queue:
            helper.inputs[0].value = WAITING_LIST.action
        return helper

    @cached_property
    def edition(self) -> Edition:
        return editions.current()

    @property
    def bookable(self) -> list[Talk]:
        return self.edition.bookable

    @cached_property
    def left(self) -> list[Talk]:
        """The talks that somebody has a question about and that are not on offer any more."""
        return asked_elsewhere(self.data, self.bookable) if self.is_bound else []

    @property
    def asked(self) -> list[Talk]:
        """The talks about which the form takes a question."""
        return [*self.bookable, *self.left]

    @property
    def given(self) -> list[str]:
        """The slugs of the bookable talks that are ticked when the form opens."""
        asked = self.initial.get("talks", [])
        return [talk.slug for talk in self.bookable if talk.slug in asked]

    @property
    def is_for_queue(self) -> bool:
        """Whether there are only places in a queue: in the ticked talks, or in all on offer."""
        slugs = self.data.getlist("talks") if self.is_bound else self.given
        ticked = [talk for talk in self.bookable if talk.slug in slugs] or self.bookable
        return {talk.registration_state for talk in ticked} == {WAITING_LIST}

    @property
    def only_talk(self) -> Talk | None:
        """The talk that is ticked, if it is the only one."""
        slugs = self["talks"].value() or []
        ticked = [talk for talk in self.bookable if talk.slug in slugs]
        return ticked[0] if len(ticked) == 1 else None

    @cached_property
    def refused(self) -> list[Talk]:
        """The talks that the page's address names and that cannot be booked."""
        others = set(self.initial.get("talks", [])).difference(self.given)
        if not others:  # spares Django the work on a query that it would not send
            return []
        found = Talk.objects.published().filter(slug__in=others)
        return [talk for talk in found if not talk.is_bookable]

    def layout(self) -> Layout:
        return Layout(
            TalkChoices(ticked=True),
            Fieldset("Ihre Angaben", "name", "email", "organisation"),
            TalkChoices(ticked=False),
            "interest",
            Field("website", wrapper_class="honeypot"),
        )

    def clean_talks(self) -> list[Talk]:
        talks = list(self.cleaned_data["talks"])
        if refused := [talk for talk in talks if not talk.is_bookable]:
            raise ValidationError(not_bookable_messages(refused))
        return talks

    def clean(self) -> dict[str, Any]:
        """Refuse a question to the speakers of a talk that is not ticked."""
        slugs = {talk.slug for talk in self.asked}
        ticked = with_present_slugs(self.data.getlist("talks"), slugs)
        for talk in self.asked:
            if talk.slug not in ticked and self.cleaned_data.get(question_name(talk)):
                reason = NOT_ON_OFFER if talk in self.left else NOT_TICKED
                self.add_error(question_name(talk), reason)
        return super().clean()

    @property
    def questions(self) -> dict[int, str]:
        """The questions by their talks' primary keys, "" where nothing is asked."""
        return {talk.pk: self.cleaned_data.get(question_name(talk), "") for talk in self.asked}

    def refuse(self, talks: Collection[Talk]) -> None:
        """Say beside the choice of talks that these were booked up after `clean` had run."""
        self.add_error("talks", not_bookable_messages(talks) or "Diesen Talk gibt es nicht mehr.")

    @property
    def is_suspect(self) -> bool:
        """Whether a program may have sent the form.

        The sign-up then counts after a click in the mail, which costs a person little.
        """
        answers = self.cleaned_data
        return bool(answers["website"]) or not form_stamp.is_plausible(answers["opened"])


class AddressForm(PersonForm):
    """The address that gets its links by mail."""

    button = "Link zuschicken"

    email = email_field(help_text="Die Adresse, mit der Sie sich angemeldet haben.")


class DetailsForm(PersonForm):
    """What participants may change in all their registrations."""

    button = "Speichern"

    name = name_field()
    organisation = organisation_field()


class QuestionForm(PersonForm):
    """The question to the speakers of a talk for which somebody is registered."""

    button = "Frage speichern"

    question = question_field(
        "Ihre Frage an die Vortragenden",
        help_text="Wir geben sie vor dem Talk an die Vortragenden weiter, ohne Ihren Namen.",
    )


class HandOverForm(PersonForm):
    """The person who gets the seat instead."""

    button = "Platz weitergeben"

    name = name_field()
    email = email_field(help_text="Dorthin senden wir Bestätigung und Zugangslink.")
    organisation = organisation_field()

    def __init__(self, *args: Any, own_key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_key = own_key
        for field in self.fields.values():
            # Or the browser would fill in the person who is leaving.
            field.widget.attrs["autocomplete"] = "off"

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if addresses.email_key(email) == self.own_key:
            raise ValidationError(
                "Das ist Ihre eigene Adresse. Bitte geben Sie die Adresse der Person ein, "
                "die an Ihrer Stelle kommt."
            )
        return email


class NewAddressForm(PersonForm):
    """The address that the person wants to use from now on."""

    button = "Bestätigung anfordern"

    email = email_field(help_text="Dorthin senden wir eine E-Mail mit einem Knopf.")

    def __init__(self, *args: Any, own_key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_key = own_key
        self.fields["email"].label = "Neue E-Mail-Adresse"
        # Or the browser would fill in the one that shall go.
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if addresses.email_key(email) == self.own_key:
            raise ValidationError(
                "Das ist Ihre bisherige Adresse. Bitte geben Sie die neue Adresse ein."
            )
        return email


class TopicsForm(PersonForm):
    """The topics of which somebody wants to hear."""

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
    """Asking to be told of new talks; the consent is never ticked beforehand."""

    button = "Informieren Sie mich"

    email = email_field()
    consent = forms.BooleanField(
        label=CONSENT_TEXT,
        help_text="Bitte kreuzen Sie das an: Ohne Ihr Ja dürfen wir Ihnen nicht schreiben.",
        error_messages={"required": "Bitte bestätigen Sie, dass wir Ihnen schreiben dürfen."},
    )
    field_order = ["email", "topics", "consent"]


def not_bookable_messages(talks: Iterable[Talk]) -> list[str]:
    """Say for each talk why it cannot be booked."""
    return [
        f"„{talk.title}“: {talk.registration_state.label}. "
        "Für diesen Termin ist keine Anmeldung möglich."
        for talk in talks
    ]
