"""The first page of the admin: what is next, what is missing, what does not work."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from events.desk.publication import publication_text
from events.desk.todo import tasks_of
from events.models import Municipality, Series, Talk
from registration import monitoring
from registration.desk.first_page.before_names_go import last_chances
from registration.desk.messages import announcement
from registration.desk.messages.tell_of_change import untold_of
from registration.models import Message, OutgoingMail, Registration
from registration.models.heartbeat import LOST_AFTER
from registration.monitoring import LATE_AFTER, RECENT, Snapshot

# More towns without a Land are not listed at once.
MOST_TOWNS = 20


@dataclass(frozen=True)
class Running:
    """What is watched, in words, and what of it is trouble."""

    snapshot: Snapshot

    late_minutes = LATE_AFTER // timedelta(minutes=1)
    recent_days = RECENT.days

    @property
    def registrations(self) -> list[tuple[str, int]]:
        return in_words(self.snapshot.registrations, Registration.State)

    @property
    def mails(self) -> list[tuple[str, int]]:
        return in_words(self.snapshot.mails, OutgoingMail.State)

    @property
    def failed(self) -> int:
        return self.snapshot.mails[OutgoingMail.State.FAILED]

    @property
    def held(self) -> int:
        return self.snapshot.mails[OutgoingMail.State.HELD]

    @property
    def is_late(self) -> bool:
        oldest = self.snapshot.waiting_since
        return oldest is not None and oldest < timezone.now() - LATE_AFTER

    @property
    def why_late(self) -> str:
        return monitoring.why_late()

    @property
    def late_help(self) -> str:
        return monitoring.late_help()

    @property
    def whom_to_call(self) -> str:
        return monitoring.whom_to_call()

    @property
    def is_lost(self) -> bool:
        """Whether no worker was seen for so long that none seems to run."""
        seen = self.snapshot.worker_seen_at
        return seen is None or seen <= timezone.now() - LOST_AFTER

    @property
    def is_fine(self) -> bool:
        return not (self.failed or self.held or self.is_late or self.is_lost)


def in_words(numbers: dict[str, int], states: type[TextChoices]) -> list[tuple[str, int]]:
    return [(str(states(state).label), number) for state, number in numbers.items()]


def index(request: HttpRequest) -> HttpResponse:
    """Show Django's index with the desk above it, of which everybody sees what they may see."""
    desk: dict[str, Any] = {}
    series = Series.load()
    if request.user.has_perm("events.view_talk"):
        talks = Talk.objects.in_preparation().with_parts()
        desk |= talks_ahead(list(talks), series)
    if request.user.has_perm("events.change_talk"):
        desk["untold"] = untold_of(Talk.objects.all())
        desk["announcements"] = announcement.ahead()
    if request.user.has_perm("registration.view_registration"):
        desk["last_chances"] = last_chances()
    if request.user.has_perm("registration.change_message"):
        desk["stopped"] = Message.objects.left_stopped(timezone.now() - RECENT)
    if request.user.has_perm("registration.view_outgoingmail"):
        desk["running"] = Running(Snapshot.take())
    if request.user.has_perm("events.change_municipality"):
        desk["towns_without_land"] = Municipality.objects.filter(land="")[:MOST_TOWNS]
    if request.user.has_perm("events.change_series"):
        desk["legal_gaps"] = series.gaps
    return admin.site.index(request, {"desk": desk})


def talks_ahead(talks: list[Talk], series: Series) -> dict[str, Any]:
    """Return the next talk with its numbers, and what is still to do for the talks ahead."""
    today = timezone.localdate()
    following = next((talk for talk in talks if talk.is_taking_place), None)
    todo = [(talk, tasks) for talk in talks if (tasks := tasks_of(talk, today, series, talks))]
    return {
        "talks": talks,
        "next_talk": following,
        "publication": publication_text(following) if following else "",
        "people": people_of(following) if following else None,
        "todo": todo,
    }


def people_of(talk: Talk) -> dict[str, int]:
    """Return what the talk's own counters do not tell: who left, and what changed in a day."""
    yesterday = timezone.now() - timedelta(days=1)
    cancelled = Q(state=Registration.State.CANCELLED)
    return Registration.objects.filter(talk=talk).aggregate(
        cancelled=Count("pk", filter=cancelled),
        pending=Count("pk", filter=Q(state=Registration.State.PENDING)),
        new=Count("pk", filter=~cancelled & Q(created_at__gt=yesterday)),
        left=Count("pk", filter=cancelled & Q(state_changed_at__gt=yesterday)),
    )
