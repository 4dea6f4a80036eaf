"""Searching lists of people: what is typed goes by POST, into no address and no browser's history.

A search shows what it finds on one page. Its words stand in no link, so choosing a filter, an
order or an action begins anew without them.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from events.desk.lists import NamedList

# More are not shown: another word tells them apart.
MOST_FOUND = 200


class PrivateList(NamedList):
    """A list whose search the template sends by POST."""

    searches_by_post = True
    # How many the search has found, of whom the first are shown.
    found = 0

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet:
        self.query = request.POST.get(SEARCH_VAR, "")
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        """Show what was found on one page; nobody can choose more than stands on it."""
        if self.query:
            self.list_per_page = MOST_FOUND
        super().get_results(request)
        if self.query:
            self.found, self.multi_page = self.result_count, False
            self.result_count = len(self.result_list)


class PrivateSearch(admin.ModelAdmin):
    """Base of the admin's pages with such a list."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PrivateList

    @method_decorator(sensitive_post_parameters(SEARCH_VAR))
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, extra_context)
