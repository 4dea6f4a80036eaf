"""What all reading pages share between two changes of the content, and which pages may be kept.

The kept pages themselves lie in webtalks/http/page_cache.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from threading import Lock

from django.utils import timezone

from events.models import Revision, Series, Talk
from events.pages import archive


def next_moment() -> datetime:
    """Return when a page changes without anybody's doing: a talk's next moment, or midnight.

    At midnight in Europe/Berlin "morgen" becomes "heute".
    """
    tomorrow = timezone.localdate() + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time.min))
    return min(midnight, Talk.objects.next_change() or midnight)


class Edition:
    """The content under one revision, until the moment at which it changes by itself.

    What is asked for here is asked once per edition and process.
    """

    def __init__(self, revision: int):
        self.revision = revision
        # Asked before anything is rendered, lest a page be kept beyond a moment it has not seen.
        self.until = next_moment()
        self.pieces = {}

    @cached_property
    def series(self) -> Series:
        return Series.load()

    @cached_property
    def filters(self) -> list[archive.Filter]:
        """The archive's filters with their counts."""
        return archive.count(Talk.objects.archived())

    @cached_property
    def bookable(self) -> list[Talk]:
        """The talks that the form offers; a state that a sign-up changes is a new edition."""
        return list(Talk.objects.bookable().with_parts())

    def piece(self, key, make: Callable[[], str]) -> str:
        """Return a piece of pages that is the same for everybody; `make` writes it once."""
        if key not in self.pieces:
            self.pieces[key] = make()
        return self.pieces[key]

    def holds(self, revision: int) -> bool:
        return self.revision == revision and timezone.now() < self.until


class Editions:
    """The edition this process knows; at most one."""

    def __init__(self):
        self._making = Lock()
        self.forget()

    def forget(self):
        self._known = None

    def current(self) -> Edition:
        """Return what holds now: one query by primary key where nothing has changed.

        Threads that ask at once get the same one, lest each render its own pages.
        """
        revision = Revision.current()
        with self._making:
            known = self._known
            if known is None or not known.holds(revision):
                known = self._known = Edition(revision)
            return known


editions = Editions()


# Characters; no link of the site is longer, and kept pages shall not grow by their addresses.
MAX_QUERY = 500


@dataclass(frozen=True)
class Keeping:
    """How a view's pages may be kept: under which parameters, and with which not at all."""

    parameters: tuple[str, ...]
    never_with: str

    def key(self, request) -> tuple | None:
        """Return what tells the page from all others; None where it must not be kept.

        Parameters that the view does not read make no page of their own.
        """
        if not request.META.get("QUERY_STRING"):
            return (request.path_info,)
        if self.never_with in request.GET or len(request.META["QUERY_STRING"]) > MAX_QUERY:
            return None
        asked = ((name, request.GET[name]) for name in self.parameters if name in request.GET)
        return (request.path_info, *asked)


def kept(*parameters: str, never_with: str = ""):
    """Let the answers of a view be kept; it reads no more of the request than path and these.

    `never_with` names a parameter that has too many values to keep a page for each. The view
    finds the edition in `request.edition`.
    """

    def mark(view):
        view.keeping = Keeping(parameters, never_with)
        return view

    return mark
