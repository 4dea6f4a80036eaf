"""The first page of the admin: what is next, what is missing, what does not work."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.db.models import Count, Min, Q
from django.utils import timezone

from events.gaps import gaps_of
from events.models import Series, Talk
from registration.heartbeat import Heartbeat
from registration.models import OutgoingMail, Registration

# A mail that should have gone out before then is late.
LATE_AFTER = timedelta(minutes=15)
# An address that did not work is news for so long.
FAILED_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class MailState:
    """Whether the mails go out."""

    failed: int
    held: int
    late: int
    late_since: object
    heartbeat: Heartbeat | None

    @property
    def is_lost(self) -> bool:
        """Whether no worker runs, as far as one can see."""
        return self.heartbeat is None or not self.heartbeat.is_alive

    @property
    def is_fine(self) -> bool:
        return not (self.failed or self.held or self.late or self.is_lost)


def index(request):
    """Show Django's index with the desk above it; each part to whom it concerns."""
    desk = {}
    if request.user.has_perm("events.view_talk"):
        talks = Talk.objects.in_preparation().with_parts()
        desk |= talks_ahead(list(talks))
    if request.user.has_perm("registration.view_outgoingmail"):
        desk["mails"] = mail_state()
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


def mail_state() -> MailState:
    found = OutgoingMail.objects.aggregate(
        failed=Count(
            "pk",
            filter=Q(state=OutgoingMail.State.FAILED)
            & Q(created_at__gt=timezone.now() - FAILED_WITHIN),
        ),
        held=Count("pk", filter=Q(state=OutgoingMail.State.HELD)),
    )
    late = OutgoingMail.objects.due().aggregate(
        number=Count("pk", filter=Q(not_before__lt=timezone.now() - LATE_AFTER)),
        since=Min("not_before"),
    )
    return MailState(
        **found,
        late=late["number"],
        late_since=late["since"],
        heartbeat=Heartbeat.last(),
    )
