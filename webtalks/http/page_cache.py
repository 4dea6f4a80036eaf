"""Reading pages as rendered bytes, kept in each process until the content or the clock changes.

A kept page asks the database nothing, and is answered before sessions and log-in are looked at. It
is a second old at most, on every host: that often a process looks whether the content has changed
(events/models/revision.py). While the database is away, the last pages are shown.

There are two ways to it. `PageCache` is a middleware. `short_answer` goes round Django's handler,
which costs more than all the rest of an answer: for whoever asks word for word what the middleware
has answered before.
"""

import gzip
import re
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from http import HTTPStatus
from threading import Lock
from typing import Any, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.cache import get_conditional_response, patch_vary_headers

from events.pages.edition import Edition, Keeping, editions
from events.pages.requests import GetResponse, SiteRequest
from webtalks.http import headers
from webtalks.http.database_away import UNUSABLE, database_away
from webtalks.http.headers import ProtectedResponse
from webtalks.http.questions import ASKED, CONDITIONS, Question, question

# Seconds for which browsers may use a copy without asking.
MAX_AGE = 60
# Seconds for which our proxy may (webtalks/proxy/nginx.conf): it has no other sign of a change.
PROXY_AGE = 5
# About how many bytes a page takes besides its content: its key, headers and objects.
OVERHEAD = 2_000
# How many questions are remembered: each page, as some ten kinds of browsers ask for it.
MAX_QUESTIONS = 2_000
# Headers that describe the content; a 304 has none and leaves them out.
OF_CONTENT = frozenset(
    {"Content-Type", "Content-Length", "Content-Disposition", "Content-Encoding"}
)
# Whoever does not understand gzip does not name it, or with the weight nought (RFC 9110 §12.4.2).
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


@dataclass(frozen=True)
class Representation:
    """One form of a page's content, plain or compressed, with the headers of an answer."""

    content: bytes
    headers: dict[str, str]

    @classmethod
    def of(cls, content: bytes, headers: dict[str, str]) -> Self:
        tag = f'"{blake2b(content, digest_size=16).hexdigest()}"'
        return cls(content, headers | {"Content-Length": str(len(content)), "ETag": tag})

    def headers_for(self, seconds: int) -> dict[str, str]:
        """Return all headers of an answer whose content stays right for `seconds`."""
        age = min(MAX_AGE, seconds)
        return self.headers | {
            "Cache-Control": f"public, max-age={age}",
            "X-Accel-Expires": str(min(PROXY_AGE, age)),
        }


@dataclass(frozen=True)
class KeptPage:
    """An answer as it can be given to everybody.

    It is compressed without fear of guesses by size (BREACH): it holds nobody's secret.
    """

    plain: Representation
    gzipped: Representation

    @classmethod
    def of(cls, response: HttpResponse) -> Self:
        """Make the page from an answer that has all its headers, the security headers too."""
        patch_vary_headers(response, ["Accept-Encoding"])
        headers, content = dict(response.items()), response.content
        # The same bytes in every process, so that each knows the other's ETag: no time in them.
        compressed = gzip.compress(content, compresslevel=6, mtime=0)
        return cls(
            Representation.of(content, headers),
            Representation.of(compressed, headers | {"Content-Encoding": "gzip"}),
        )

    @property
    def size(self) -> int:
        return len(self.plain.content) + len(self.gzipped.content) + OVERHEAD

    def form_for(self, meta: Mapping[str, Any]) -> Representation:
        """Return the form that whoever sends these headers understands."""
        takes_gzip = TAKES_GZIP.search(meta.get("HTTP_ACCEPT_ENCODING", ""))
        return self.gzipped if takes_gzip else self.plain

    def answer(self, request: HttpRequest, seconds: int) -> HttpResponse:
        """Answer with the page, which stays right for `seconds`; 304 to somebody who has it."""
        form = self.form_for(request.META)
        response = ProtectedResponse(form.content, headers=form.headers_for(seconds))
        if CONDITIONS.isdisjoint(request.META):
            return response
        answer = get_conditional_response(request, etag=form.headers["ETag"], response=response)
        if answer and answer.status_code == HTTPStatus.NOT_MODIFIED:
            return _not_modified(response)
        return answer or response


def _not_modified(response: HttpResponse) -> HttpResponse:
    """Return the 304 that repeats the page's headers, such as who may frame it."""
    answer = ProtectedResponse(status=HTTPStatus.NOT_MODIFIED, headers=dict(response.items()))
    for name in OF_CONTENT:
        answer.headers.pop(name, None)
    return answer


class KeptPages:
    """The pages of one edition, shared by threads; the longest unused goes first."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._lock = Lock()
        # When many ask for a new page at once, one renders it and the others wait at its lock.
        self._rendering = [Lock() for _ in range(64)]
        self.discard()

    def discard(self) -> None:
        with self._lock:
            self._begin(None)

    def _begin(self, edition: Edition | None) -> None:
        self._edition = edition
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()
        self._keys: dict[Question, Hashable] = {}
        self.bytes = 0

    def rendering(self, key: Hashable) -> Lock:
        """Return the lock for whoever renders the page of `key`; some pages share one."""
        return self._rendering[hash(key) % len(self._rendering)]

    def get(self, key: Hashable, edition: Edition) -> KeptPage | None:
        with self._lock:
            if edition is not self._edition or key not in self._pages:
                return None
            self._pages.move_to_end(key)
            return self._pages[key]

    def remember(self, asked: Question, key: Hashable, edition: Edition) -> None:
        """Remember that this question was answered with the page of `key`."""
        with self._lock:
            if edition is self._edition:
                if len(self._keys) >= MAX_QUESTIONS:
                    self._keys.clear()
                self._keys[asked] = key

    def recall(self, asked: Question, edition: Edition) -> KeptPage | None:
        """Return the page with which this question was answered; None: not in this edition."""
        key = self._keys.get(asked)
        return self.get(key, edition) if key else None

    def put(self, key: Hashable, edition: Edition, page: KeptPage) -> None:
        """Keep the page; the first page of another edition drops all pages of the last one."""
        if page.size > self.max_bytes:
            return
        with self._lock:
            if edition is not self._edition:
                self._begin(edition)
            if old := self._pages.pop(key, None):
                self.bytes -= old.size
            self._pages[key] = page
            self.bytes += page.size
            while self.bytes > self.max_bytes:
                _, unused = self._pages.popitem(last=False)
                self.bytes -= unused.size


pages = KeptPages(settings.PAGE_CACHE_BYTES)


class PageCache:
    """Middleware: answer reading pages from memory if their views are marked with `kept`.

    The mark is in events/pages/edition.py. This stands behind the middlewares that refuse a
    forged host and redirect to HTTPS.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.headers = headers.ResponseHeaders(get_response)

    def __call__(self, request: SiteRequest) -> HttpResponseBase:
        keeping = _keeping(request)
        if keeping is None:
            return self.get_response(request)
        page_key = keeping.key(request)
        key = (request.is_secure(), page_key)  # only pages sent by HTTPS carry HSTS
        try:
            request.edition = edition = editions.current()
        except UNUSABLE as error:
            return _last_page(request, key) or database_away(error)
        if page_key is None:
            return self.get_response(request)
        if page := pages.get(key, edition):
            if asked := request.META.get(ASKED):
                pages.remember(asked, key, edition)
            return page.answer(request, edition.seconds_left())
        with pages.rendering(key):
            if page := pages.get(key, edition):
                return page.answer(request, edition.seconds_left())
            return self._render(request, key, edition)

    def _render(self, request: SiteRequest, key: Hashable, edition: Edition) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or not _is_for_everybody(response):
            return response
        page = KeptPage.of(self.headers.protect(request, response))
        pages.put(key, edition, page)
        return page.answer(request, edition.seconds_left())


def short_answer(environ: dict[str, Any]) -> tuple[list[tuple[str, str]], bytes] | None:
    """Return headers and content of the kept page that is asked for; None: ask Django.

    It never waits: where a look at the database is due, Django's handler takes it. The question
    is noted in `environ` for `PageCache`, before Django decodes the path.
    """
    asked = environ[ASKED] = question(environ)
    edition = editions.known()
    if not (asked and edition and (page := pages.recall(asked, edition))):
        return None
    form = page.form_for(environ)
    return [*form.headers_for(edition.seconds_left()).items()], form.content


def _last_page(request: HttpRequest, key: Hashable) -> HttpResponse | None:
    """Answer with the page as it was before the database went away; None: it is not kept."""
    edition = editions.last()
    page = pages.get(key, edition) if edition else None
    return page.answer(request, seconds=0) if page else None


def _keeping(request: HttpRequest) -> Keeping | None:
    """Return how the page that is asked for may be kept; None: not at all."""
    if request.method not in ("GET", "HEAD"):
        return None
    return _keeping_at(request.path_info, settings.ROOT_URLCONF)


@lru_cache(maxsize=500)
def _keeping_at(path: str, urlconf: str) -> Keeping | None:
    """Look up the view at `path`; remembered, because that costs as much as a kept page."""
    try:
        return getattr(resolve(path, urlconf).func, "keeping", None)
    except Resolver404:
        return None


def _is_for_everybody(response: HttpResponse) -> bool:
    """Whether the answer depends on nobody's cookie, form or data."""
    is_private = response.cookies or response.has_header("Cache-Control")
    varies = "cookie" in response.get("Vary", "").lower()
    return response.status_code == HTTPStatus.OK and not (is_private or varies)
