"""Can I sign up? The rule for one talk and, beside it, the same rule for many."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import F, Min, Q
from django.utils import timezone

from events.models import registration_state

# Until then a freed seat goes to the first in the queue; later nobody could still make time.
QUEUE_ENDS_BEFORE = timedelta(hours=2)


class BookableQuerySet:
    """Part of the talks' QuerySet."""

    def bookable(self):
        """Keep published talks whose form is open now; for one talk: `is_bookable`."""
        now = timezone.now()
        queue_runs = Q(starts_at__gt=now + QUEUE_ENDS_BEFORE)
        return (
            self.published()
            .taking_place()
            .filter(Q(registration_opens_at=None) | Q(registration_opens_at__lte=now))
            .filter(Q(registration_closes_at=None) | Q(registration_closes_at__gt=now))
            .filter(starts_at__gt=now)
            .filter(
                Q(capacity=None)
                | Q(waiting_list=True) & queue_runs
                | Q(capacity__gt=F("seats_taken") + F("waiting_count"))
                | ~queue_runs & Q(capacity__gt=F("seats_taken"))
            )
            .order_by("starts_at", "pk")
        )

    def beginning_between(self, earliest, latest):
        return self.filter(starts_at__gt=earliest, starts_at__lte=latest)

    def next_change(self) -> datetime | None:
        """Return the next moment at which a page changes by itself."""
        now = timezone.now()
        ahead = self.exclude(status="draft").filter(Q(ends_at__gt=now) | Q(publish_at__gt=now))
        fields = (
            "publish_at",
            "registration_opens_at",
            "registration_closes_at",
            "starts_at",
            "ends_at",
        )
        moments = {f"next_{name}": Min(name, filter=Q(**{f"{name}__gt": now})) for name in fields}
        queue = Min("starts_at", filter=Q(starts_at__gt=now + QUEUE_ENDS_BEFORE))
        found = ahead.aggregate(next_queue_end=queue - QUEUE_ENDS_BEFORE, **moments)
        return min(filter(None, found.values()), default=None)

    def queue_ended(self):
        """Keep talks ahead whose queue has ended and in which somebody still waits."""
        now = timezone.now()
        return (
            self.taking_place()
            .beginning_between(now, now + QUEUE_ENDS_BEFORE)
            .filter(waiting_count__gt=0)
        )


class Bookable:
    """Part of a talk: its time, its seats, and what the site says about both."""

    @property
    def is_upcoming(self) -> bool:
        return self.ends_at > timezone.now()

    @property
    def is_past(self) -> bool:
        return not self.is_upcoming

    @property
    def is_running(self) -> bool:
        return self.starts_at <= timezone.now() < self.ends_at

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_within_one_day(self) -> bool:
        return self.local_starts_at.date() == self.local_ends_at.date()

    @property
    def queue_runs(self) -> bool:
        """Whether a freed seat still goes to the first in the queue."""
        return timezone.now() < self.starts_at - QUEUE_ENDS_BEFORE

    @property
    def seats_free(self) -> int | None:
        """Seats left; None means unlimited. Negative after the capacity was lowered."""
        return None if self.capacity is None else self.capacity - self.seats_taken

    @property
    def people_count(self) -> int:
        """Who has a seat or waits for one."""
        return self.seats_taken + self.waiting_count

    @property
    def has_free_seat(self) -> bool:
        """Whether the next form gets a seat: those in the queue come first while it runs."""
        ahead = self.waiting_count if self.queue_runs else 0
        return self.seats_free is None or self.seats_free > ahead

    @property
    def registration_state(self) -> registration_state.RegistrationState:
        """The one answer to "Can I sign up?" that every page, list and form gives."""
        now = timezone.now()
        if not self.is_taking_place:
            return getattr(registration_state, self.status.upper())
        if self.is_past:
            return registration_state.PAST
        if not self.is_published:
            return registration_state.NOT_YET
        if self.registration_opens_at and self.registration_opens_at > now:
            return replace(registration_state.NOT_YET, label=f"Anmeldung ab {self.opens_text}")
        if (self.registration_closes_at or self.starts_at) <= now or self.starts_at <= now:
            return registration_state.CLOSED
        if not self.has_free_seat:
            return (
                registration_state.WAITING_LIST
                if self.waiting_list and self.queue_runs
                else registration_state.FULL
            )
        if self.capacity and self.seats_free <= max(1, self.capacity // 10):
            return registration_state.FEW
        return registration_state.OPEN

    @property
    def takes_extra_seats(self) -> bool:
        """Whether an organiser may still enter somebody, however full it is."""
        return self.is_published and self.is_taking_place and self.is_upcoming

    @property
    def is_bookable(self) -> bool:
        return self.registration_state.is_bookable
