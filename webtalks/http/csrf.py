"""A visitor's form without its cookie is shown again, with all that was typed.

A tab that was open for days, or cleared cookies, are no attack. A form from another site is one:
it names another Origin (or Referer), and Django's 403 stays. What is shown again has done nothing.

So it is with an organiser's form, because a log-in in another tab gives the browser another token.
There the Origin has to be ours, not merely missing.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware, RejectRequest
from django.shortcuts import render

from registration.fields import SEND_AGAIN, SEND_AGAIN_TEXT
from webtalks.http.admin_pages import in_admin, page_name
from webtalks.login.reauthentication import carried

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (the field's name)
ONE_CLICK = ("List-Unsubscribe", "One-Click")


class FormRequest(HttpRequest):
    """What this module notes on a request."""

    may_send_again: bool
    """Whether its view takes a POST of visitors (`read_or_post`)."""
    token_does_not_fit: bool


class AskAgain(CsrfViewMiddleware):
    """Django's middleware, but a visitor whose token does not fit may press the button once more.

    A view marked with `shows_again` gets the form as one that is not valid yet; for a button
    without fields a page with that button takes its place. A view marked with `takes_one_click`
    takes the POST of a mail program (RFC 8058), which has no cookie.
    """

    def process_view(  # type: ignore[override]  # an answer that is no refusal
        self,
        request: FormRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        is_public = getattr(callback, "takes_post", False)
        request.may_send_again = is_public or is_organisers(request)
        name, value = ONE_CLICK
        if getattr(callback, "takes_one_click", False) and request.POST.get(name) == value:
            return None
        refusal = super().process_view(request, callback, callback_args, callback_kwargs)
        if refusal or not getattr(request, "token_does_not_fit", False):
            return refusal
        if in_admin(request):
            return press_again_at_the_desk(request)
        if not getattr(callback, "shows_again", False):
            return press_again(request)
        marked = request.POST.copy()
        marked[SEND_AGAIN] = "1"
        request.POST = marked  # type: ignore[assignment]  # it is a copy
        return None

    def _check_token(self, request: FormRequest) -> None:
        """Compare the tokens; Django has looked at Origin and Referer before."""
        try:
            super()._check_token(request)  # type: ignore[misc]  # the stubs do not know it
        except RejectRequest:
            if request.method != "POST" or not request.may_send_again:
                raise
            request.token_does_not_fit = True


def is_organisers(request: HttpRequest) -> bool:
    """Whether a page of the admin has sent the form; a log-in is typed anew."""
    is_ours = "Origin" in request.headers  # Django has refused any other one
    return in_admin(request) and is_ours and page_name(request) != "admin:login"


def press_again_at_the_desk(request: HttpRequest) -> HttpResponse:
    """Show an organiser a page with a button, which sends once more what was sent."""
    context = admin.site.each_context(request) | {
        "title": "Bitte noch einmal abschicken",
        "fields": carried(request),
        "has_files": bool(request.FILES),
        "is_nav_sidebar_enabled": False,
    }
    answer = render(request, "admin/second_factor/press_again.html", context, status=422)
    answer["Cache-Control"] = "no-store"
    return answer


def press_again(request: HttpRequest) -> HttpResponse:
    """Show a page with the button, which sends once more what was sent."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    fields = [(name, value) for name, value in sent if name != TOKEN]
    context = {"fields": fields, "send_again": SEND_AGAIN_TEXT}
    answer = render(request, "registration/press_again.html", context, status=422)
    answer["Cache-Control"] = "no-store"
    return answer
