"""What the organisers' own pages share: the frame of the admin, rights, addresses, words."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path

from events.desk.takes_anything import KEY

# The route, the view, and the name by which others link to it.
DeskUrl = tuple[str, Callable[..., HttpResponseBase], str]


def admin_urls(urls: list[DeskUrl]) -> list[URLPattern]:
    """Return the patterns for `urls`; only an organiser who is logged in gets beyond them."""
    return [path(route, admin.site.admin_view(view), name=name) for route, view, name in urls]


def require_permission(request: HttpRequest, *permissions: str) -> None:
    """Raise PermissionDenied if the organiser has none of `permissions`."""
    if not any(request.user.has_perm(permission) for permission in permissions):
        raise PermissionDenied


def admin_page(
    request: HttpRequest,
    model: type[Model],
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Render `template`, which stands below templates/admin, in the frame of the admin.

    `model` is the one among whose pages it is found. The context has a `title`.
    """
    frame = {**admin.site.each_context(request), "opts": model._meta}
    return render(request, f"admin/{template}", frame | context, status=status)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return the fields of a form that was sent, even if all are empty; None for a GET."""
    return request.POST if request.method == "POST" else None


def primary_key(text: str | None) -> int | None:
    """Return the primary key that stands in an address; None for anything else."""
    text = str(text or "")
    return int(text) if KEY.fullmatch(text) else None


def mails_text(number: int) -> str:
    return "1 Mail" if number == 1 else f"{number} Mails"


def mails_go_out_text(number: int) -> str:
    return f"{mails_text(number)} {'geht' if number == 1 else 'gehen'} jetzt hinaus."


def names_text(names: Sequence[str]) -> str:
    """Return `Kim, Pia und Sina`."""
    *others, last = names
    return f"{', '.join(others)} und {last}" if others else last
