"""What is watched: registrations and mails by state, the oldest due mail, the worker.

`/metrics` says it in numbers, the admin's first page in words (`desk.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from registration.models import OutgoingMail, Registration
from registration.models.heartbeat import Heartbeat

# Mails of so long are counted; what waits is counted however old it is.
RECENT = timedelta(days=14)


@dataclass(frozen=True)
class Vitals:
    """Everything that is watched, at one moment."""

    # By state; registrations for talks that are not over.
    registrations: dict[str, int]
    mails: dict[str, int]
    # None if no mail waits that a worker could send.
    oldest_due_at: datetime | None
    # None if none ever was.
    worker_seen_at: datetime | None

    @classmethod
    def now(cls):
        """Look at everything; five queries, none over all registrations."""
        written = OutgoingMail.objects.filter(created_at__gt=timezone.now() - RECENT)
        mails = by_state(written, OutgoingMail.State)
        unsent = by_state(OutgoingMail.objects.unsent(), OutgoingMail.State)
        return cls(
            registrations=by_state(Registration.objects.ahead(), Registration.State),
            mails=mails | {state: unsent[state] for state in OutgoingMail.UNSENT},
            oldest_due_at=oldest_due_at(),
            worker_seen_at=Heartbeat.last_seen_at(),
        )


@dataclass(frozen=True)
class Gauge:
    """One quantity at this moment, by label where it has several values."""

    name: str
    help: str
    values: dict[str, float]
    label: str = "state"


def by_state(rows, states) -> dict[str, int]:
    counted = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in states.values}


def oldest_due_at() -> datetime | None:
    due = OutgoingMail.objects.due().order_by("not_before")
    return due.values_list("not_before", flat=True).first()


def seconds_since(moment: datetime | None) -> float | None:
    return moment and (timezone.now() - moment).total_seconds()


def gauges() -> list[Gauge]:
    vitals = Vitals.now()
    seen = seconds_since(vitals.worker_seen_at)
    return [
        Gauge(
            "webtalks_registrations",
            "Registrations for talks that are not over.",
            vitals.registrations,
        ),
        Gauge("webtalks_mails", "Mails that wait; others of the last 14 days.", vitals.mails),
        Gauge(
            "webtalks_oldest_due_mail_seconds",
            "Since when the oldest mail waits that could be sent.",
            {"": seconds_since(vitals.oldest_due_at) or 0},
        ),
        Gauge(
            "webtalks_worker_seen_seconds",
            "Since when no worker was seen; absent if none ever was.",
            {} if seen is None else {"": seen},
        ),
    ]
