"""How many threads of a web process answer forms and write PDFs at once, and so wait for locks."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy

from events.pages.requests import GetResponse
from webtalks.http.admin_pages import has_link, in_admin
from webtalks.http.database_away import come_back_later, pdf_later

logger = logging.getLogger(__name__)

# Seconds in which one of those that are being answered must be finished. Else they wait for a
# lock that somebody keeps, or the machine is overloaded, and the next form is asked to come back.
STANDSTILL = 0.8


class Crowded(Exception):
    """All places are taken, and nobody has left one for a while."""


class Places:
    """So many threads at once; the next ones wait as long as somebody leaves now and then."""

    def __init__(self, number: int, standstill: float = STANDSTILL) -> None:
        self._free = number
        self._standstill = standstill
        self._changed = Condition()
        # When a place was last taken or left.
        self._moved_at = time.monotonic()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place. Raises Crowded where none becomes free."""
        self._take()
        try:
            yield
        finally:
            with self._changed:
                self._move(+1)
                self._changed.notify()

    def _take(self) -> None:
        with self._changed:
            while not self._free:
                left = self._moved_at + self._standstill - time.monotonic()
                if left <= 0:
                    raise Crowded
                self._changed.wait(left)
            self._move(-1)

    def _move(self, difference: int) -> None:
        self._free += difference
        self._moved_at = time.monotonic()


# All that visitors send changes rows under a talk's lock; half of the threads stay for readers.
places = Places(max(1, settings.WEB_THREADS // 2))


# Anybody may try a password, or ask for a new one, and each try writes a row.
LOGIN = reverse_lazy("admin:login")


def makes_pdf(request: HttpRequest) -> bool:
    """Tell whether the answer is written for this request; slides lie under other addresses."""
    return request.path.endswith(".pdf")


class LeaveRoomForReaders:
    """Middleware: let at most half of the threads answer visitors' forms, and write PDFs.

    Forms wait for locks, PDFs for each other.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_open = request.path == LOGIN or has_link(request)
        is_organisers = in_admin(request) and not is_open
        is_form = request.method == "POST" and not is_organisers
        if not is_form and not makes_pdf(request):
            return self.get_response(request)
        try:
            with places.one():
                return self.get_response(request)
        except Crowded:
            if makes_pdf(request):
                return pdf_later()
            logger.error("No form gets done: a lock is kept, or all is slow; one has to come back")
            return come_back_later()
