"""Who did what lately: the admin's history, of everybody, in words.

It names nobody whose data are kept (registration/privacy/history.py), so it says of which talk a
registration is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import BigIntegerField, Case, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast
from django.http import HttpRequest

from registration.models import Registration

# Lines that are shown, and entries of the history that are looked through for them.
LINES, ENTRIES = 10, 60
# What one press writes about a person's registrations is written at once.
AT_ONCE = timedelta(seconds=1)
VERBS = {1: "angelegt", 2: "geändert", 3: "gelöscht"}


@dataclass(frozen=True)
class Deed:
    """What somebody has done, as a line; the same to several in a row is one."""

    at: datetime
    who: str
    about: str
    # Where it is; "" for what is gone.
    url: str
    what: str


def lately(request: HttpRequest) -> list[Deed]:
    """Return what was done last, of what the organiser may see; one query."""
    entries = list(history_of(visible_models(request))[:ENTRIES])
    groups: list[list[LogEntry]] = []
    for entry in entries:
        if groups and _is_one_deed(groups[-1][-1], entry):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return [deed_of(group) for group in groups[:LINES]]


def visible_models(request: HttpRequest) -> list[tuple[str, str]]:
    """Return (app, model) of everything in the admin that the organiser may look at."""
    return [
        (model._meta.app_label, cast(str, model._meta.model_name))
        for model, page in admin.site._registry.items()
        if page.has_view_permission(request)
    ]


def history_of(models: Iterable[tuple[str, str]]) -> QuerySet[LogEntry]:
    """Return the history of these models, the newest first, with the talk of a registration."""
    known = Q(pk=None)
    for app, model in models:
        known |= Q(content_type__app_label=app, content_type__model=model)
    row = Cast(OuterRef("object_id"), BigIntegerField())
    talk = Subquery(Registration.objects.filter(pk=row).values("talk__title")[:1])
    is_registration = Q(
        content_type__app_label="registration",
        content_type__model="registration",
        object_id__isnull=False,
    )
    entries = LogEntry.objects.filter(known).select_related("user", "content_type")
    return entries.annotate(talk=Case(When(is_registration, then=talk))).order_by("-pk")


def _is_one_deed(one: LogEntry, before: LogEntry) -> bool:
    """Whether both are told in one line: the same done to a talk's people, or all at once."""
    if not (_talk(one) and _talk(before)) or _deed(one) != _deed(before):
        return False
    return _talk(one) == _talk(before) or one.action_time - before.action_time < AT_ONCE


def _deed(entry: LogEntry) -> tuple[int, int | None, int, str]:
    return entry.user_id, entry.content_type_id, entry.action_flag, entry.change_message


def deed_of(entries: list[LogEntry]) -> Deed:
    first = entries[0]
    name = first.user.get_full_name() or first.user.get_username()
    is_gone = first.is_deletion() or len(entries) > 1
    url = "" if is_gone else first.get_admin_url() or ""
    message = first.get_change_message()
    what = message if message and not first.is_addition() else f"{VERBS[first.action_flag]}."
    return Deed(first.action_time, name, _about(entries), url, what)


def _about(entries: list[LogEntry]) -> str:
    talk, number = _talk(entries[0]), len(entries)
    if not talk:
        return entries[0].object_repr
    talks = len({_talk(entry) for entry in entries})
    if talks > 1:
        return f"{number} Anmeldungen zu {talks} Talks"
    return f"Anmeldung zu „{talk}“" if number == 1 else f"{number} Anmeldungen zu „{talk}“"


def _talk(entry: LogEntry) -> str:
    return entry.talk or ""  # type: ignore[attr-defined]  # `history_of` adds it
