"""The admin's history: who did what, and to which row, without naming the person it is about.

An entry of the history outlives the registration that it is about, and nobody makes it anonymous.
"""

import json
from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from events.models import Talk
from registration.models import Registration


class NamesNobody(admin.ModelAdmin):
    """Base of the admin's pages whose rows are about people."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        return write(request, [obj], message, ADDITION)[0]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        return write(request, [obj], message)[0]

    def log_changes(self, request: HttpRequest, rows: Iterable[Model], message: str) -> None:
        """Write one entry for each of `rows`."""
        write(request, rows, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> list[LogEntry]:
        return write(request, queryset, "", DELETION)


def write(
    request: HttpRequest,
    rows: Iterable[Model],
    message: str | list[dict[str, Any]],
    action: int = CHANGE,
) -> list[LogEntry]:
    """Write one entry for each of `rows`, which it calls by their numbers.

    The admin gives what its forms have changed as a list, which is kept as JSON.
    """
    text = message if isinstance(message, str) else json.dumps(message)
    entries = [
        LogEntry(
            user=organiser(request),
            content_type=ContentType.objects.get_for_model(row),
            object_id=row.pk,
            object_repr=f"{row._meta.verbose_name} Nr. {row.pk}",
            action_flag=action,
            change_message=text,
        )
        for row in rows
    ]
    return LogEntry.objects.bulk_create(entries)


def write_about_talk(request: HttpRequest, talk: Talk, message: str) -> None:
    """Tell in the history of `talk`, by its title, what was done with all of its people."""
    LogEntry.objects.log_actions(organiser(request).pk, [talk], CHANGE, message)


def write_about_everybody(request: HttpRequest, message: str) -> None:
    """Tell what was done with registrations where no single row may be named."""
    LogEntry.objects.create(
        user=organiser(request),
        content_type=ContentType.objects.get_for_model(Registration),
        object_repr=f"Alle {Registration._meta.verbose_name_plural}",
        action_flag=CHANGE,
        change_message=message,
    )


def organiser(request: HttpRequest) -> User:
    """Return who is logged in; the admin lets nobody else in."""
    return cast(User, request.user)


def about(rows: Iterable[Model]) -> list[LogEntry]:
    """Return what the history tells of these rows, the oldest entry first."""
    found = Q(pk=None)
    for row in rows:
        kind = ContentType.objects.get_for_model(row)
        found |= Q(content_type=kind, object_id=str(row.pk))
    return list(LogEntry.objects.filter(found).order_by("action_time", "pk"))
