"""Where a request comes from: one answer for the log-in's lock and for the throttle."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port


class NameVisitor:
    """Write the visitor's network into `request.visitor`, for apps that know no proxies."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.visitor = network(request)
        return self.get_response(request)


class AskedNearby:
    """Let this machine's watchers ask the process under the address they connect to.

    Prometheus and health checks send it as Host.
    """

    PATHS = frozenset({"/healthz", "/readyz", "/metrics"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path in self.PATHS and is_on_this_machine(request):
            host, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
            if host in settings.LOOPBACK_HOSTS and host not in settings.ALLOWED_HOSTS:
                request.META["HTTP_HOST"] = settings.SITE_HOST
        return self.get_response(request)


def is_on_this_machine(request) -> bool:
    """Whether it comes from loopback, and not through a proxy that runs there."""
    address = parsed(request.META.get("REMOTE_ADDR", ""))
    is_near = address is not None and address.is_loopback
    return is_near and "HTTP_X_FORWARDED_FOR" not in request.META


def network(request) -> str | None:
    """Return what counts as one visitor: the IPv4 address, or the first 64 bits of an IPv6 one.

    A household or an office has a whole /64 of IPv6, and every device may change within it at
    will. None: a socket of the file system, whose proxy names nobody.
    """
    found = _address(request.META)
    if isinstance(found, IPv6Address):
        found = IPv6Address(int(found) >> 64 << 64)
    return str(found) if found else None


def _address(meta):
    """Walk X-Forwarded-For from the right, as long as the one who says so is a trusted proxy.

    What stands further left was written by the visitor and counts for nothing. At the first entry
    that is no address, the last trusted proxy is all we know.
    """
    address = parsed(meta.get("REMOTE_ADDR", ""))
    trusts_all = "*" in settings.TRUSTED_PROXIES
    if address is None and not trusts_all:
        return None
    for entry in reversed(meta.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        named = parsed(entry)
        if named is None or not (trusts_all or is_trusted(address)):
            break
        if trusts_all:  # the peer is a proxy, whoever it is; who speaks to it is not
            return named
        address = named
    return address


def parsed(text: str):
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_trusted(address) -> bool:
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
