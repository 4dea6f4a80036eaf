"""The security headers that every response carries.

The exceptions stand with what they are for: the page that others may frame
(events/pages/embedding.py), uploaded files (events/pages/files.py), the preview of mails
(registration/desk/messages/mail_previews.py).
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware, get_nonce
from django.utils.csp import CSP, build_policy

from webtalks.http.admin_pages import in_admin

# Features of the browser that no page here uses. These are all that Debian's Chromium knows, but
# not its hints about itself (`ch-…`), which it sends only to a site that asks for them.
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
ADMIN_CSP: dict[str, list[str]] = {
    **settings.SECURE_CSP,
    "style-src": [CSP.SELF, CSP.NONCE],
}


def transport_security() -> str:
    """Return for how long browsers ask this host by https alone, and whether all below it too."""
    below = "; includeSubDomains; preload" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    return f"max-age={settings.SECURE_HSTS_SECONDS}{below}"


class ProtectedResponse(HttpResponse):
    """A response that has its security headers already: a kept page (webtalks/http/page_cache.py).

    ResponseHeaders leaves it as it is: X-Frame-Options, which one view takes off, stays off.
    """


class ResponseHeaders(ContentSecurityPolicyMiddleware):
    """Middleware: set the security headers on every response: pages, files, redirects, refusals.

    It stands outermost, because an inner middleware is skipped where an outer one answers. A
    header that a view has set itself stays. Browsers and proxies keep no refusal, which may
    concern a person or be wrong a minute later. They keep no page of the admin either: Django
    says nothing about some of them.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if isinstance(response, ProtectedResponse):
            return response
        if in_admin(request):
            # What one page needs beside (`csp_override`): the page of a message frames its mail.
            beside = getattr(response, "_csp_config", {})
            policy = build_policy(ADMIN_CSP | beside, get_nonce(request))
            response.headers.setdefault("Content-Security-Policy", policy)
        if in_admin(request) or response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "no-store")
        return self.protect(request, response)

    def protect(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Set the headers of the whole site; those that the view has set itself stay."""
        response = super().process_response(request, response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if getattr(response, "xframe_options_exempt", False):  # events/pages/embedding.py alone
            del response.headers["X-Frame-Options"]
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers["Strict-Transport-Security"] = transport_security()
        return response
