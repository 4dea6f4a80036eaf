"""Lists of the admin asked for with what no database understands: their first page answers."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from events.pages.requests import GetResponse
from webtalks.http.admin_pages import in_admin, page_name

# More digits than any number has that is stored; SQLite and PostgreSQL fail each in its own way.
TOO_LONG = re.compile(r"\d{19}")
# Ways to filter that no link of ours uses, and that fail where their value is not as they expect.
ODD_LOOKUP = re.compile(r"__(range|regex|iregex)$")


class FirstPageOfList:
    """Middleware: lead to the first page of a list, as Django does for other odd filters.

    Django notices only some of them before the database does.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseRedirect | None:
        is_list = in_admin(request) and page_name(request).endswith("_changelist")
        if is_list and is_odd(request.GET):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        return None


def is_odd(parameters: QueryDict) -> bool:
    """Whether a filter, not the search, is asked for with such a number or in such a way."""
    return any(
        ODD_LOOKUP.search(name) or any(TOO_LONG.search(value) for value in values)
        for name, values in parameters.lists()
        if name != SEARCH_VAR
    )
