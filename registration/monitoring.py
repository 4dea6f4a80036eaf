"""What is watched: registrations and mails by state, the oldest due mail, the worker.

`/metrics` says it in numbers, the first page of the admin in words (desk/first_page), with
what to do: `Delay`, `late_help`, `whom_to_call`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, Max, Min, QuerySet, TextChoices, Value
from django.utils import timezone

from registration.models import BounceMailbox, OutgoingMail, Registration
from registration.models.heartbeat import Heartbeat
from registration.models.mails.domain_finding import DomainFinding
from registration.models.mails.outgoing_mail import OutgoingMailQuerySet

# Mails written within this time are counted, and all mails that still wait.
RECENT = timedelta(days=14)
# A mail that could be sent and is not within this time is a reason to look.
LATE_AFTER = timedelta(minutes=15)
# One that a server puts off while it takes others: until then it may be greylisting.
PUT_OFF_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Snapshot:
    """Everything that is watched, at one moment."""

    # By state; only registrations for talks that are not over.
    registrations: dict[str, int]
    mails: dict[str, int]
    # Mails that were refused lately, of which the same was not sent once more.
    unanswered: int
    # Mails that came back lately after a server had taken them.
    bounced: int
    # None if no mail waits that should have gone out.
    waiting_since: datetime | None
    # None if no worker was ever seen.
    worker_seen_at: datetime | None
    bounces: BounceMailbox
    # Whether the mail server does not take BOUNCE_ADDRESS.
    sender_is_refused: bool
    # What of the sender's domain keeps mails from arriving.
    domain_faults: list[str]

    @classmethod
    def take(cls) -> "Snapshot":
        """Look at everything; two queries, none over all registrations.

        A third asks about the bounce mailbox, where there is one.
        """
        written = OutgoingMail.objects.filter(created_at__gt=timezone.now() - RECENT)
        numbers = counted(
            {
                "registrations": by_state(Registration.objects.ahead()),
                "written": by_state(written),
                "queued": by_state(OutgoingMail.objects.queued()),
                "held": by_state(OutgoingMail.objects.held()),
                "unanswered": by_state(written.unanswered()),
                "bounced": by_state(written.bounced()),
                "domain": DomainFinding.objects.to_change().counted(),
            }
        )
        mails = all_of(OutgoingMail.State, numbers["written"])
        unsent = all_of(OutgoingMail.State, numbers["queued"] | numbers["held"])
        moments = last_moments()
        mailbox = BounceMailbox.known()
        return cls(
            registrations=all_of(Registration.State, numbers["registrations"]),
            mails=mails | {state: unsent[state] for state in OutgoingMail.UNSENT},
            unanswered=sum(numbers["unanswered"].values()),
            bounced=sum(numbers["bounced"].values()),
            waiting_since=moments.get("waiting"),
            worker_seen_at=moments.get("seen"),
            bounces=mailbox if settings.BOUNCE_URL else BounceMailbox(),
            sender_is_refused=mailbox.is_refused,
            domain_faults=sorted(numbers["domain"]),
        )


@dataclass(frozen=True)
class Gauge:
    """One quantity at this moment, by label where it has several values."""

    name: str
    help: str
    values: Mapping[str, float]
    label: str = "state"


@dataclass(frozen=True)
class Delay:
    """Which mails wait too long: because none goes out, or alone, while others do."""

    # Since when a mail waits beside those that are put off alone; None without one.
    stuck_since: datetime | None = None
    # What the mail server said last to such a mail; "" if it said nothing.
    stuck_why: str = ""
    put_off: int = 0
    put_off_since: datetime | None = None
    put_off_why: str = ""

    @classmethod
    def look(cls) -> "Delay":
        """Tell the mails apart; a few queries, for when something is late at all.

        A long queue that goes out slowly (MAILS_PER_MINUTE) is not stuck.
        """
        accepted_at = last_accepted_at()
        put_off = put_off_alone(accepted_at)
        others = OutgoingMail.objects.exclude(pk__in=put_off.values("pk"))
        oldest = put_off.order_by("created_at", "pk").first()
        goes_on = accepted_at is not None and accepted_at > timezone.now() - LATE_AFTER
        return cls(
            stuck_since=None if goes_on else others.waiting_since(),
            stuck_why=last_answer(others),
            put_off=put_off.count(),
            put_off_since=oldest.created_at if oldest else None,
            put_off_why=oldest.answer if oldest else "",
        )


def last_accepted_at() -> datetime | None:
    """Return when a server took one of the mails written lately; None if it took none."""
    lately = OutgoingMail.objects.filter(created_at__gt=timezone.now() - RECENT)
    moment: datetime | None = lately.aggregate(at=Max("sent_at"))["at"]
    return moment


def put_off_alone(accepted_at: datetime | None) -> OutgoingMailQuerySet:
    """Keep the mails that a server puts off, though it took others later, at `accepted_at`."""
    if accepted_at is None:
        return OutgoingMail.objects.none()
    tried = OutgoingMail.objects.queued().filter(attempts__gt=0).exclude(last_error="")
    return tried.filter(created_at__lt=accepted_at)


def last_answer(mails: OutgoingMailQuerySet) -> str:
    """Return what the mail server said last to one that waits; "" if it said nothing."""
    newest = mails.queued().exclude(last_error="").order_by("-not_before", "-pk").first()
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


def by_state(rows: QuerySet) -> QuerySet:
    """Return (state, number)."""
    return rows.order_by().values_list("state").annotate(number=Count("pk"))


def all_of(states: type[TextChoices], numbers: dict[str, int]) -> dict[str, int]:
    return {state: numbers.get(state, 0) for state in states.values}


def counted(groupings: Mapping[str, QuerySet]) -> dict[str, dict[Any, int]]:
    """Ask for several groupings of (key, number) in one query; return each under its name."""
    named = [rows.annotate(grouping=Value(name, CharField())) for name, rows in groupings.items()]
    found: dict[str, dict[Any, int]] = {name: {} for name in groupings}
    if named:
        for key, number, name in named[0].union(*named[1:], all=True).order_by():
            found[name][key] = number
    return found


def last_moments() -> dict[str, datetime]:
    """Return in one query since when mails are `waiting` and when a worker was `seen`, if so."""
    overdue = OutgoingMail.objects.overdue().order_by()
    waiting = overdue.values_list(Value("waiting", CharField())).annotate(at=Min("since"))
    seen = Heartbeat.objects.order_by().values_list(Value("seen", CharField()), "seen_at")
    return dict(waiting.union(seen, all=True).order_by())


def seconds_since(moment: datetime | None) -> float | None:
    return None if moment is None else (timezone.now() - moment).total_seconds()


def gauges() -> list[Gauge]:
    snapshot = Snapshot.take()
    seen = seconds_since(snapshot.worker_seen_at)
    read = seconds_since(snapshot.bounces.read_at)
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
            "webtalks_mails_bounced",
            f"Mails of the last {RECENT.days} days that came back after a server took them.",
            {"": snapshot.bounced},
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
        Gauge(
            "webtalks_bounces_read_seconds",
            "Since the bounce mailbox was read; absent if it never was.",
            {} if read is None else {"": read},
        ),
        Gauge(
            "webtalks_domain_faults",
            "Faults of the sender's domain, as of the daily look.",
            {"": len(snapshot.domain_faults)},
        ),
    ]
