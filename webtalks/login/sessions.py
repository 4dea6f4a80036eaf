"""How long an organiser stays logged in, and before which pages they must prove it once more.

A session ends SESSION_COOKIE_AGE after the log-in, and after SESSION_IDLE_MINUTES without a
request. A form that is sent too late is not lost: the password is asked for, and it goes on.
"""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from events.pages.requests import GetResponse
from webtalks.http.admin_pages import in_admin, page_name
from webtalks.login import reauthentication

SEEN = "seen_at"
# Seconds after which a request is noted again; within them a second one writes nothing.
PRECISION = 60
# Who is not logged in may be here, and logging out takes no proof.
OPEN_PAGES = {"admin:login", "admin:logout", "admin:jsi18n"}


def is_idle(session: SessionBase) -> bool:
    idle = settings.SESSION_IDLE_MINUTES * 60
    return _now() - session.get(SEEN, _now()) > idle


def begin(session: SessionBase) -> None:
    """Fix when the session ends; the log-in itself is the first proof."""
    session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    session[SEEN] = _now()
    reauthentication.note(session)


class SessionLimits:
    """Middleware: end idle sessions, and ask once more before the pages that need a proof."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not in_admin(request):
            # Reading pages must not look at the session: only who asks for the user does.
            known = request.user
            lazy = SimpleLazyObject(lambda: _user_unless_idle(request, known))
            request.user = lazy  # type: ignore[assignment]  # as Django's own middleware does
            return self.get_response(request)
        response = self.get_response(request)
        # A refused form has looked at no session: then we do not either, as that adds a `Vary`.
        has_looked = request.session.accessed
        if has_looked and request.user.is_authenticated and not is_idle(request.session):
            _see(request.session)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        if not in_admin(request) or page_name(request) in OPEN_PAGES:
            return None
        if not request.user.is_authenticated:
            # The session is over and the form that was sent is lost; the log-in page says so.
            return _to_log_in(request, "formular") if request.method == "POST" else None
        if SEEN not in request.session:
            begin(request.session)
        if is_idle(request.session):
            return self._after_a_pause(request)
        needs_proof = page_name(request) in reauthentication.PAGES_WITH_PROOF
        if needs_proof and not reauthentication.is_fresh(request.session):
            return reauthentication.ask(request)
        return None

    def _after_a_pause(self, request: HttpRequest) -> HttpResponse | None:
        if is_part_of_page(request):
            return HttpResponseForbidden()  # the form around it can still be sent
        if request.method != "POST":
            logout(request)
            return _to_log_in(request, "pause")
        answer = reauthentication.ask(request, after_pause=True)
        if answer is None or answer.status_code != HTTPStatus.OK:
            request.session[SEEN] = _now()
        return answer


def is_part_of_page(request: HttpRequest) -> bool:
    """Whether a script or a picture asks, and nobody would see the log-in page."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return mode != "navigate" or "X-Requested-With" in request.headers


def _see(session: SessionBase) -> None:
    if SEEN not in session:
        begin(session)
    elif _now() - session[SEEN] >= PRECISION:
        session[SEEN] = _now()


def _user_unless_idle(request: HttpRequest, user: User | AnonymousUser) -> User | AnonymousUser:
    return AnonymousUser() if user.is_authenticated and is_idle(request.session) else user


def _to_log_in(request: HttpRequest, reason: str) -> HttpResponse:
    """Lead to the log-in, which says why (templates/admin/login.html), and back again.

    After a button it leads back to the page with the button, because the button's own address may
    answer to POST alone.
    """
    came_from = request.headers.get("Referer", "") if request.method == "POST" else ""
    back = request.get_full_path()
    if came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        back = urlunsplit(urlsplit(came_from)._replace(scheme="", netloc=""))
    query = urlencode({"next": back, "ende": reason})
    return redirect(f"{reverse('admin:login')}?{query}")


def _now() -> float:
    """Return this moment in seconds, as the session keeps it."""
    return timezone.now().timestamp()
