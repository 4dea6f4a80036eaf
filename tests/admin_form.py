"""The organisers' pages, used the way a browser uses them: get the form, fill it in, send it."""

import re
from html import unescape

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


def fill_in(client, address, changes) -> dict:
    """Return what a browser sends when `changes` were typed into the form at `address`."""
    response = client.get(address)
    assert response.status_code == 200
    form_id = re.search(r'<form [^>]*id="(\w+_form)"', response.content.decode()).group(1)
    data = form_data(response.content.decode(), form_id)
    return data | changes


def send(client, address, changes):
    return client.post(address, fill_in(client, address, changes))


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
