"""What the form of a talk asks back: what is allowed, seldom meant, and hard to take back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from events.dates import NBSP, moment_text, short_date_text
from events.desk.holidays import holiday
from events.desk.missing import needed_and_missing
from events.desk.publication import NEVER_APPEARS
from events.models import Talk

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
    status, starts_at = form.cleaned_data.get("status"), form.cleaned_data.get("starts_at")
    if talk.status == talk.Status.POSTPONED and status == talk.Status.PUBLISHED:
        moment = starts_at if starts_at and starts_at <= now else None
    else:
        moment = _new_moment(form, "starts_at")
    if was_ahead and moment and moment <= now:
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


def on_holiday(form: forms.ModelForm) -> str:
    """Ask whether a talk is really meant to take place on a public holiday of its Land."""
    starts_at, town = form.cleaned_data.get("starts_at"), form.cleaned_data.get("municipality")
    if not starts_at or not _newly_shown(form, "starts_at", "municipality"):
        return ""
    name = holiday(timezone.localdate(starts_at), town.land if town else "")
    if not name:
        return ""
    return f"Der {short_date_text(starts_at)} ist ein Feiertag: {name}. Ist das so gemeint?"


def in_the_same_week(form: forms.ModelForm) -> str:
    """Ask whether two talks in one week are meant; those who come would have to choose."""
    starts_at = form.cleaned_data.get("starts_at")
    if not starts_at or not _newly_shown(form, "starts_at"):
        return ""
    day = timezone.localdate(starts_at)
    monday = timezone.make_aware(datetime.combine(day, time.min)) - timedelta(days=day.weekday())
    others = Talk.objects.taking_place().exclude(pk=form.instance.pk)
    other = others.filter(starts_at__gte=monday, starts_at__lt=monday + timedelta(days=7)).first()
    if other is None:
        return ""
    return (
        f"In derselben Woche ist schon ein Talk: „{other}“ am {short_date_text(other.starts_at)}. "
        "Ist das so gemeint?"
    )


def incomplete(form: forms.ModelForm) -> str:
    """Ask whether a talk shall be published although what everybody looks for is missing."""
    is_published_now = (
        form.cleaned_data.get("status") == Talk.Status.PUBLISHED
        and form.instance.status == Talk.Status.DRAFT
    )
    missing = needed_and_missing(form)
    if not (is_published_now and missing):
        return ""
    return f"Es fehlt noch: {', '.join(missing)}. Soll der Talk trotzdem zu sehen sein?"


def never_appears(form: forms.ModelForm) -> str:
    """Ask whether a draft shall stay one although it was given a time to be published."""
    publish_at = form.cleaned_data.get("publish_at")
    is_draft = form.cleaned_data.get("status") == Talk.Status.DRAFT
    if not (
        is_draft and publish_at and not {"status", "publish_at"}.isdisjoint(form.changed_data)
    ):
        return ""
    return (
        f"{NEVER_APPEARS} Soll der Talk am {moment_text(publish_at)}, zu sehen sein, wählen Sie "
        "bitte den Stand „Veröffentlicht“."
    )


def _newly_shown(form: forms.ModelForm, *fields: str) -> bool:
    """Whether this save lets people see a new value of one of `fields`."""
    talk, status = form.instance, form.cleaned_data.get("status")
    is_changed = not set(fields).isdisjoint(form.changed_data)
    if status == talk.status == Talk.Status.POSTPONED:
        return "starts_at" in form.changed_data  # a new date publishes it again
    return status == Talk.Status.PUBLISHED and (is_changed or talk.status != status)


def more_seats(form: forms.ModelForm) -> str:
    """Ask whether those who wait shall really move up: each of them gets a mail at once."""
    talk, seats = form.instance, form.cleaned_data.get("capacity")
    if not (talk.pk and talk.waiting_count and "capacity" in form.changed_data):
        return ""
    free = talk.waiting_count
    if seats is not None:
        free = min(free, seats - talk.seats_taken)
    if free <= 0 or not talk.queue_runs:
        return ""
    if free == 1:
        return f"1{NBSP}Person rückt dann nach und bekommt eine Mail. Ist das so gemeint?"
    return f"{free}{NBSP}Personen rücken dann nach und bekommen eine Mail. Ist das so gemeint?"


QUESTIONS = [
    Question(
        "means_past", "Termin", "Ja, der Talk soll in der Vergangenheit liegen", moved_into_past
    ),
    Question("means_holiday", "Termin", "Ja, der Talk soll am Feiertag stattfinden", on_holiday),
    Question(
        "means_same_week",
        "Termin",
        "Ja, zwei Talks in dieser Woche sind gemeint",
        in_the_same_week,
    ),
    Question("means_more_seats", "Anmeldung", "Ja, sie sollen nachrücken", more_seats),
    Question("means_draft", "Veröffentlichen", "Ja, es soll ein Entwurf bleiben", never_appears),
    Question("means_incomplete", "Veröffentlichen", "Ja, so veröffentlichen", incomplete),
]


def with_boxes(sections: "_FieldsetSpec", asked: list[Question]) -> "_FieldsetSpec":
    """Return the sections of the form, each with the boxes of the questions asked in it."""
    shown: list[tuple[StrOrPromise | None, _FieldOpts]] = []
    for title, options in sections:
        boxes = [question.name for question in asked if question.section == title]
        shown.append((title, {**options, "fields": [*options["fields"], *boxes]}))
    return shown
