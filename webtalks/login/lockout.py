"""Wrong passwords: what is kept of them, whom they lock out, how a lock is lifted (django-axes).

Five wrong ones lock a name for the network they came from, thirty in ten minutes the network: no
password is hashed for it any more.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from webtalks.http.visitors import network
from webtalks.logs.pseudonyms import who

logger = logging.getLogger(__name__)

# Wrong passwords from one network, whatever the names, and within which time.
OF_A_NETWORK = 30
PERIOD = timedelta(minutes=10)


def username(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return what is kept of a user name: a hash. People type passwords into the wrong field."""
    return kept_name(typed_name(request, credentials))


def typed_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    return (credentials or {}).get("username") or request.POST.get("username", "")


def kept_name(name: str) -> str:
    return salted_hmac("webtalks.logins", name.casefold(), algorithm="sha256").hexdigest()


class KeepsNoForm(AxesDatabaseHandler):
    """Counts wrong passwords, and keeps nothing of the form that they came with.

    Any form of the admin may ask for the password again, and carries its own fields along.
    """

    def is_locked(
        self, request: HttpRequest, credentials: Mapping[str, Any] | None = None
    ) -> bool:
        return is_locked_network(request) or super().is_locked(request, credentials)

    def user_login_failed(
        self,
        sender: object,
        credentials: Mapping[str, Any],
        request: HttpRequest,
        **kwargs: Any,
    ) -> None:
        """Count it, and write one line that names nobody."""
        name = typed_name(request, credentials)
        get, post = request.GET, request.POST
        request.GET = request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.GET, request.POST = get, post
        is_locked = getattr(request, "axes_locked_out", False)  # axes sets it
        reason = "locked out" if is_locked else "wrong password"
        logger.warning("Log-in refused (%s): %s", reason, who(name, network(request)))


def is_locked_network(request: HttpRequest) -> bool:
    """Whether the request's network has sent too many wrong passwords lately.

    A name counts with all its failures of the last hour, five at most.
    """
    address = network(request)
    if address is None:
        return False
    lately = AccessAttempt.objects.filter(
        ip_address=address, attempt_time__gt=timezone.now() - PERIOD
    )
    failures = lately.aggregate(number=Sum("failures_since_start"))["number"] or 0
    return failures >= OF_A_NETWORK


def unlock(names: Iterable[str] | None = None) -> int:
    """Forget the wrong passwords of these user names, or all; return for how many names."""
    attempts = AccessAttempt.objects.all()
    if names is not None:
        attempts = attempts.filter(username__in=[kept_name(name) for name in names])
    number = attempts.values("username").distinct().count()
    attempts.delete()
    return number


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Say that too many passwords were wrong; the same page whether the account exists or not."""
    is_network = is_locked_network(request)
    time = PERIOD if is_network else settings.AXES_COOLOFF_TIME
    minutes = int(time.total_seconds()) // 60
    context = {"is_network": is_network, "minutes": minutes, "hours": minutes // 60}
    page = {**admin.site.each_context(request), **context}
    answer = render(request, "admin/locked_out.html", page, status=429)
    answer["Retry-After"] = str(int(time.total_seconds()))
    return answer
