"""When a worker was last seen."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

# Longer than a worker waits for a mail server that answers nothing, at each of its addresses.
LOST_AFTER = timedelta(minutes=10)


class Heartbeat(models.Model):
    """The one row in which any worker says that it lives."""

    seen_at = models.DateTimeField("Zuletzt gesehen")

    class Meta:
        verbose_name = "Lebenszeichen"
        verbose_name_plural = "Lebenszeichen"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="heartbeat_is_one_row")
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.seen_at):%d.%m.%Y %H:%M}"

    @classmethod
    def last_seen_at(cls) -> datetime | None:
        """Return when a worker was seen last; None if none ever was."""
        return cls.objects.values_list("seen_at", flat=True).first()


def beat() -> None:
    """Say that a worker lives; a worker calls it every minute or so."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"seen_at": timezone.now()})
