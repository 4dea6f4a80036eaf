"""Links that a mail or chat program had wrapped: the form saves the real one, and says so."""

from collections.abc import Iterable

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from events.text.fields import WebAddressInput
from events.text.web_address import unwrapped


class TellsOfWrappedLinks(admin.ModelAdmin):
    """Base of the pages whose forms, or those of their inlines, take links."""

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm,
        formsets: list[forms.BaseInlineFormSet],
        change: bool,
    ) -> None:
        super().save_related(request, form, formsets, change)
        for label in labels_of_wrapped([form, *(row for rows in formsets for row in rows)]):
            self.message_user(
                request,
                f"Feld „{label}“: Ihr Mail- oder Chatprogramm hatte den Link durch einen eigenen "
                "ersetzt. Gespeichert ist der eigentliche.",
            )


def labels_of_wrapped(sent: Iterable[forms.BaseForm]) -> list[str]:
    """Return the labels of the fields in whose place a wrapped link came."""
    return [
        str(field.label)
        for form in sent
        for field in form
        if isinstance(field.field, WebAddressInput) and is_wrapped(field.data)
    ]


def is_wrapped(address: object) -> bool:
    return isinstance(address, str) and unwrapped(address.strip()) != address.strip()
