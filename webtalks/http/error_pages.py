"""The pages of refusals and faults: they touch nothing of the request but its path.

Django's own handlers look for the form's token first, and so read the body that was refused for
being unreadable. These neither read anything nor fail: where a template cannot be rendered, a page
without any style takes its place.
"""

import logging

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from webtalks.http.admin_pages import in_admin, page_name
from webtalks.http.visitors import network
from webtalks.logs.pseudonyms import who

logger = logging.getLogger(__name__)

# What Django raises while the database cannot be reached, is overloaded or has just ended.
UNUSABLE = (OperationalError, InterfaceError)

# What the page without style says; each of these is the heading of the template, too.
HEADINGS = {
    400: "Diese Anfrage ist nicht lesbar.",
    403: "Dafür fehlt Ihnen das Recht.",
    404: "Diese Seite gibt es nicht.",
    413: "Das ist zu groß.",
    415: "Das ist kein Formular.",
    500: "Da ist etwas schiefgegangen.",
    503: "Die Website ist gerade nicht erreichbar.",
}
BARE = """<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="robots" content="noindex"><title>{heading}</title></head>
<body><h1>{heading}</h1><p><a href="/">Zur Startseite</a></p></body>
</html>
"""


def error_page(
    request: HttpRequest | None, status: int, folder: str = "", **context: object
) -> HttpResponse:
    """Return the page of the status: templates/400.html …, or the one of that name in `folder`.

    Raises OperationalError or InterfaceError where the page asks a database that is away: then
    `fault` answers. Without a request the page asks nothing.
    """
    try:
        page = render_to_string(f"{folder}{status}.html", context, request)
    except UNUSABLE:
        raise
    except Exception as error:  # a missing template or static file must not hide the refusal
        logger.error("The page for %s cannot be rendered: %s", status, error)
        return HttpResponse(BARE.format(heading=HEADINGS[status]), status=status)
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read (Django's `handler400`)."""
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer who may not do this (Django's `handler403`); the line it writes names nobody."""
    user = organiser_of(request)
    if user is None:
        return error_page(request, 403)
    asked = f"{request.method} {page_name(request)}"
    logger.warning("No right to %s: %s", asked, who(user.get_username(), network(request)))
    return desk_page(request, 403, user)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer where there is nothing (Django's `handler404`)."""
    user = organiser_of(request)
    if user is None:
        return error_page(request, 404)
    return desk_page(request, 404, user)


def organiser_of(request: HttpRequest) -> User | None:
    """Return who is logged in to the admin; on public pages nobody's session is looked at."""
    # Whoever is refused early has no user.
    user = getattr(request, "user", None) if in_admin(request) else None
    return user if isinstance(user, User) else None


def desk_page(request: HttpRequest, status: int, user: User) -> HttpResponse:
    """Return the page of the status with the admin's header and menu around it."""
    if not user.is_staff:
        return error_page(request, status)
    context = {
        **admin.site.each_context(request),
        "title": HEADINGS[status],
        "roles": user.groups.order_by("name"),
        "administrators": User.objects.filter(is_superuser=True, is_active=True)[:5],
    }
    return error_page(request, status, "admin/refusals/", **context)
