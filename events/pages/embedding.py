"""What only `/einbetten/` may: be framed by the website of any town."""

from functools import wraps

from django.conf import settings
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

FRAMED_CSP = settings.SECURE_CSP | {"form-action": [CSP.NONE], "frame-ancestors": ["*"]}


def framed_anywhere(view):
    """Let other websites frame the page; it has no form and sets no cookie."""

    @csp_override(FRAMED_CSP)
    @xframe_options_exempt
    @wraps(view)
    def framed(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return framed
