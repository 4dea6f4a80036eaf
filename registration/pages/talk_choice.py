"""The talks on the sign-up form: which are chosen, and beneath each a question to its speakers.

A question's field is named after its talk's primary key, which outlives the talk's address.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from crispy_forms.layout import LayoutObject
from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.models import ModelChoiceIteratorValue
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from events.models import FormerSlug, Talk
from registration.fields import QuestionInput, question_field

if TYPE_CHECKING:
    from registration.pages.forms import SignUpForm

QUESTION = "question-"
NOT_TICKED = (
    "Diese Frage gehört zu einem Talk, den Sie nicht angekreuzt haben. Bitte kreuzen Sie ihn an, "
    "oder löschen Sie die Frage."
)
NOT_ON_OFFER = (
    "Für diesen Talk ist keine Anmeldung möglich. Bitte löschen Sie die Frage; an andere Talks "
    "geben wir sie nicht weiter."
)


def with_present_slugs(slugs: Collection[str], known: Collection[str]) -> list[str]:
    """Return `slugs` with the present ones of talks that have another address now.

    It asks the database only if one of them is none of the `known`.
    """
    unknown = [slug for slug in slugs if slug not in known]
    present = FormerSlug.present(unknown) if unknown else {}
    return [present.get(slug, slug) for slug in slugs]


class TalksField(forms.ModelMultipleChoiceField):
    """A choice of talks by their slugs.

    The talks on offer are given to the field; choosing among them costs no query. Any other
    published talk is looked up, so that a full one gets its own message and not "unknown".
    """

    widget = forms.CheckboxSelectMultiple
    offered: Callable[[], list[Talk]]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Talk.objects.none(), to_field_name="slug", **kwargs)

    def offer(self, talks: Callable[[], list[Talk]]) -> None:
        """Set what is on offer; `talks` is called when the form is shown or read."""
        self.offered = talks
        self.choices = self._offered_choices

    def _offered_choices(self) -> list[tuple[ModelChoiceIteratorValue, str]]:
        return [(ModelChoiceIteratorValue(talk.slug, talk), talk.title) for talk in self.offered()]

    def clean(self, value: Any) -> Collection[Talk]:  # type: ignore[override]  # spares a query
        by_slug = {talk.slug: talk for talk in self.offered()}
        value = with_present_slugs(value or [], by_slug)
        if value and by_slug.keys() >= set(value):
            return [talk for slug, talk in by_slug.items() if slug in value]
        self.queryset = Talk.objects.published()
        return super().clean(value)


def question_name(talk: Talk) -> str:
    """Return the name of the field with the question to the speakers of `talk`."""
    return f"{QUESTION}{talk.pk}"


def question_about(talk: Talk) -> QuestionInput:
    return question_field(
        f"Frage zu „{talk.title}“",
        help_text="Wir geben sie vor dem Talk an die Vortragenden weiter, ohne Ihren Namen.",
    )


def asked_elsewhere(data: Mapping[str, Any], offered: Iterable[Talk]) -> list[Talk]:
    """Return the published talks to which `data` holds a question and that are not `offered`.

    They were on offer when the page was opened. Forged names and drafts are ignored; it asks the
    database only if there is such a name.
    """
    known = {question_name(talk) for talk in offered}
    typed = [name for name in data if name.startswith(QUESTION) and name not in known]
    numbers = [name.removeprefix(QUESTION) for name in typed if str(data[name]).strip()]
    pks = [int(number) for number in numbers if number.isdecimal() and len(number) < 10]
    return list(Talk.objects.published().with_parts().filter(pk__in=pks)) if pks else []


class TalkChoices(LayoutObject):
    """The talks that are ticked, or the others; each with the field for its question.

    If none is ticked, all stand where the ticked ones would.
    """

    template = "registration/_talk_choices.html"

    def __init__(self, *, ticked: bool) -> None:
        self.fields: list[str] = []
        self.ticked = ticked

    def render(
        self, form: "SignUpForm", context: Context, template_pack: str = "", **kwargs: Any
    ) -> SafeString:
        field = form["talks"]
        options = list(field)
        ticked = [option for option in options if option.data["selected"]] or options
        shown = ticked if self.ticked else [each for each in options if each not in ticked]
        legend = "Auch anmelden für"
        if self.ticked:
            legend = "Ihr Termin" if len(options) > len(ticked) == 1 else "Ihre Termine"
        content: dict[str, Any] = {
            "field": field if self.ticked else None,
            "legend": legend,
            "choices": [_with_question(form, option) for option in shown],
            "left": [form[question_name(talk)] for talk in form.left] if self.ticked else [],
        }
        return render_to_string(self.template, cast(dict[str, Any], context.flatten()) | content)


def _with_question(
    form: "SignUpForm", option: BoundWidget
) -> tuple[BoundWidget, Talk, BoundField]:
    talk = option.data["value"].instance
    return option, talk, form[question_name(talk)]
