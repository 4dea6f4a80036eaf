"""The organisers' pages (/admin/): whether a request asks for one, for which, and who asks."""

from functools import cache

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse

# For whoever has forgotten the password, or holds a link from a mail: no log-in comes before.
LINK_PAGES = ("forgotten_password", "set_password", "reset_second_factor")


def in_admin(request: HttpRequest) -> bool:
    return request.path.startswith(_root())


@cache
def _root() -> str:
    """Return where the organisers' pages begin: asked for by six middlewares of each request."""
    return reverse("admin:index")


def has_link(request: HttpRequest) -> bool:
    """Whether the request asks for one of the LINK_PAGES."""
    return request.path.startswith(f"{reverse('admin:index')}konto/")


def page_name(request: HttpRequest) -> str:
    """Return the name of the page's URL ("admin:login"); "" before Django has found the view."""
    return request.resolver_match.view_name if request.resolver_match else ""


def organiser(request: HttpRequest) -> User:
    """Return the account of the person who is logged in; raises PermissionDenied for a visitor."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
