"""The edition: what all reading pages share until the content changes; which pages may be kept.

The kept pages themselves lie in webtalks/http/page_cache.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from threading import Lock
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from events.models import Series, Talk
from events.models.revision import known_revision
from events.pages import archive
from events.pages.requests import KeptView

# Seconds for which the last pages are shown while the database is away.
SHOWN_WHILE_AWAY = 15 * 60


def next_moment() -> datetime:
    """Return when the pages next change by the clock alone: a talk's next moment, or midnight.

    At midnight in Europe/Berlin "morgen" becomes "heute".
    """
    tomorrow = timezone.localdate() + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time.min))
    return min(midnight, Talk.objects.next_change() or midnight)


class Edition:
    """The content under one revision, until the moment at which the clock changes it.

    Each process asks the database once per edition for what stands here.
    """

    def __init__(self, revision: int) -> None:
        self.revision = revision
        # Asked before anything is rendered: a page rendered first could be kept too long.
        self.until = next_moment()
        self.pieces: dict[tuple[object, ...], str] = {}

    @cached_property
    def series(self) -> Series:
        return Series.load()

    @cached_property
    def filters(self) -> list[archive.ArchiveFilter]:
        """The filters of „Alle Talks“, with the number of talks behind each choice."""
        return archive.counted_filters(Talk.objects.listed())

    @cached_property
    def bookable(self) -> list[Talk]:
        """The talks that the sign-up form offers.

        A sign-up that changes what the site says of a talk begins a new edition.
        """
        return list(Talk.objects.bookable().with_parts())

    def piece(self, key: tuple[object, ...], make: Callable[[], str]) -> str:
        """Return a piece of HTML that is the same for everybody; `make` renders it once."""
        if key not in self.pieces:
            self.pieces[key] = make()
        return self.pieces[key]

    def seconds_left(self) -> int:
        """Return for how many whole seconds its pages stay right if nobody changes anything."""
        return max(0, int((self.until - timezone.now()).total_seconds()))

    def holds(self, revision: int) -> bool:
        """Whether it is still right while the content has this revision."""
        return self.revision == revision and timezone.now() < self.until


class Editions:
    """The edition that this process knows: one, or none yet."""

    def __init__(self) -> None:
        self._making = Lock()
        self._known: Edition | None = None

    def discard(self) -> None:
        self._known = None
        known_revision.discard()

    def current(self) -> Edition:
        """Return the edition of this moment; asks the database at most once a second.

        Threads that ask at the same time get the same edition, so they share its pages. Raises
        OperationalError or InterfaceError while the database is away.
        """
        revision = known_revision.number()
        with self._making:
            known = self._known
            if known is None or not known.holds(revision):
                known = self._known = Edition(revision)
            return known

    def known(self) -> Edition | None:
        """Return the edition of this moment if that needs no look at the database."""
        edition, revision = self._known, known_revision.known()
        if edition is None or revision is None or not edition.holds(revision):
            return None
        return edition

    def last(self) -> Edition | None:
        """Return the edition to show while the database is away; None: there is no young one."""
        return self._known if known_revision.seconds_away() < SHOWN_WHILE_AWAY else None


editions = Editions()


# Characters of a page's query. No link of the site is longer; without a limit, visitors could
# fill the memory with long addresses.
MAX_QUERY = 500


@dataclass(frozen=True)
class Keeping:
    """How a view's pages may be kept: one for each value of `parameters`, none with `never_with`.

    `never_with` names a parameter with too many values to keep a page for each, or is "".
    """

    parameters: tuple[str, ...]
    never_with: str

    def key(self, request: HttpRequest) -> tuple[object, ...] | None:
        """Return the key under which the page is kept; None if it must not be kept.

        Parameters that the view does not read are no part of the key.
        """
        if not request.META.get("QUERY_STRING"):
            return (request.path_info,)
        if self.never_with in request.GET or len(request.META["QUERY_STRING"]) > MAX_QUERY:
            return None
        asked = ((name, request.GET[name]) for name in self.parameters if name in request.GET)
        return (request.path_info, *asked)


def kept(
    *parameters: str, never_with: str = ""
) -> Callable[[Callable[..., HttpResponseBase]], KeptView]:
    """Let the answers of a view be kept and given to everybody (see Keeping).

    The view must read nothing of the request but its path and these parameters. It finds the
    edition in `request.edition`.
    """

    def mark(view: Callable[..., HttpResponseBase]) -> KeptView:
        marked = cast(KeptView, view)
        marked.keeping = Keeping(parameters, never_with)
        return marked

    return mark
