"""Columns and form fields whose text is clean on every path: forms, commands, QuerySets.

A column also cleans what it reads: whatever an older version, or somebody in SQL, has stored
breaks no page, feed, calendar, mail or export. To migrations each is Django's own field.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models

from events.text import addresses, cleaning
from events.text.web_address import MAX_LENGTH, WEB_ONLY, unwrapped

ADDRESS_ATTRIBUTES = {
    "inputmode": "email",
    "autocapitalize": "none",
    "autocomplete": "email",
    "spellcheck": "false",
}

# How many times as long as allowed a text may be before it is clean.
TOLERATED = 20

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
    Input = forms.CharField
else:
    Column = Input = object


class CleanInput(Input):
    """Cleans before it checks: what nobody sees does not count as a character."""

    clean_words: Callable[[str], str]

    def to_python(self, value: Any) -> Any:
        """Return the clean text; what is far too long stays, and is refused for its length."""
        most = None if self.max_length is None else TOLERATED * self.max_length
        if isinstance(value, str) and (most is None or len(value) <= most):
            value = type(self).clean_words(value)
        return super().to_python(value)


class LineInput(CleanInput, forms.CharField):
    clean_words = staticmethod(cleaning.line)


class LinesInput(CleanInput, forms.CharField):
    clean_words = staticmethod(cleaning.lines)


class WebAddressInput(CleanInput, forms.URLField):
    """A link; of one that a mail or chat program has wrapped, the real address."""

    clean_words = staticmethod(cleaning.web_address)

    def to_python(self, value: Any) -> Any:
        return super().to_python(unwrapped(value.strip()) if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave `maxlength` out: a browser would cut a long wrapped link without a word."""
        attributes = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return attributes


class SlugInput(CleanInput, forms.SlugField):
    clean_words = staticmethod(cleaning.line)


class AddressInput(forms.CharField):
    """An e-mail address, in canonical form.

    Never `type=email`: browsers rewrite the domain by IDNA 2003 before the site sees it, and
    `straße.de` becomes somebody else's domain.
    """

    clean_words = staticmethod(addresses.canonical_if_sendable)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | ADDRESS_ATTRIBUTES

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return addresses.canonical_email(typed) if typed else typed


class CleanColumn(Column):
    """Cleans what is assigned when it is written, what a QuerySet writes, and what is read."""

    input_class: "type[LineInput | LinesInput | WebAddressInput | SlugInput | AddressInput]"
    known_as: str

    def cleaned(self, value: Any) -> Any:
        """Return the text as it may be stored; None and expressions stay what they are."""
        return self.input_class.clean_words(value) if value and isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        """Clean what a form gives, and what a QuerySet writes or looks for."""
        return self.cleaned(super().to_python(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.cleaned(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self.cleaned(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": self.input_class} | kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, self.known_as, args, kwargs


class LineField(CleanColumn, models.CharField):
    input_class, known_as = LineInput, "django.db.models.CharField"


class LinesField(CleanColumn, models.TextField):
    input_class, known_as = LinesInput, "django.db.models.TextField"


class WebAddressField(CleanColumn, models.URLField):
    """A link as long as they come, to the web and nothing else."""

    input_class, known_as = WebAddressInput, "django.db.models.URLField"

    def __init__(self, *args: Any, **options: Any) -> None:
        usual: dict[str, Any] = {"max_length": MAX_LENGTH, "blank": True}
        super().__init__(*args, **usual | {"validators": [WEB_ONLY]} | options)


class SlugField(CleanColumn, models.SlugField):
    input_class, known_as = SlugInput, "django.db.models.SlugField"


class AddressField(CleanColumn, models.CharField):
    """An e-mail address; the admin would take Django's EmailField for `type=email`."""

    input_class, known_as = AddressInput, "django.db.models.EmailField"
    default_validators = [addresses.check]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": addresses.MAX_EMAIL} | options)


def tidy(row: models.Model) -> None:
    """Clean the texts of `row` before something is made of them or compared with what is stored.

    What was not read from the database (deferred) is left alone.
    """
    for field in row._meta.concrete_fields:
        if isinstance(field, CleanColumn) and field.attname in row.__dict__:
            setattr(row, field.attname, field.cleaned(row.__dict__[field.attname]))
