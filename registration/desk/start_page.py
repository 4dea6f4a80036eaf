"""The first page of the admin: what is next, what is missing, what does not work."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.db.models import Count, Q
from django.utils import timezone

from events.desk.todo import gaps_of
from events.models import Series, Talk
from registration.models import OutgoingMail, Registration
from registration.models.heartbeat import LOST_AFTER
from registration.monitoring import Vitals

# A mail that should have gone out before then is late.
LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Running:
    """What is watched, in words, and what of it is trouble."""

    vitals: Vitals

    @property
    def registrations(self) -> list[tuple[str, int]]:
        return in_words(self.vitals.registrations, Registration.State)

    @property
    def mails(self) -> list[tuple[str, int]]:
        return in_words(self.vitals.mails, OutgoingMail.State)

    @property
    def failed(self) -> int:
        return self.vitals.mails[OutgoingMail.State.FAILED]

    @property
    def held(self) -> int:
        return self.vitals.mails[OutgoingMail.State.HELD]

    @property
    def is_late(self) -> bool:
        oldest = self.vitals.oldest_due_at
        return oldest is not None and oldest < timezone.now() - LATE_AFTER

    @property
    def is_lost(self) -> bool:
        """Whether no worker runs, as far as one can see."""
        seen = self.vitals.worker_seen_at
        return seen is None or seen <= timezone.now() - LOST_AFTER

    @property
    def is_fine(self) -> bool:
        return not (self.failed or self.held or self.is_late or self.is_lost)


def in_words(numbers: dict[str, int], states) -> list[tuple[str, int]]:
    return [(states(state).label, number) for state, number in numbers.items()]


def index(request):
    """Show Django's index with the desk above it; each part to whom it concerns."""
    desk = {}
    if request.user.has_perm("events.view_talk"):
        talks = Talk.objects.in_preparation().with_parts()
        desk |= talks_ahead(list(talks))
    if request.user.has_perm("registration.view_outgoingmail"):
        desk["running"] = Running(Vitals.now())
    if request.user.has_perm("events.change_series"):
        desk["legal_gaps"] = Series.load().gaps
    return admin.site.index(request, {"desk": desk})


def talks_ahead(talks: list) -> dict:
    """Return the next talk with its numbers, and what the talks ahead lack."""
    today = timezone.localdate()
    following = next((talk for talk in talks if talk.is_taking_place), None)
    lacking = [(talk, gaps) for talk in talks if (gaps := gaps_of(talk, today, talks))]
    return {
        "talks": talks,
        "next_talk": following,
        "people": people_of(following) if following else None,
        "lacking": lacking,
    }


def people_of(talk) -> dict:
    """Return what the talk's own counters do not tell: who left, and what changed in a day."""
    yesterday = timezone.now() - timedelta(days=1)
    cancelled = Q(state=Registration.State.CANCELLED)
    return Registration.objects.in_talk(talk).aggregate(
        cancelled=Count("pk", filter=cancelled),
        pending=Count("pk", filter=Q(state=Registration.State.PENDING)),
        new=Count("pk", filter=~cancelled & Q(created_at__gt=yesterday)),
        left=Count("pk", filter=cancelled & Q(state_changed_at__gt=yesterday)),
    )
