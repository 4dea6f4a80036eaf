"""What the history of a talk says of a change: of short fields, from what to what.

Long texts are only named, and so are the ways into the room, which not everybody who may read the
history may know.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest

from events.dates import moment_text
from events.models import PracticeProfile, Talk

FROM_TO = (
    "title",
    "municipality",
    "starts_at",
    "ends_at",
    "check_at",
    "capacity",
    "waiting_list",
    "registration_opens_at",
    "registration_closes_at",
    "double_opt_in",
    "reminds_day_before",
    "reminds_hour_before",
    "status",
    "publish_at",
    "slug",
)
# Fields of the form that are none of the model, and worth a word.
OF_THE_FORM = ("chosen_topics",)

PROFILE = str(PracticeProfile._meta.verbose_name)


class TellsFromTo(admin.ModelAdmin):
    """Base of the page of talks: notes what it replaces, and tells it in the history."""

    def save_model(
        self, request: HttpRequest, obj: Talk, form: forms.ModelForm, change: bool
    ) -> None:
        """Look at the stored talk before the new one takes its place."""
        stored = Talk.objects.select_related("municipality").filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        if stored is not None:
            form.values_before = values_of(stored)  # type: ignore[attr-defined]

    def construct_change_message(
        self,
        request: HttpRequest,
        form: forms.Form,
        formsets: Any,
        add: bool = False,
    ) -> list[dict[str, dict[str, list[str]]]]:
        message = super().construct_change_message(request, form, formsets, add)
        before = getattr(form, "values_before", None)
        if before is None:
            return message
        return with_from_to(message, cast(Any, form), before, changed_profile(formsets))


def values_of(talk: Talk) -> dict[str, str]:
    """Return what the fields of FROM_TO say now."""
    return {name: _text(talk, name) for name in FROM_TO}


def changed_fields(form: forms.ModelForm, before: dict[str, str]) -> list[str]:
    """Return what was changed: `Plätze („20“ → „30“)`, `Ankündigung`."""
    talk: Talk = form.instance
    now = values_of(talk)
    told = [
        f"{_label(name)} („{before[name]}“ → „{now[name]}“)"
        for name in FROM_TO
        if before[name] != now[name]
    ]
    named = [
        str(form.fields[name].label or _label(name))
        for name in form.changed_data
        if name not in FROM_TO and (name in OF_THE_FORM or _is_column(name))
    ]
    return [*told, *named]


def changed_profile(formsets: Iterable[forms.BaseInlineFormSet]) -> list[str]:
    """Return what was changed in the practice profile: `Praxisprofil (Vorgehen, Beteiligte)`."""
    labels = [
        str(form.fields[name].label)
        for formset in formsets
        if formset.model is PracticeProfile
        for form in formset.forms
        for name in form.changed_data
    ]
    return [f"{PROFILE} ({', '.join(labels)})"] if labels else []


def with_from_to(
    message: Sequence[dict[str, Any]],
    form: forms.ModelForm,
    before: dict[str, str],
    profile: list[str],
) -> list[dict[str, Any]]:
    """Return Django's message about a change with these words for the talk and its profile."""
    named = [(part, next(iter(part.values())).get("name")) for part in message]
    of_rows = [part for part, name in named if name not in (None, PROFILE)]
    fields = [*changed_fields(form, before), *profile]
    return [*([{"changed": {"fields": fields}}] if fields else []), *of_rows]


def _text(talk: Talk, name: str) -> str:
    value = getattr(talk, name)
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        return moment_text(value)
    if name == "status":
        return str(Talk.Status(value).label)
    return "leer" if value in (None, "") else str(value)


def _label(name: str) -> str:
    return str(Talk._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _is_column(name: str) -> bool:
    try:
        Talk._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
