"""Reading pages as rendered bytes, kept in each process until the content or the clock changes.

A kept page answers after one query by primary key, before sessions and log-in are looked at. It
is right on every host: the revision rises in the transaction of the change itself.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from http import HTTPStatus
from threading import Lock

from django.conf import settings
from django.http import HttpResponse
from django.http.response import ResponseHeaders
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response

from events.pages.edition import Edition, editions
from webtalks.http import headers
from webtalks.http.database_away import UNUSABLE, database_away

# Seconds for which browsers and proxies may use a copy without asking.
MAX_AGE = 60
# What a page weighs beyond its bytes, about: key, headers, objects.
OVERHEAD = 2_000
# What a 304, which has no content, leaves out.
OF_CONTENT = frozenset({"Content-Type", "Content-Length", "Content-Disposition"})
CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE"})


class KnownHeaders(ResponseHeaders):
    """A copy of headers that were checked before; to do it again takes as long as the query."""

    def __init__(self, headers: ResponseHeaders):
        self._store = headers._store.copy()


@dataclass(frozen=True)
class Page:
    """An answer as it can be given to everybody."""

    content: bytes
    headers: ResponseHeaders

    @classmethod
    def of(cls, response):
        """Make the page of an answer that has all its headers, the security's among them."""
        headers = KnownHeaders(response.headers)
        headers["ETag"] = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
        return cls(response.content, headers)

    @property
    def size(self) -> int:
        return len(self.content) + OVERHEAD

    def answer(self, request, edition: Edition):
        """Answer with the page, or 304 to whoever has it already."""
        response = HttpResponse(self.content)
        response.headers = KnownHeaders(self.headers)
        seconds = (edition.until - timezone.now()).total_seconds()
        response["Cache-Control"] = f"public, max-age={max(0, min(MAX_AGE, int(seconds)))}"
        response.is_protected = True
        if CONDITIONS.isdisjoint(request.META):
            return response
        return self._for_who_has_it(request, response)

    def _for_who_has_it(self, request, response):
        answer = get_conditional_response(request, etag=self.headers["ETag"], response=response)
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            # It keeps what is said beside the content, such as who may frame the page.
            for name, value in response.headers.items():
                if name not in OF_CONTENT:
                    answer.headers.setdefault(name, value)
            answer.is_protected = True
        return answer


class Pages:
    """The pages of one edition, the longest unused dropped first; shared by threads."""

    def __init__(self, max_bytes: int):
        self.max_bytes = max_bytes
        self._lock = Lock()
        # A stampede renders once: who wants the same page waits at the same lock.
        self._rendering = [Lock() for _ in range(64)]
        self.forget()

    def forget(self):
        with self._lock:
            self._start(None)

    def _start(self, edition):
        self._edition, self._pages, self.bytes = edition, OrderedDict(), 0

    def rendering(self, key) -> Lock:
        return self._rendering[hash(key) % len(self._rendering)]

    def get(self, key, edition: Edition) -> Page | None:
        with self._lock:
            if edition is not self._edition or key not in self._pages:
                return None
            self._pages.move_to_end(key)
            return self._pages[key]

    def put(self, key, edition: Edition, page: Page):
        """Keep the page; one of another edition begins anew."""
        if page.size > self.max_bytes:
            return
        with self._lock:
            if edition is not self._edition:
                self._start(edition)
            if old := self._pages.pop(key, None):
                self.bytes -= old.size
            self._pages[key] = page
            self.bytes += page.size
            while self.bytes > self.max_bytes:
                self.bytes -= self._pages.popitem(last=False)[1].size


pages = Pages(settings.PAGE_CACHE_BYTES)


class PageCache:
    """Answer reading pages from memory; the views opt in with `events.pages.edition.kept`.

    It stands behind what refuses a forged host and redirects to HTTPS.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.headers = headers.ResponseHeaders(get_response)

    def __call__(self, request):
        keeping = _keeping(request)
        if keeping is None:
            return self.get_response(request)
        try:
            request.edition = edition = editions.current()
        except UNUSABLE as error:
            return database_away(error)
        key = keeping.key(request)
        if key is None:
            return self.get_response(request)
        key = (request.is_secure(), *key)  # HSTS
        if page := pages.get(key, edition):
            return page.answer(request, edition)
        with pages.rendering(key):
            if page := pages.get(key, edition):
                return page.answer(request, edition)
            return self._render(request, key, edition)

    def _render(self, request, key, edition):
        response = self.get_response(request)
        if not _is_for_everybody(response):
            return response
        page = Page.of(self.headers.protect(request, response))
        pages.put(key, edition, page)
        return page.answer(request, edition)


def _keeping(request):
    if request.method not in ("GET", "HEAD"):
        return None
    return _declared(request.path_info, settings.ROOT_URLCONF)


@lru_cache(maxsize=500)
def _declared(path, urlconf):
    """Return how the page at `path` may be kept; to look it up costs as much as to answer."""
    try:
        return getattr(resolve(path, urlconf).func, "keeping", None)
    except Resolver404:
        return None


def _is_for_everybody(response) -> bool:
    """Whether the answer depends on nobody's cookie, form or data."""
    is_private = response.cookies or response.has_header("Cache-Control")
    varies = "cookie" in response.get("Vary", "").lower()
    return response.status_code == 200 and not (response.streaming or is_private or varies)
