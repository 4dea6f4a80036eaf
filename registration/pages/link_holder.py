"""Pages behind the links of mails: who holds the link, and the one page for dead links."""

from functools import wraps

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registration.models import Registration, limits


class DeadLinks:
    """Middleware: count the dead links that `events` met, which knows no counters."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if getattr(request, "has_dead_link", False):
            return _asked_to_wait_for_links(request) or response
        return response


def dead_link(request):
    """Answer the same for forged, outdated and erased links; to who tries many, to wait."""
    waiting = _asked_to_wait_for_links(request)
    return waiting or render(request, "registration/link_invalid.html", status=404)


def _asked_to_wait_for_links(request):
    """Count a dead link; answer 429 where its network has tried too many, else None."""
    if wait := limits.wait_after_dead_link(request.visitor):
        return asked_to_wait(request, "registration/too_many_links.html", {}, wait)
    return None


def asked_to_wait(request, template, context, seconds):
    """Answer 429: this network shall come back later."""
    response = render(request, template, context | {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = seconds
    return response


def for_holder(purpose, model=Registration):
    """Give a view the row whose key the link carries; the page is never stored."""

    def decorate(view):
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def wrapped(request, token, **kwargs):
            rows = model.objects.holding(token, purpose)
            if model is Registration:
                rows = rows.select_related("talk__municipality")
            row = rows.first()
            return dead_link(request) if row is None else view(request, row, **kwargs)

        return wrapped

    return decorate
