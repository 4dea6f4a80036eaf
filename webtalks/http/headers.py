"""The security headers that every response carries."""

from django.conf import settings
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.urls import reverse
from django.utils.csp import CSP

# Features of the browser that no page here uses: all that Debian's Chromium knows, but for its
# hints about itself (`ch-…`), which are sent only where a site asks for them.
UNUSED_FEATURES = """
accelerometer aria-notify autoplay browsing-topics camera captured-surface-control clipboard-read
clipboard-write compute-pressure cross-origin-isolated deferred-fetch deferred-fetch-minimal
digital-credentials-create digital-credentials-get display-capture encrypted-media fullscreen
gamepad geolocation gyroscope hid identity-credentials-get idle-detection interest-cohort
keyboard-map language-detector language-model local-fonts local-network local-network-access
loopback-network magnetometer media-playback-while-not-visible microphone midi
on-device-speech-recognition otp-credentials payment picture-in-picture
private-state-token-issuance private-state-token-redemption publickey-credentials-create
publickey-credentials-get screen-wake-lock serial speaker-selection storage-access summarizer
sync-xhr translator unload usb window-management xr-spatial-tracking
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
    header that a view has set itself stays. Nobody keeps a refusal, which may concern a person or
    be mended in a minute, nor a page of the admin: Django leaves it open for some.
    """

    def process_response(self, request, response):
        if getattr(response, "is_protected", False):  # a kept page, webtalks/http/page_cache.py
            return response
        in_admin = request.path.startswith(reverse("admin:index"))
        if in_admin:
            response._csp_config = getattr(response, "_csp_config", ADMIN_CSP)
        if in_admin or response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "no-store")
        return self.protect(request, response)

    def protect(self, request, response):
        """Set what the whole site sends, but for what the view has set itself."""
        response = super().process_response(request, response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if getattr(response, "xframe_options_exempt", False):  # events/pages/embedding.py alone
            del response.headers["X-Frame-Options"]
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            )
        return response
