"""When a worker was last seen."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

# Longer than the longest pause of a worker whose mail server is away.
LOST_AFTER = timedelta(minutes=20)


class Heartbeat(models.Model):
    """The one row in which any worker says that it lives."""

    seen_at = models.DateTimeField("Zuletzt gesehen")

    class Meta:
        verbose_name = "Lebenszeichen"
        verbose_name_plural = "Lebenszeichen"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="heartbeat_is_one_row")
        ]

    def __str__(self):
        return f"{timezone.localtime(self.seen_at):%d.%m.%Y %H:%M}"

    @classmethod
    def last(cls):
        """Return the row, or None if no worker has ever run."""
        return cls.objects.filter(pk=1).first()

    @property
    def is_alive(self) -> bool:
        return self.seen_at > timezone.now() - LOST_AFTER


def beat():
    """Say that a worker lives; a worker calls it every minute or so."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"seen_at": timezone.now()})
