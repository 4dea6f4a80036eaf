"""The admin's history: who did what, and to which row, without naming the person it is about.

A LogEntry outlives the registration it tells of, and nobody makes it anonymous.
"""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.db.models.options import Options


@dataclass(frozen=True)
class Nameless:
    """Stands for a row whose own text names somebody."""

    pk: int
    _meta: Options

    def __str__(self):
        return f"{self._meta.verbose_name} Nr. {self.pk}"


@dataclass(frozen=True)
class Everybody:
    """Stands for all rows of a model."""

    _meta: Options
    pk: None = None

    def __str__(self):
        return f"Alle {self._meta.verbose_name_plural}"


class NamesNobody:
    """Part of a ModelAdmin whose rows are about people."""

    def log_addition(self, request, obj, message):
        return write(request.user, [obj], ADDITION, message)[0]

    def log_change(self, request, obj, message):
        return write(request.user, [obj], CHANGE, message)[0]

    def log_changes(self, request, rows, message):
        return write(request.user, rows, CHANGE, message)

    def log_deletions(self, request, queryset):
        return write(request.user, queryset, DELETION)


def write(user, rows, flag, message="") -> list:
    """Write one entry for each of `rows`."""
    nameless = [Nameless(row.pk, row._meta) for row in rows]
    return LogEntry.objects.log_actions(user.pk, nameless, flag, message)


def about(rows) -> list:
    """Return what the history tells of these rows, the oldest entry first."""
    found = Q(pk=None)
    for row in rows:
        kind = ContentType.objects.get_for_model(row)
        found |= Q(content_type=kind, object_id=str(row.pk))
    return list(LogEntry.objects.filter(found).order_by("action_time", "pk"))


def write_export(user, talk, message):
    """Tell who took people out of the site: in the history of `talk`, or of no row (None)."""
    about = talk or Everybody(apps.get_model("registration", "Registration")._meta)
    LogEntry.objects.log_actions(user.pk, [about], CHANGE, message)
