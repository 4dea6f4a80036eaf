"""Forms of the admin that take what people type, and survive what nobody types.

Base of all pages of the admin: times as people write them, and values in an address or a form
that name no row. Values in the addresses of lists: webtalks/http/admin_lists.py.
"""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AutocompleteSelect,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.http import HttpRequest

from events.desk.lists import HasList

# A primary key as it stands in a form; longer numbers break the database's arithmetic.
KEY = re.compile(r"[0-9]{1,18}")
# `10`, `10 Uhr`, `14.30`, `14:30 Uhr`, `14 Uhr 30`, `1430`, `14:30:00`. Not `9.5`, which some mean
# as half past nine.
TIME = re.compile(
    r"(\d{1,2})(?:\s*(?:[:.]|uhr\b|h\b)\s*(\d{2})|(?<=\d\d)(\d{2}))?(?::(\d{2}))?\s*(?:uhr|h)?",
    re.IGNORECASE | re.ASCII,
)


def time_as_written(text: str) -> str:
    """Return the time that people mean by `text` as `10:00`; `text` itself if it is none."""
    found = TIME.fullmatch(" ".join(text.split()))
    if not found:
        return text
    hour, minute, seconds = found[1], found[2] or found[3] or "00", found[4]
    return f"{hour}:{minute}:{seconds}" if seconds else f"{hour}:{minute}"


class WrittenTimeField(forms.TimeField):
    """A time as people write it."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(time_as_written(value) if isinstance(value, str) else value)


class MomentField(forms.SplitDateTimeField):
    """A date, and beside it a time as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        day, hour = self.fields
        self.fields = (day, WrittenTimeField(error_messages=hour.error_messages, required=False))


class MomentWidget(AdminSplitDateTime):
    """The admin's fields for date and time; the time has no seconds.

    The clock offers the hours at which talks begin and mails go out.
    """

    class Media:
        js = [
            "admin/js/calendar.js",
            "admin/js/admin/DateTimeShortcuts.js",
            "js/clock_hours.js",
        ]

    def decompress(self, value: Any) -> tuple[date | None, time | None]:
        """Leave out the seconds that are not shown: else an untouched field looked changed."""
        return super().decompress(value and value.replace(second=0, microsecond=0))


class KeyedAutocomplete(AutocompleteSelect):
    """The field with a type-ahead; it looks up nothing that is no key."""

    def optgroups(
        self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None
    ) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
        known = [key for key in value if not key or KEY.fullmatch(str(key))]
        return super().optgroups(name, known, attr)


class KeyedMultipleChoiceField(forms.ModelMultipleChoiceField):
    """Rows to choose from; it looks up nothing that is no key."""

    def clean(self, value: Any) -> Any:
        for key in value if isinstance(value, list | tuple) else []:
            if not KEY.fullmatch(str(key)):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": key},
                )
        return super().clean(value)


class TakesAnything(HasList):
    """Base of the pages of the admin."""

    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget}
    }

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Offer no cross that deletes the row which another row refers to."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KeyedAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        kwargs["form_class"] = KeyedMultipleChoiceField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Let an address fill in a text or a row, as our own links do, and nothing else."""
        initial = super().get_changeform_initial_data(request)
        return {name: value for name, value in initial.items() if self._may_begin(name, value)}

    def _may_begin(self, name: str, value: Any) -> bool:
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return False
        if isinstance(field, models.ForeignKey):
            return bool(KEY.fullmatch(str(value)))
        return isinstance(field, models.CharField | models.TextField)


class FewRows(admin.options.InlineModelAdmin):
    """Base of the rows within a form: as many as anybody fills in, whatever number is sent."""

    max_num = 50

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(
            request, obj, **{"absolute_max": 2 * max(1, self.max_num)} | kwargs
        )
