"""Links from mails that lost or gained characters on their way: cut right, or led on.

Programs take the bracket, quotation mark or full stop behind a link into it, break it over two
lines or write it in capital letters. What the link names is of fixed length, so all around it is
known.
"""

import re
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from events.pages.requests import GetResponse, SiteRequest
from registration.pages.link_holder import dead_link

# A row's key or a wish (registration/models/links.py), or a talk's uid and moment
# (events/previews.py), and the signature.
TOKEN = re.compile(
    r"(?<![\w-])(?:[\w-]{22}\.|[\w-]{40,}\.|[0-9a-f]{32}:\w{6}:)[\w-]{43}(?![\w-])", re.ASCII
)
# What a line break within a link leaves: blanks, or the sign of quoted-printable (RFC 2045 §6.7).
BREAK = re.compile(r"=?\s+")
# Characters behind the token that are looked at; the longest of our addresses has fewer.
LONGEST_REST = 80


class MangledLinks:
    """Middleware: lead a mangled link to its page, or to the form that sends it again."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: SiteRequest) -> HttpResponseBase:
        path = request.path_info
        beginning = _beginning_of(path)
        if beginning is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        right = mended(path, beginning)
        if right and right not in (path, f"{path}/"):  # a missing slash is Django's
            return HttpResponseRedirect(right)
        response = self.get_response(request)
        is_lost = response.status_code == HTTPStatus.NOT_FOUND and not request.resolver_match
        return dead_link(request) if is_lost else response


def _beginning_of(path: str) -> str | None:
    small = path.lower()
    return next((each for each in beginnings() if small.startswith(each)), None)


@cache
def beginnings() -> tuple[str, ...]:
    """Return how the addresses with a token begin, the longest first."""
    routes = (str(pattern.pattern) for pattern in _patterns())
    found = {f"/{route.partition('<str:token>')[0]}" for route in routes if "<str:token>" in route}
    return tuple(sorted(found, key=len, reverse=True))


def _patterns() -> Iterator[URLPattern]:
    """Yield the pages of our two apps for readers and visitors."""
    for group in get_resolver().url_patterns:
        if isinstance(group, URLResolver) and group.app_name in ("events", "registration"):
            yield from (each for each in group.url_patterns if isinstance(each, URLPattern))


def mended(path: str, beginning: str) -> str | None:
    """Return the address that the link meant; None where its token is lost."""
    whole = BREAK.sub("", path)
    found = TOKEN.search(whole, len(beginning) - 1)
    if found is None:
        return None
    rest = whole[found.end() :][:LONGEST_REST].lower()
    for end in range(len(rest), -1, -1):
        kept = rest[:end]
        for address in (f"{beginning}{found[0]}{tail}" for tail in (kept, kept.rstrip("/") + "/")):
            if _names(address, found[0]):
                return address
    return None


def _names(address: str, token: str) -> bool:
    """Whether a page has this address, and takes exactly this token from it."""
    try:
        return resolve(address).kwargs.get("token") == token
    except Resolver404:
        return False
