"""What is watched (registration/monitoring.py), in the words of the first page."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils import timezone

from registration.models import OutgoingMail, Registration
from registration.models.heartbeat import LOST_AFTER
from registration.monitoring import LATE_AFTER, RECENT, Snapshot


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

    @property
    def is_late(self) -> bool:
        oldest = self.snapshot.waiting_since
        return oldest is not None and oldest < timezone.now() - LATE_AFTER

    @property
    def is_lost(self) -> bool:
        """Whether no worker was seen for so long that none seems to run."""
        seen = self.snapshot.worker_seen_at
        return seen is None or seen <= timezone.now() - LOST_AFTER

    @property
    def is_fine(self) -> bool:
        troubles = self.refused, self.held, self.is_late, self.is_lost
        return not any(troubles) and not self.snapshot.bounces.trouble


def in_words(numbers: dict[str, int], states: type[TextChoices]) -> list[tuple[str, int]]:
    return [(str(states(state).label), number) for state, number in numbers.items()]
