"""What every response carries, and what no request may carry."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.urls import reverse
from django.utils.csp import CSP

# Features of the browser that no page here uses.
UNUSED_FEATURES = """
accelerometer autoplay browsing-topics camera display-capture encrypted-media
fullscreen gamepad geolocation gyroscope hid idle-detection keyboard-map magnetometer
microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock
serial storage-access usb xr-spatial-tracking
"""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES.split()),
}

# Django's admin has one inline style, which carries the nonce.
ADMIN_CSP = settings.SECURE_CSP | {"style-src": [CSP.SELF, CSP.NONCE]}


class ResponseHeaders(ContentSecurityPolicyMiddleware):
    """Set the security headers on every response: pages, files, redirects, refusals.

    It stands outermost, because an inner middleware is skipped where an outer one answers. A
    header that a view has set itself stays.
    """

    def process_response(self, request, response):
        if request.path.startswith(reverse("admin:index")):
            response._csp_config = getattr(response, "_csp_config", ADMIN_CSP)
        response = super().process_response(request, response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            )
        return response


class RefuseNul:
    """Answer 400 to a NUL in path or query: PostgreSQL refuses it, SQLite matches everything."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in path or query")
        return self.get_response(request)
