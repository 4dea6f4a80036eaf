"""What the form of a talk asks back: what is allowed, seldom meant, and hard to take back."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.utils import timezone

from events.dates import NBSP, moment_text


@dataclass(frozen=True)
class Question:
    """A box that the form shows once there is a reason; unticked it keeps the form from saving.

    `reason` is given the form while it is being cleaned, its instance as it is stored, and returns
    why the box is shown, or "". It looks at what this save changes, not at what was so before.
    """

    name: str
    section: str
    label: str
    reason: Callable[[forms.ModelForm], str]


class Answer(forms.BooleanField):
    """The box of a question; ticking it changes nothing of the talk."""

    def __init__(self, question: Question):
        super().__init__(label=question.label, required=False)

    def has_changed(self, initial, data) -> bool:
        return False


def moved_into_past(form: forms.ModelForm) -> str:
    """Ask about a talk with people that was ahead, or awaited, and would not be any more."""
    talk, now = form.instance, timezone.now()
    if not (talk.pk and talk.people_count):
        return ""
    for name, words in {"starts_at": "Der Beginn", "ends_at": "Das Ende"}.items():
        moment = form.cleaned_data.get(name)
        waits_for_date = name == "starts_at" and talk.status == talk.Status.POSTPONED
        was_ahead = waits_for_date or getattr(talk, name) > now
        if name in form.changed_data and was_ahead and moment and moment <= now:
            return (
                f"{words} am {moment_text(moment)}, liegt in der Vergangenheit. "
                f"{_registered(talk.people_count)} Ist das so gemeint?"
            )
    return ""


def _registered(people: int) -> str:
    if people == 1:
        return f"1{NBSP}Person ist angemeldet."
    return f"{people}{NBSP}Personen sind angemeldet."


QUESTIONS = [
    Question(
        "means_past", "Wann", "Ja, der Talk soll in der Vergangenheit liegen", moved_into_past
    ),
]


def with_boxes(sections, asked: list[Question]) -> list:
    """Return the sections of the form, each with the boxes of the questions asked in it."""
    shown = []
    for title, options in sections:
        boxes = [question.name for question in asked if question.section == title]
        shown.append((title, options | {"fields": [*options["fields"], *boxes]}))
    return shown
