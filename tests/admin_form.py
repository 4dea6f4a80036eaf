"""The organisers' pages, used the way a browser uses them: get the form, fill it in, send it."""

import re
from html import unescape

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.forms import ReadOnlyPasswordHashWidget
from django.test import Client, override_settings
from django.urls import reverse

from tests.html_form import form_data
from tests.makers import TITLE

NEW_TALK = {
    "title": TITLE,
    "subtitle": "Ein <b>Beispiel</b>",
    "announcement": "Erster Absatz.\r\n\r\nZweiter Absatz & mehr.",
    "starts_at_0": "17.12.2025",
    "starts_at_1": "10:00",
    "ends_at": "90",
    "status": "published",
    # It has no town.
    "means_incomplete": "on",
    "speakers-TOTAL_FORMS": "2",
    "speakers-0-name": "Änne Groß",
    "speakers-0-role": 'Amt für "Wärme" & Licht',
    "speakers-0-form": "Referentin",
    "speakers-0-position": "2",
    "speakers-1-name": "Jörg Öz",
    "speakers-1-form": "Referent",
    "speakers-1-position": "1",
}


def url(row_or_model, page="change") -> str:
    """Return the admin's address of a row, or of a model's page `add` or `changelist`."""
    meta = row_or_model._meta
    args = [row_or_model.pk] if page in ("change", "delete", "history") else []
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


class Unrendered:
    """Middleware that leaves a form's page unrendered, for who asks its fields instead."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_template_response(self, request, response):
        if "adminform" in (response.context_data or {}):
            response.content = b""
        return response


def shown_fields(context) -> list[forms.BoundField]:
    """Return the fields that the template of an admin form shows, hidden ones too."""
    page, found = context["adminform"], []
    found += page.form.hidden_fields()
    shown = [page]
    for rows in context["inline_admin_formsets"]:
        found += rows.formset.management_form
        may_delete = rows.formset.can_delete and rows.has_delete_permission
        for row in rows:
            shown.append(row)
            found += [row.pk_field().field] if row.needs_explicit_pk_field() else []
            found += [row.fk_field().field] if row.fk_field() else []
            found += [row.deletion_field().field] if may_delete and row.original else []
    cells = (cell for form in shown for part in form for line in part for cell in line)
    return found + [cell.field for cell in cells if not getattr(cell, "is_readonly", False)]


def values_in(widget) -> dict[str, list[str]]:
    """Return what the controls of a widget send, from the context that its template gets."""
    name, kind, attributes = widget["name"], widget.get("type"), widget["attrs"]
    if "optgroups" in widget:
        options = [option for _, group, _ in widget["optgroups"] for option in group]
        values = [str(option["value"]) for option in options if option["selected"]]
        return {name: values} if values else {}
    if "subwidgets" in widget:
        return {key: v for part in widget["subwidgets"] for key, v in values_in(part).items()}
    if kind in ("checkbox", "radio"):
        value = widget["value"]
        return {name: ["on" if value is None else str(value)]} if attributes.get("checked") else {}
    if kind == "file":
        return {}
    return {name: ["" if widget["value"] is None else str(widget["value"])]}


def unseen(client, method, address, *data):
    """Return the site's answer; if it is an admin form, without its page of 90 KB.

    To render it takes most of the time; test_talk_form_filling_in.py shows that it holds the same.
    """
    blind = Client()
    blind.cookies, blind.defaults = client.cookies, client.defaults
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.Unrendered"]):
        return getattr(blind, method)(address, *data)


def offered(client, address) -> dict[str, list[str]]:
    """Return what a browser would send for the admin form at an address, untouched."""
    response = unseen(client, "get", address)
    assert response.status_code == 200
    context = getattr(response, "context_data", None) or {}
    if "adminform" not in context:
        return on_page(response)
    data = {}
    for field in shown_fields(context):
        widget = field.field.widget
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.widget.choices = widget.choices
            widget = widget.widget
        if isinstance(widget, ReadOnlyPasswordHashWidget):
            continue
        controls = [(widget, field.html_name)]
        if field.field.show_hidden_initial:
            controls.append((field.field.hidden_widget(), field.html_initial_name))
        for control, name in controls:
            data |= values_in(control.get_context(name, field.value(), {})["widget"])
    return data


def on_page(response) -> dict[str, list[str]]:
    """Return what a browser would send for the form on a page, untouched."""
    html = response.content.decode()
    return form_data(html, re.search(r'<form [^>]*id="(\w+_form)"', html).group(1))


def fill_in(client, address, changes) -> dict:
    """Return what a browser sends when `changes` were typed into the form at `address`."""
    return offered(client, address) | changes


def send(client, address, changes):
    return client.post(address, fill_in(client, address, changes))


def send_unseen(client, address, changes):
    """Send the form where only the answer counts, not its page: `errors_in` reads this one."""
    return unseen(client, "post", address, fill_in(client, address, changes))


def errors_in(response) -> dict[str, list[str]]:
    """Return the messages of the form that was sent with `send_unseen`, by their field."""
    assert (response.status_code, response.content) == (200, b"")
    shown, rows = (response.context_data[key] for key in ("adminform", "inline_admin_formsets"))
    sent = [shown.form, *(form for each in rows for form in each.formset.forms)]
    return {
        form[name].html_name: [*errors] for form in sent for name, errors in form.errors.items()
    }


def errors_of(response) -> dict[str, list[str]]:
    """Return the messages as they stand in the page, by the field they stand beside."""
    assert response.status_code == 200
    html = response.content.decode()
    found = {}
    for field, errors in re.findall(
        r'<ul class="errorlist[^"]*" id="(?:id_)?(\S+?)_error"[^>]*>(.*?)</ul>', html, re.DOTALL
    ):
        found[field] = [unescape(text) for text in re.findall(r"<li>(.*?)</li>", errors)]
    return found
