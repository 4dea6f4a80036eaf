"""What each kind of answer carries: whole sets of headers, in one place."""

import re

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
CSP = POLICY.format(nonce="")
SECURITY = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": (
        "accelerometer=(), aria-notify=(), autoplay=(), browsing-topics=(), camera=(), "
        "captured-surface-control=(), clipboard-read=(), clipboard-write=(), "
        "compute-pressure=(), cross-origin-isolated=(), deferred-fetch=(), "
        "deferred-fetch-minimal=(), digital-credentials-create=(), "
        "digital-credentials-get=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "gamepad=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), "
        "idle-detection=(), interest-cohort=(), keyboard-map=(), language-detector=(), "
        "language-model=(), local-fonts=(), local-network=(), local-network-access=(), "
        "loopback-network=(), magnetometer=(), media-playback-while-not-visible=(), "
        "microphone=(), midi=(), on-device-speech-recognition=(), otp-credentials=(), "
        "payment=(), picture-in-picture=(), private-state-token-issuance=(), "
        "private-state-token-redemption=(), publickey-credentials-create=(), "
        "publickey-credentials-get=(), screen-wake-lock=(), serial=(), speaker-selection=(), "
        "storage-access=(), summarizer=(), sync-xhr=(), translator=(), unload=(), usb=(), "
        "window-management=(), xr-spatial-tracking=()"
    ),
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}
# Values that differ from answer to answer; `seen` puts this in their place.
SOME = "…"

HTML = {"Content-Type": "text/html; charset=utf-8"}
# What Django's never_cache writes.
NEVER = {
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    "Expires": SOME,
}
# The same beside a no-store of the view's own.
NEVER_TOO = NEVER | {"Cache-Control": "no-store, max-age=0, no-cache, must-revalidate, private"}
LOGGED_IN = {"Vary": "Cookie"}
COOKIE = {"Set-Cookie": "csrftoken; HttpOnly; Path=/; SameSite=Lax", "Vary": "Cookie"}
NONCE = {"Content-Security-Policy": POLICY.format(nonce=" 'nonce-…'")}
FILE = {"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": SOME}
# What webtalks/http/page_cache.py keeps.
KEPT = {
    "Cache-Control": "public, max-age=60",
    "X-Accel-Expires": "5",
    "Vary": "Accept-Encoding",
    "ETag": SOME,
}
FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}
REFUSAL = HTML | {"Cache-Control": "no-store"}
REDIRECT = HTML | {"Location": "/…"}
DOWNLOAD = {"Content-Disposition": SOME}


def typed(content_type) -> dict:
    return HTML | {"Content-Type": content_type}


ICS = typed("text/calendar; charset=utf-8") | DOWNLOAD
FRAMED_POLICY = CSP.replace("form-action 'self'", "form-action 'none'").replace(
    "frame-ancestors 'none'", "frame-ancestors *"
)
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What the answer to the usual request carries beside SECURITY, or instead of it; None: nothing.
KINDS = {
    "reading page": HTML | KEPT,
    "redirect for good": REDIRECT,
    "form": HTML | NEVER | COOKIE,
    "form without cookie": HTML | NEVER,
    "personal form": HTML | NEVER | COOKIE,
    "personal page": HTML | NEVER,
    "personal redirect": REDIRECT | NEVER,
    "short address": REDIRECT | {"Cache-Control": "public, max-age=60"},
    "personal data": typed("application/json") | NEVER | DOWNLOAD,
    "personal calendar": ICS | NEVER,
    "personal pdf": typed("application/pdf")
    | FILE
    | NEVER
    | {"Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate"},
    "personal picture": typed("image/jpeg")
    | FILE
    | NEVER
    | {"Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate"},
    "draft": HTML | NEVER | {"X-Robots-Tag": "noindex, nofollow"},
    "feed": typed("application/atom+xml; charset=utf-8") | KEPT,
    "api": typed("application/json") | KEPT,
    "sitemap": typed("application/xml; charset=utf-8") | KEPT,
    "robots": typed("text/plain; charset=utf-8") | KEPT,
    "security.txt": typed("text/plain; charset=utf-8"),
    "favicon": typed("image/x-icon") | FOR_A_DAY,
    "icon": typed("image/png") | FOR_A_DAY,
    "sign": typed("image/png") | KEPT,
    "calendar": ICS | KEPT,
    "picture": typed("image/jpeg") | FILE | FOR_A_DAY,
    "pdf": typed("application/pdf") | FILE | FOR_A_DAY,
    "health": typed("text/plain; charset=utf-8") | NEVER,
    "metrics": typed("text/plain; version=0.0.4; charset=utf-8") | NEVER,
    "health as JSON": typed("application/json") | NEVER,
    # The one page that others may frame.
    "frame": HTML
    | KEPT
    | {
        "Content-Security-Policy": FRAMED_POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Frame-Options": None,
    },
    "admin": HTML | NEVER | COOKIE | NONCE,
    "admin page with a frame": HTML
    | NEVER
    | COOKIE
    | {"Content-Security-Policy": POLICY.format(nonce=" 'nonce-…'") + "; frame-src 'self'"},
    "admin page that Django leaves open": HTML | COOKIE | NONCE | {"Cache-Control": "no-store"},
    "admin redirect": REDIRECT | NEVER | LOGGED_IN,
    # Django names the host it was asked by, which ALLOWED_HOSTS has checked.
    "admin redirect to the site": REDIRECT | NEVER | LOGGED_IN | {"Location": "//testserver/…"},
    "admin log-out": HTML | NEVER | LOGGED_IN | {"Allow": "POST, OPTIONS"},
    "admin by POST": HTML | NEVER | LOGGED_IN | {"Allow": "POST"},
    "admin refusal": REFUSAL | COOKIE | NONCE,
    "admin script": typed('text/javascript; charset="utf-8"')
    | LOGGED_IN
    | {"Cache-Control": "no-store"},
    "admin JSON": typed("application/json") | NEVER | LOGGED_IN,
    "admin picture": typed("image/png") | NEVER | LOGGED_IN | DOWNLOAD,
    "admin pdf": typed("application/pdf") | NEVER | LOGGED_IN | DOWNLOAD,
    "proposed picture": typed("image/jpeg")
    | FILE
    | NEVER
    | LOGGED_IN
    | {"Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate"},
    "proposed pdf": typed("application/pdf")
    | FILE
    | NEVER
    | LOGGED_IN
    | {"Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate"},
    "admin sheet": typed(XLSX) | NEVER | LOGGED_IN | DOWNLOAD,
    "mail preview": HTML
    | NEVER_TOO
    | LOGGED_IN
    | {"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"},
}


def expected(kind_or_headers, *, secure=False) -> dict:
    """Return the whole set of headers of an answer of that kind."""
    special = kind_or_headers
    if isinstance(kind_or_headers, str):
        special = KINDS[kind_or_headers]
    headers = SECURITY | (HSTS if secure else {}) | special
    if secure and "Set-Cookie" in headers:
        headers["Set-Cookie"] += "; Secure"
    return {name: value for name, value in headers.items() if value is not None}


def seen(response) -> dict:
    """Return all headers of the answer, SOME for values that differ each time."""
    headers = dict(response.headers)
    headers.pop("Content-Length", None)  # CommonMiddleware's, else gunicorn's
    for name in ("Expires", "ETag", "Last-Modified", "Content-Disposition"):
        if name in headers:
            headers[name] = SOME
    policy = headers.get("Content-Security-Policy", "")
    if "Location" in headers:
        headers["Location"] = re.sub(
            r"^(https?:)?(//[^/]+)?/.*", lambda found: f"{found[2] or ''}/…", headers["Location"]
        )
    headers["Content-Security-Policy"] = re.sub(r"'nonce-[\w-]{22,}'", "'nonce-…'", policy)
    if response.cookies:
        headers["Set-Cookie"] = ", ".join(map(_cookie, response.cookies.values()))
    return headers


def _cookie(cookie) -> str:
    parts = [cookie.key]
    for name in ("max-age", "expires", "domain", "httponly", "path", "samesite", "secure"):
        value = cookie[name]
        label = {"httponly": "HttpOnly", "samesite": "SameSite"}.get(name, name.capitalize())
        if value:
            parts.append(label if value is True else f"{label}={value}")
    return "; ".join(parts)
