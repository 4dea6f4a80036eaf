"""Wrong passwords: what is kept of them, and the page of who is locked out (django-axes)."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib import admin
from django.shortcuts import render
from django.utils.crypto import salted_hmac


def username(request, credentials) -> str:
    """Return what is kept of a user name: a hash. People type passwords into the wrong field."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    return salted_hmac("webtalks.logins", name.casefold(), algorithm="sha256").hexdigest()


def address(request) -> str | None:
    """Return the visitor's address; behind a proxy that we trust, the one it names last."""
    peer = parsed(request.META.get("REMOTE_ADDR", ""))
    named = parsed(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
    found = named if named and peer and is_trusted(peer) else peer
    return str(found) if found else None


def parsed(text: str):
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_trusted(peer) -> bool:
    return any(
        proxy == "*" or peer in ip_network(proxy, strict=False)
        for proxy in settings.TRUSTED_PROXIES
    )


def locked_out(request, response=None, credentials=None):
    """Say that too many passwords were wrong; the same page whether the account exists or not."""
    hours = settings.AXES_COOLOFF_TIME.total_seconds() // 3600
    context = {**admin.site.each_context(request), "hours": int(hours)}
    return render(request, "admin/locked_out.html", context, status=429)
