"""Wrong passwords: what is kept of them, and the page of who is locked out (django-axes)."""

from collections.abc import Mapping
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.crypto import salted_hmac


def username(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return what is kept of a user name: a hash. People type passwords into the wrong field."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    return salted_hmac("webtalks.logins", name.casefold(), algorithm="sha256").hexdigest()


class KeepsNoForm(AxesDatabaseHandler):
    """Counts wrong passwords, and keeps nothing of the form that they came with.

    Any form of the admin may ask for the password again, and carries its own fields along.
    """

    def user_login_failed(
        self,
        sender: object,
        credentials: Mapping[str, Any],
        request: HttpRequest,
        **kwargs: Any,
    ) -> None:
        get, post = request.GET, request.POST
        request.GET = request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.GET, request.POST = get, post


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Say that too many passwords were wrong; the same page whether the account exists or not."""
    hours = int(settings.AXES_COOLOFF_TIME.total_seconds()) // 3600
    context = {**admin.site.each_context(request), "hours": hours}
    return render(request, "admin/locked_out.html", context, status=429)
