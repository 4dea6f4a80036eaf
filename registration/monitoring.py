"""What is watched: registrations and mails by state, the oldest due mail, the worker.

`/metrics` says it in numbers, the first page of the admin in words (desk/start_page.py), with
what to do: `why_late`, `late_help`, `whom_to_call`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, QuerySet, TextChoices
from django.utils import timezone

from registration.models import OutgoingMail, Registration
from registration.models.heartbeat import Heartbeat

# Mails written within this time are counted, and all mails that still wait.
RECENT = timedelta(days=14)
# A mail that could be sent and is not within this time is a reason to look.
LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Snapshot:
    """Everything that is watched, at one moment."""

    # By state; only registrations for talks that are not over.
    registrations: dict[str, int]
    mails: dict[str, int]
    # None if no mail waits that should have gone out.
    waiting_since: datetime | None
    # None if no worker was ever seen.
    worker_seen_at: datetime | None

    @classmethod
    def take(cls) -> "Snapshot":
        """Look at everything; five queries, none over all registrations."""
        written = OutgoingMail.objects.filter(created_at__gt=timezone.now() - RECENT)
        mails = by_state(written, OutgoingMail.State)
        to_go_out = OutgoingMail.objects.queued() | OutgoingMail.objects.held()
        unsent = by_state(to_go_out, OutgoingMail.State)
        return cls(
            registrations=by_state(Registration.objects.ahead(), Registration.State),
            mails=mails | {state: unsent[state] for state in OutgoingMail.UNSENT},
            waiting_since=OutgoingMail.objects.waiting_since(),
            worker_seen_at=Heartbeat.last_seen_at(),
        )


@dataclass(frozen=True)
class Gauge:
    """One quantity at this moment, by label where it has several values."""

    name: str
    help: str
    values: Mapping[str, float]
    label: str = "state"


def why_late() -> str:
    """Return what the mail server said last to a mail that waits; "" if it said nothing."""
    waiting = OutgoingMail.objects.queued().exclude(last_error="")
    newest = waiting.order_by("-not_before", "-pk").first()
    return newest.answer if newest else ""


def late_help() -> str:
    """Say what to do while mails do not go out, and whom to call."""
    return (
        "Die Mails sind nicht verloren: Sie gehen von selbst hinaus, sobald es wieder geht. "
        f"Dauert es länger als eine Stunde, oder beginnt bald ein Talk? {whom_to_call()}"
    )


def whom_to_call() -> str:
    """Say who can mend what organisers cannot; OPERATOR_CONTACT names them."""
    contact = settings.OPERATOR_CONTACT
    who = f" ({contact})" if contact else ""
    return f"Bitte sagen Sie der Person Bescheid, die den Server betreut{who}."


def by_state(rows: QuerySet, states: type[TextChoices]) -> dict[str, int]:
    counted = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in states.values}


def seconds_since(moment: datetime | None) -> float | None:
    return None if moment is None else (timezone.now() - moment).total_seconds()


def gauges() -> list[Gauge]:
    snapshot = Snapshot.take()
    seen = seconds_since(snapshot.worker_seen_at)
    return [
        Gauge(
            "webtalks_registrations",
            "Registrations for talks that are not over.",
            snapshot.registrations,
        ),
        Gauge(
            "webtalks_mails",
            f"Mails that wait; others of the last {RECENT.days} days.",
            snapshot.mails,
        ),
        Gauge(
            "webtalks_oldest_due_mail_seconds",
            "Since when the oldest mail waits that should have gone out.",
            {"": seconds_since(snapshot.waiting_since) or 0},
        ),
        Gauge(
            "webtalks_worker_seen_seconds",
            "Since when no worker was seen; absent if none ever was.",
            {} if seen is None else {"": seen},
        ),
    ]
