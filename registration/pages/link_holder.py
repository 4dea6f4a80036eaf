"""The pages behind the links of mails: whose link it is, and the answers to a dead link."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.pages.requests import GetResponse, SiteRequest
from registration.models import Interest, Registration, SpeakerLink, limits

type View = Callable[..., HttpResponseBase]


def read_or_post[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Answer 405 to other methods; webtalks/http/csrf.py reads the mark."""
    view.takes_post = True  # type: ignore[attr-defined]  # a mark
    return require_http_methods(["GET", "HEAD", "POST"])(view)


def shows_again(view: View) -> View:
    """Mark a view that shows a PersonForm which is not valid, and does nothing with it.

    webtalks/http/csrf.py reads it: such a view keeps what was typed if the cookie is missing.
    """
    view.shows_again = True  # type: ignore[attr-defined]  # a mark
    return view


def takes_one_click(view: View) -> View:
    """Mark a view that mail programs post to (RFC 8058): without a cookie, following no redirect.

    webtalks/http/csrf.py reads it.
    """
    view.takes_one_click = True  # type: ignore[attr-defined]  # a mark
    return view


class DeadLinks:
    """Middleware: count the dead links to drafts, because `events` knows no limits."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: SiteRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "has_dead_link", False):
            return _wait_after_dead_link(request) or response
        return response


def dead_link(request: SiteRequest) -> HttpResponse:
    """Answer a forged, an outdated and an erased link alike, so that nobody learns which it is.

    A network that tries many is asked to wait.
    """
    waiting = _wait_after_dead_link(request)
    return waiting or render(request, "registration/link_invalid.html", status=404)


def _wait_after_dead_link(request: SiteRequest) -> HttpResponse | None:
    """Count a dead link; answer 429 if its network has tried too many, else None."""
    if seconds := limits.wait_after_dead_link(request.visitor):
        return asked_to_wait(request, "registration/too_many_links.html", {}, seconds)
    return None


def asked_to_wait(
    request: SiteRequest, template: str, context: dict[str, Any], seconds: int
) -> HttpResponse:
    """Answer 429: this network may come back after so many seconds."""
    context = context | {"minutes": math.ceil(seconds / 60)}
    response = render(request, template, context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def for_participant(purpose: str) -> Callable[[View], View]:
    """Give a view the registration whose key the link carries."""

    def find(token: str) -> Registration | None:
        rows = Registration.objects.holding(token, purpose)
        return rows.select_related("talk__municipality").first()

    return _for_holder(find)


def for_interested(purpose: str) -> Callable[[View], View]:
    """Give a view the row of the interest list whose key the link carries."""

    def find(token: str) -> Interest | None:
        return Interest.objects.holding(token, purpose).first()

    return _for_holder(find)


def for_speaker(view: View) -> View:
    """Give a view the living link of a speaker, with speaker and talk."""

    def find(token: str) -> SpeakerLink | None:
        return SpeakerLink.objects.holding(token).with_talks().first()

    @wraps(view)
    def until_it_is_gone(
        request: SiteRequest, link: SpeakerLink, **kwargs: Any
    ) -> HttpResponseBase:
        try:
            return view(request, link, **kwargs)
        except SpeakerLink.DoesNotExist:  # erased or renewed while the page was open
            return dead_link(request)

    return _for_holder(find)(until_it_is_gone)


def _for_holder(
    find: Callable[[str], Registration | Interest | SpeakerLink | None],
) -> Callable[[View], View]:
    """Give a view the row that `find` returns for the link's token; nobody stores the page."""

    def decorate(view: View) -> View:
        @never_cache
        @read_or_post
        @wraps(view)
        def wrapped(request: SiteRequest, token: str, **kwargs: Any) -> HttpResponseBase:
            row = find(token)
            return dead_link(request) if row is None else view(request, row, **kwargs)

        return wrapped

    return decorate
