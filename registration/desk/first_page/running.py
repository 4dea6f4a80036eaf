"""What is watched (registration/monitoring.py), in the words of the first page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import TextChoices
from django.utils import timezone

from registration.models import OutgoingMail, Registration
from registration.models.heartbeat import LOST_AFTER
from registration.monitoring import LATE_AFTER, PUT_OFF_AFTER, RECENT, Delay, Snapshot


@dataclass(frozen=True)
class Running:
    """What is watched, in words, and what of it is trouble."""

    snapshot: Snapshot

    recent_days = RECENT.days

    @property
    def registrations(self) -> list[tuple[str, int]]:
        return in_words(self.snapshot.registrations, Registration.State)

    @property
    def mails(self) -> list[tuple[str, int]]:
        return in_words(self.snapshot.mails, OutgoingMail.State)

    @property
    def refused(self) -> int:
        """How many mails were refused lately, of which the same was not sent once more."""
        return self.snapshot.unanswered

    @property
    def held(self) -> int:
        return self.snapshot.mails[OutgoingMail.State.HELD]

    @cached_property
    def delay(self) -> Delay:
        """Which mails wait too long; nothing is asked as long as none does."""
        return Delay.look() if is_before(self.snapshot.waiting_since, LATE_AFTER) else Delay()

    @property
    def is_late(self) -> bool:
        """Whether no mail goes out."""
        return is_before(self.delay.stuck_since, LATE_AFTER)

    @property
    def has_put_off(self) -> bool:
        """Whether a server puts mails off for long, while others go out."""
        return is_before(self.delay.put_off_since, PUT_OFF_AFTER)

    @property
    def is_lost(self) -> bool:
        """Whether no worker was seen for so long that none seems to run."""
        seen = self.snapshot.worker_seen_at
        return seen is None or seen <= timezone.now() - LOST_AFTER

    @property
    def is_fine(self) -> bool:
        waiting = self.held or self.is_late or self.has_put_off
        troubles = self.refused, waiting, self.is_lost
        return not any(troubles) and not self.snapshot.bounces.trouble


def is_before(moment: datetime | None, period: timedelta) -> bool:
    """Whether the moment, if there is one, lies longer ago than the period."""
    return moment is not None and moment < timezone.now() - period


def in_words(numbers: dict[str, int], states: type[TextChoices]) -> list[tuple[str, int]]:
    return [(str(states(state).label), number) for state, number in numbers.items()]
