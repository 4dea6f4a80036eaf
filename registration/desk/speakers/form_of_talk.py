"""The organisers' form of a talk as a browser sends it if nobody has typed anything.

What speakers proposed is filled into it, so that taking it over follows the rules of that form.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import FileField, Model
from django.db.models.fields.files import FieldFile
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest, QueryDict

from events.models import Talk

if TYPE_CHECKING:
    from events.admin import TalkAdmin


class NoSuchField(LookupError):
    """The organisers' form has no field of this name."""


class Rows:
    """The rows of one kind within the form: speakers, material, the practice profile."""

    def __init__(self, formset: forms.BaseInlineFormSet) -> None:
        self.formset = formset
        self.forms = list(formset.initial_forms)

    def row_of(self, pk: int) -> forms.ModelForm:
        """Return the row of the stored object with this primary key."""
        for row in self.forms:
            if row.instance.pk == pk:
                return row
        raise NoSuchField(pk)

    def add(self) -> forms.ModelForm:
        """Return one more row; it has what an empty row of the page has."""
        row: forms.ModelForm = self.formset.empty_form
        row.prefix = self.formset.add_prefix(len(self.forms))
        self.forms.append(row)
        return row


class FormOfTalk:
    """The form of a stored talk; `data` and `files` are what sending it would send."""

    def __init__(self, request: HttpRequest, talk: Talk, page: "TalkAdmin") -> None:
        sections = page.get_fieldsets(request, talk)
        names = flatten_fieldsets(sections)
        self.form = page.get_form(request, talk, change=True, fields=names)(instance=talk)
        self.rows: dict[type[Model], Rows] = {}
        for formset_class, inline in page.get_formsets_with_inlines(request, talk):
            formset = formset_class(instance=talk, queryset=inline.get_queryset(request))
            self.rows[inline.model] = Rows(formset)
        self.filled: dict[str, str] = {}
        self.files: dict[str, FieldFile] = {}

    def fill_in(self, form: forms.BaseForm, field: str, text: str) -> str:
        """Type a text into a field; return the name under which it is sent."""
        name = name_of(form, field)
        self.filled[name] = text
        return name

    def choose_file(self, form: forms.ModelForm, field: str, stored_name: str) -> str:
        """Choose a file that is stored already: it is handed over, not stored once more."""
        name = name_of(form, field)
        self.files[name] = stored_file(type(form.instance), field, stored_name)
        return name

    @property
    def data(self) -> QueryDict:
        sent = QueryDict(mutable=True)
        self._add(sent, self.form)
        for rows in self.rows.values():
            manager = rows.formset.management_form
            self._add(sent, manager)
            sent[manager.add_prefix(TOTAL_FORM_COUNT)] = str(len(rows.forms))
            sent[manager.add_prefix(INITIAL_FORM_COUNT)] = str(len(rows.formset.initial_forms))
            for row in rows.forms:
                self._add(sent, row)
        for name, text in self.filled.items():
            sent[name] = text
        return sent

    def _add(self, sent: QueryDict, form: forms.BaseForm) -> None:
        for bound in form:
            for name, values in sent_by(bound):
                if values:
                    sent.setlist(name, values)


def name_of(form: forms.BaseForm, field: str) -> str:
    """Return the name under which a field is sent; raises NoSuchField."""
    if field not in form.fields:
        raise NoSuchField(field)
    return form.add_prefix(field)


def stored_file(model: type[Model], column: str, name: str) -> FieldFile:
    """Return a file that is stored under `name` as the file of this column."""
    field = cast(FileField, model._meta.get_field(column))
    return field.attr_class(model(), field, name)


def sent_by(bound: forms.BoundField) -> Iterator[tuple[str, list[str]]]:
    """Yield the names and values that a field of the page sends as it is shown."""
    widget, value = bound.field.widget, bound.value()
    if not isinstance(widget, forms.MultiWidget):
        yield bound.html_name, _values(widget, value)
        return
    values = widget.decompress(value) or [None] * len(widget.widgets)
    for number, (part, of_part) in enumerate(zip(widget.widgets, values, strict=True)):
        yield f"{bound.html_name}_{number}", _values(part, of_part)


def _values(widget: forms.Widget, value: Any) -> list[str]:
    """Return what the control sends: a box without its tick, and a file, send nothing."""
    if isinstance(widget, forms.FileInput):
        return []
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    shown = widget.format_value(value)
    if shown is None:
        return [""]
    return [str(each) for each in shown] if isinstance(shown, list | tuple) else [str(shown)]
