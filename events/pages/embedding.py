"""`/einbetten/` is the only page that other websites may show in a frame."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

FRAMED_CSP: dict[str, Any] = settings.SECURE_CSP | {
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}


def framed_anywhere(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let other websites frame the page. It must have no form and set no cookie."""

    @csp_override(FRAMED_CSP)
    @xframe_options_exempt
    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return framed
