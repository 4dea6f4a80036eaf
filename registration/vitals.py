"""What programs watch: registrations and mails by state, and whether a worker lives."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from registration.heartbeat import Heartbeat
from registration.models import OutgoingMail, Registration

# Mails of so long are counted; what waits is counted however old it is.
RECENT = timedelta(days=14)


@dataclass(frozen=True)
class Gauge:
    """One quantity at this moment, by label where it has several values."""

    name: str
    help: str
    values: dict[str, float]
    label: str = "state"


def oldest_due_mail_seconds() -> float:
    """Return since when the oldest mail waits that a worker could send; 0 if none does."""
    oldest = OutgoingMail.objects.due().order_by("not_before").first()
    return (timezone.now() - oldest.not_before).total_seconds() if oldest else 0


def worker_seen_seconds() -> float | None:
    """Return how long ago a worker was seen last; None if none ever was."""
    heartbeat = Heartbeat.last()
    return heartbeat and (timezone.now() - heartbeat.seen_at).total_seconds()


def gauges() -> list[Gauge]:
    """Return everything that is watched; five queries, none over all registrations."""
    registrations = by_state(Registration.objects.ahead(), Registration.State)
    mails = by_state(
        OutgoingMail.objects.created_since(timezone.now() - RECENT), OutgoingMail.State
    )
    unsent = by_state(OutgoingMail.objects.unsent(), OutgoingMail.State)
    mails |= {state: unsent[state] for state in OutgoingMail.UNSENT}
    seen = worker_seen_seconds()
    return [
        Gauge(
            "webtalks_registrations", "Registrations for talks that are not over.", registrations
        ),
        Gauge("webtalks_mails", "Mails that wait; others of the last 14 days.", mails),
        Gauge(
            "webtalks_oldest_due_mail_seconds",
            "Since when the oldest mail waits that could be sent.",
            {"": oldest_due_mail_seconds()},
        ),
        Gauge(
            "webtalks_worker_seen_seconds",
            "Since when no worker was seen; absent if none ever was.",
            {} if seen is None else {"": seen},
        ),
    ]


def by_state(rows, states) -> dict[str, int]:
    counted = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in states.values}
