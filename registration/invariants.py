"""What must hold whatever happened, for operators and tests."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import Count, Q

from events.models import Talk
from events.models.search import text_of
from registration.models import Registration

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

logger = logging.getLogger(__name__)


class Counts(TypedDict):
    """How many registrations a talk has: with a seat, waiting, and waiting with a name."""

    confirmed: int
    waiting: int
    queue: int


def violations() -> Iterator[str]:
    """Yield a German line for each counter, queue or search text that contradicts other rows."""
    state = Registration.State
    # In one query: people go on signing up between two.
    talks = Talk.objects.annotate(
        confirmed=Count("registrations", Q(registrations__state=state.CONFIRMED)),
        waiting=Count("registrations", Q(registrations__state=state.WAITING)),
        queue=Count(
            "registrations",
            Q(registrations__state=state.WAITING, registrations__anonymised_at=None),
        ),
    )
    parts = ("municipality", "profile")
    for talk in talks.select_related(*parts).prefetch_related("speakers", "topics"):
        yield from violations_of(cast("WithAnnotations[Talk, Counts]", talk))


def violations_of(talk: "WithAnnotations[Talk, Counts]") -> Iterator[str]:
    if talk.seats_taken != talk.confirmed:
        yield f"{talk.slug}: {talk.seats_taken} Plätze gezählt, {talk.confirmed} vergeben"
    if talk.waiting_count != talk.waiting:
        yield f"{talk.slug}: {talk.waiting_count} Wartende gezählt, {talk.waiting} da"
    if talk.is_taking_place and talk.queue_runs and talk.queue and _has_seat(talk):
        yield f"{talk.slug}: {talk.waiting} warten, obwohl ein Platz frei ist"
    if talk.search_text != text_of(talk):
        yield f"{talk.slug}: Der Suchtext ist veraltet"


def _has_seat(talk: Talk) -> bool:
    return talk.seats_free is None or talk.seats_free > 0


def report() -> int:
    """Log each violation as an error; the worker calls it once a day. Return how many."""
    found = list(violations())
    for line in found:
        logger.error("Invariant broken: %s", line)
    return len(found)
