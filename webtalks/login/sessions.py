"""How long an organiser stays logged in, and before which pages they must prove it once more.

A session ends SESSION_COOKIE_AGE after the log-in, and after SESSION_IDLE_MINUTES without a
request. A form that is sent too late is not lost: the password, or the whole log-in, is asked for,
and it goes on.
"""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from events.pages.requests import GetResponse
from webtalks.http.admin_pages import LINK_PAGES, in_admin, page_name
from webtalks.login import log_in_again, reauthentication

SEEN = "seen_at"
# Seconds after which a request is noted again; within them a second one writes nothing.
PRECISION = 60
# Who is not logged in may be here, and logging out takes no proof.
OPEN_PAGES = {"admin:login", "admin:logout", "admin:jsi18n", *LINK_PAGES}


def is_idle(session: SessionBase) -> bool:
    idle = settings.SESSION_IDLE_MINUTES * 60
    return _now() - session.get(SEEN, _now()) > idle


def begin(session: SessionBase) -> None:
    """Fix when the session ends; the log-in itself is the first proof."""
    session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    session[SEEN] = _now()
    reauthentication.note(session)


def end_all(user: User) -> None:
    """End every session of `user`: else one would live on once access is given again."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


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
            answer = self._after_the_end(request) if request.method == "POST" else None
            if answer is not None or not request.user.is_authenticated:
                return answer
        if SEEN not in request.session:
            begin(request.session)
        if is_idle(request.session):
            return self._after_a_pause(request)
        needs_proof = page_name(request) in reauthentication.PAGES_WITH_PROOF
        if needs_proof and not reauthentication.is_fresh(request.session):
            return reauthentication.ask(request)
        return None

    def _after_the_end(self, request: HttpRequest) -> HttpResponse | None:
        """Ask for the log-in on the spot; return None where it was given."""
        return HttpResponseForbidden() if is_part_of_page(request) else log_in_again.ask(request)

    def _after_a_pause(self, request: HttpRequest) -> HttpResponse | None:
        if is_part_of_page(request):
            return HttpResponseForbidden()  # the form around it can still be sent
        if request.method != "POST":
            logout(request)
            # The log-in says why (templates/admin/login.html), and leads back.
            query = urlencode({"next": request.get_full_path(), "ende": "pause"})
            return redirect(f"{reverse('admin:login')}?{query}")
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


def _now() -> float:
    """Return this moment in seconds, as the session keeps it."""
    return timezone.now().timestamp()
