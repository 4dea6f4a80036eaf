"""What the form of a talk asks back: what is allowed, seldom meant, and hard to take back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from events.dates import NBSP, moment_text

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldOpts, _FieldsetSpec
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Question:
    """A box that the form shows once there is a reason; unticked it keeps the form from saving.

    `reason` gets the form while it is being cleaned, when its instance still is as it is stored.
    It returns why the box is shown, or "" if it need not be. Only what this save changes is a
    reason, never what was so before.
    """

    name: str
    section: str
    label: str
    reason: Callable[[forms.ModelForm], str]


class Answer(forms.BooleanField):
    """The box of a question; ticking it changes nothing of the talk."""

    def __init__(self, question: Question) -> None:
        super().__init__(label=question.label, required=False)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


def moved_into_past(form: forms.ModelForm) -> str:
    """Ask whether a talk that people look forward to is really meant to lie in the past."""
    talk = form.instance
    if not (talk.pk and talk.people_count):
        return ""
    now = timezone.now()
    was_ahead = talk.starts_at > now or talk.status == talk.Status.POSTPONED
    if was_ahead and (moment := _new_moment(form, "starts_at")) and moment <= now:
        words = "Der Beginn"
    elif talk.ends_at > now and (moment := _new_moment(form, "ends_at")) and moment <= now:
        words = "Das Ende"
    else:
        return ""
    return (
        f"{words} am {moment_text(moment)}, liegt in der Vergangenheit. "
        f"{_registered(talk.people_count)} Ist das so gemeint?"
    )


def _new_moment(form: forms.ModelForm, field: str) -> datetime | None:
    """Return what was entered in `field`; None if it was not changed, or is no moment."""
    return form.cleaned_data.get(field) if field in form.changed_data else None


def _registered(people: int) -> str:
    if people == 1:
        return f"1{NBSP}Person ist angemeldet."
    return f"{people}{NBSP}Personen sind angemeldet."


QUESTIONS = [
    Question(
        "means_past", "Wann", "Ja, der Talk soll in der Vergangenheit liegen", moved_into_past
    ),
]


def with_boxes(sections: "_FieldsetSpec", asked: list[Question]) -> "_FieldsetSpec":
    """Return the sections of the form, each with the boxes of the questions asked in it."""
    shown: list[tuple[StrOrPromise | None, _FieldOpts]] = []
    for title, options in sections:
        boxes = [question.name for question in asked if question.section == title]
        shown.append((title, {**options, "fields": [*options["fields"], *boxes]}))
    return shown
