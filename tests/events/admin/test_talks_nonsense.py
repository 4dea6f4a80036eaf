"""Whatever stands in an address of the admin: a page, a message or a refusal, never a 500."""

import re
from itertools import product
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from events.models import Talk
from tests.admin_form import url
from tests.events.admin.test_talks import rows
from tests.events.nonsense import DIGITS, FEW, NONSENSE, failures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Addresses


def routes(patterns, before="") -> list[str]:
    """Return the routes of all pages below `patterns`, with `{}` where something is filled in."""
    found = []
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and not str(pattern.pattern).startswith("(?P<url>"):
            found.append(route)
    return found


def pages_with_a_part() -> list[str]:
    found = routes(get_resolver().url_patterns)
    parts = [re.sub(r"<[^>]+>", "{}", route) for route in found if route.startswith("admin/")]
    return [f"/{route}" for route in parts if "{}" in route]


def test_the_walk_finds_the_pages():
    found = pages_with_a_part()

    assert "/admin/events/talk/{}/change/" in found
    assert "/admin/registration/message/{}/freigeben/" in found


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "values", [FEW[::3], pytest.param(NONSENSE, marks=pytest.mark.slow)], ids=len
)
def test_parts_of_addresses(organiser, method, values):
    rows()
    tried = [
        (route.format(*[value] * route.count("{}")),)
        for route, value in product(pages_with_a_part(), values)
    ]

    assert failures(lambda path: _ask(organiser, method, path), tried) == {}


def _ask(client, method, path, data=None):
    # A file's address has no slash at its end, and Django adds one to what is no page.
    return getattr(client, method)(quote(path), data or {}, follow=not path.endswith("/"))


# Filters of the lists


def parameters(page) -> list[str]:
    """Return the parameters that the list of this page may be asked with."""
    names = {"q", "o", "p", "all", "_popup", "_to_field", "_changelist_filters"}
    names |= {"id", "id__in", "id__gt", "pk", "pk__in"}
    for entry in page.list_filter:
        name = entry[0] if isinstance(entry, tuple) else entry
        if not isinstance(name, str):
            names.add(name.parameter_name)
            continue
        field = page.opts.get_field(name)
        names |= {name, *(f"{name}__{lookup}" for lookup in field.get_lookups())}
        names |= {f"{name}__id__{lookup}" for lookup in ("exact", "in", "range")}
        names |= {f"{name}__{part}__gte" for part in ("year", "date")}
    return sorted(names)


@pytest.mark.slow
def test_filters_of_every_list(organiser):
    rows()
    tried = [
        (page.model, name, value)
        for page in admin.site._registry.values()
        for name in parameters(page)
        for value in (DIGITS, "x", "[", "1,2,x")
    ]

    def send(model, name, value):
        return organiser.get(url(model, "changelist"), {name: value})

    assert failures(send, tried) == {}


def test_odd_filter_leads_to_the_first_page(organiser):
    talk = rows()[Talk]
    for query in (f"id__in={DIGITS}", "status__range=x", f"o=1&status__exact={DIGITS}"):
        response = organiser.get(f"{url(Talk, 'changelist')}?{query}", follow=True)
        assert response.redirect_chain == [(f"{url(Talk, 'changelist')}?e=1", 302)]
        assert f'href="{url(talk)}' in response.content.decode()


def test_search_for_a_long_number_is_a_search(organiser):
    rows()

    assert organiser.get(url(Talk, "changelist"), {"q": DIGITS}).status_code == 200


@pytest.mark.slow
def test_what_an_empty_form_begins_with(organiser):
    rows()
    tried = [
        (page.model, field.name, value)
        for page in admin.site._registry.values()
        for field in page.model._meta.get_fields()
        for value in FEW
    ]

    def send(model, name, value):
        return organiser.get(url(model, "add"), {name: value})

    assert failures(send, tried) == {}


@pytest.mark.parametrize(
    "values", [FEW[::2], pytest.param(NONSENSE, marks=pytest.mark.slow)], ids=len
)
def test_type_ahead(organiser, values):
    rows()
    asked = {
        "app_label": "events",
        "model_name": "talk",
        "field_name": "municipality",
        "term": "G",
        "page": "1",
    }
    tried = [(name, value) for name in asked for value in values]

    def send(name, value):
        return organiser.get(reverse("admin:autocomplete"), asked | {name: value})

    assert failures(send, tried) == {}


# Actions of the lists


@pytest.mark.parametrize("values", [FEW[::3], pytest.param(FEW, marks=pytest.mark.slow)], ids=len)
def test_actions_of_every_list(organiser, values):
    found = rows()
    tried = [
        (model, {"action": "delete_selected", "_selected_action": "1"} | {name: value})
        for model in found
        for name in ("action", "_selected_action", "index", "select_across")
        for value in values
    ]

    def send(model, data):
        return organiser.post(url(model, "changelist"), data)

    assert failures(send, tried) == {}
