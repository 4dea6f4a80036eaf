"""Where a request comes from: one answer for the log-in's lock and for the limits."""

import logging
import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from events.pages.requests import GetResponse, SiteRequest

logger = logging.getLogger(__name__)

# An address with a port, as some proxies write it; one of IPv6 then stands in brackets.
WITH_PORT = re.compile(r"(?:\[([^\[\]]+)\]|([0-9.]+))(?::[0-9]{1,5})?")


class NameVisitor:
    """Middleware: write the visitor's network into `request.visitor`.

    The other apps know nothing of proxies and read it there. A proxy whose word cannot be read
    makes one visitor of all: that is an error of whoever set it up, and stands in the log.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: SiteRequest) -> HttpResponseBase:
        request.visitor = network(request)
        if not _is_readable(request.META):
            logger.error("X-Forwarded-For holds no address; all visitors count as the proxy")
        return self.get_response(request)


class AskedNearby:
    """Middleware: let programs on this machine watch the process.

    Prometheus and health checks connect to a loopback address and send it as Host, which is not
    the site's name and would be refused.
    """

    PATHS = frozenset({"/healthz", "/readyz", "/metrics"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path in self.PATHS and is_on_this_machine(request):
            host, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
            if host in settings.LOOPBACK_HOSTS and host not in settings.ALLOWED_HOSTS:
                request.META["HTTP_HOST"] = settings.SITE_HOST
        return self.get_response(request)


def is_on_this_machine(request: HttpRequest) -> bool:
    """Whether it comes from loopback, and not through a proxy that runs there."""
    address = parsed(request.META.get("REMOTE_ADDR", ""))
    is_near = address is not None and address.is_loopback
    return is_near and "HTTP_X_FORWARDED_FOR" not in request.META


def network(request: HttpRequest) -> str | None:
    """Return what counts as one visitor: the IPv4 address, or the first 64 bits of an IPv6 one.

    A household or an office has all addresses with the same 64 bits, and each of its devices may
    change between them at will. None: the request comes over a Unix socket, and the proxy at its
    other end names no address.
    """
    found = _address(request.META)
    if isinstance(found, IPv6Address):
        found = IPv6Address(int(found) >> 64 << 64)
    return str(found) if found else None


def _address(meta: Mapping[str, Any]) -> IPv4Address | IPv6Address | None:
    """Return the last one of whom we know that a trusted proxy, or nobody, stands behind them."""
    return next((found for found in reversed(_hops(meta)) if found), None)


def _is_readable(meta: Mapping[str, Any]) -> bool:
    """Whether all that trusted proxies have written are addresses."""
    return None not in _hops(meta)[1:]


def _hops(meta: Mapping[str, Any]) -> list[IPv4Address | IPv6Address | None]:
    """Return who connects, and whom the trusted proxies name before them, one after the other.

    X-Forwarded-For is read from the right, as long as a trusted proxy has written the entry. The
    visitor can write anything further left, so it counts for nothing. The list ends at the first
    entry that is no address: None.
    """
    hops = [parsed(meta.get("REMOTE_ADDR", ""))]
    header = meta.get("HTTP_X_FORWARDED_FOR", "")
    entries = header.split(",") if header else []
    if "*" in settings.TRUSTED_PROXIES:
        # Whoever connects is a proxy and has written the last entry.
        return hops + [parsed(entry) for entry in entries[-1:]]
    for entry in reversed(entries):
        if hops[-1] is None or not is_trusted(hops[-1]):
            break
        hops.append(parsed(entry))
    return hops


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in `text`, without a port; one of IPv4 written as IPv6 as IPv4."""
    text = text.strip()
    if found := WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES)


def trusted_proxies(text: str) -> list[str]:
    """Return the addresses and networks in `FORWARDED_ALLOW_IPS`; `*` is whoever connects."""
    proxies = [part.strip() for part in text.split(",") if part.strip()]
    for proxy in proxies:
        if proxy != "*":
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ImproperlyConfigured(
                    f"FORWARDED_ALLOW_IPS: „{proxy}“ ist weder Adresse noch Netz noch *."
                ) from None
    return proxies
