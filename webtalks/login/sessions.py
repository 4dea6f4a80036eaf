"""How long an organiser stays logged in, and what they must prove once more.

A session ends SESSION_COOKIE_AGE after the log-in, and after SESSION_IDLE_MINUTES without a
request. A form that is sent too late is not lost: the password is asked for, and it goes on.
"""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseForbidden
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from webtalks.login import reauthentication

SEEN = "seen_at"
# Seconds within which a second request writes nothing.
PRECISION = 60
# Who is not logged in may be here, and logging out takes no proof.
OPEN_PAGES = {"admin:login", "admin:logout", "admin:jsi18n"}


def is_idle(session) -> bool:
    idle = settings.SESSION_IDLE_MINUTES * 60
    return _now() - session.get(SEEN, _now()) > idle


def begin(session):
    """Fix when the session ends; the log-in itself is the first proof."""
    session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    session[SEEN] = _now()
    reauthentication.note(session)


class SessionLimits:
    """Middleware: end idle sessions; ask who sits there before the pages that need a proof."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not in_admin(request):
            # Reading pages must not look at the session: only who asks for the user does.
            known = request.user
            request.user = SimpleLazyObject(lambda: _user_unless_idle(request, known))
            return self.get_response(request)
        response = self.get_response(request)
        # What nobody has looked at (a refused form) needs no look, and no `Vary: Cookie`.
        looked = request.session.accessed
        if looked and request.user.is_authenticated and not is_idle(request.session):
            _see(request.session)
        return response

    def process_view(self, request, view, args, kwargs):
        if not in_admin(request) or request.resolver_match.view_name in OPEN_PAGES:
            return None
        if not request.user.is_authenticated:
            # The session is over, and with it what was typed; say so.
            return _to_log_in(request, "formular") if request.method == "POST" else None
        if SEEN not in request.session:
            begin(request.session)
        if is_idle(request.session):
            return self._after_a_pause(request)
        needs_proof = request.resolver_match.view_name in reauthentication.PAGES_WITH_PROOF
        if needs_proof and not reauthentication.is_fresh(request.session):
            return reauthentication.ask(request)
        return None

    def _after_a_pause(self, request):
        if is_part_of_page(request):
            return HttpResponseForbidden()  # the form around it can still be sent
        if request.method != "POST":
            logout(request)
            return _to_log_in(request, "pause")
        answer = reauthentication.ask(request, after_pause=True)
        if answer is None or answer.status_code != HTTPStatus.OK:
            request.session[SEEN] = _now()
        return answer


def in_admin(request) -> bool:
    return request.path.startswith(reverse("admin:index"))


def is_part_of_page(request) -> bool:
    """Whether a script or a picture asks, and nobody would see the log-in page."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return mode != "navigate" or "X-Requested-With" in request.headers


def _see(session):
    if SEEN not in session:
        begin(session)
    elif _now() - session[SEEN] >= PRECISION:
        session[SEEN] = _now()


def _user_unless_idle(request, user):
    return AnonymousUser() if user.is_authenticated and is_idle(request.session) else user


def _to_log_in(request, reason):
    """Lead to the log-in, which says why (templates/admin/login.html), and back again.

    Back from a button is the page with the button: its own address may answer to POST alone.
    """
    came_from = request.headers.get("Referer", "") if request.method == "POST" else ""
    is_ours = came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    back = urlsplit(came_from)._replace(scheme="", netloc="") if is_ours else None
    query = urlencode(
        {"next": urlunsplit(back) if back else request.get_full_path(), "ende": reason}
    )
    return redirect(f"{reverse('admin:login')}?{query}")


def _now() -> float:
    return timezone.now().timestamp()
