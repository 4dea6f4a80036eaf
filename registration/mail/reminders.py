"""Reminders: planned by looking at the clock, so a moved talk needs no second thought.

The worker calls `plan_due` again and again; whoever has the mail of this beginning already gets
no second one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from events.models import Talk
from registration.models import OutgoingMail, Registration

# Whoever got the seat, and the mail about it, later than this before the moment needs no more.
SETTLED = timedelta(hours=6)


@dataclass(frozen=True)
class Reminder:
    """One of the two reminders of a talk; later than `patience` after its moment it is dropped."""

    kind: str
    switch: str
    before: timedelta
    patience: timedelta

    def moment(self, talk) -> datetime:
        """Return when it is due: whole days by the clock on the wall, across summer time."""
        if self.before.days:
            return talk.local_starts_at - self.before
        return talk.starts_at - self.before

    def ends_at(self, talk) -> datetime:
        """Return when it is too late; the word "Morgen" is true until midnight alone."""
        end = self.moment(talk) + self.patience
        if self.before.days:
            midnight = talk.local_starts_at.replace(hour=0, minute=0, second=0, microsecond=0)
            return min(end, midnight)
        return end

    def is_due(self, talk) -> bool:
        is_time = self.moment(talk) <= timezone.now() < self.ends_at(talk)
        return getattr(talk, self.switch) and is_time


REMINDERS = (
    Reminder(
        OutgoingMail.Kind.REMINDER_DAY,
        "reminds_day_before",
        timedelta(days=1),
        timedelta(hours=6),
    ),
    Reminder(
        OutgoingMail.Kind.REMINDER_HOUR,
        "reminds_hour_before",
        timedelta(hours=1),
        timedelta(minutes=30),
    ),
)
# A day may have 25 hours.
LONGEST = timedelta(hours=25)


def plan_due() -> int:
    """Queue the reminders whose moment has come; return how many."""
    now = timezone.now()
    talks = (
        Talk.objects.published()
        .taking_place()
        .filter(starts_at__gt=now, starts_at__lte=now + LONGEST)
    )
    return sum(
        len(plan(reminder, talk))
        for talk in talks
        for reminder in REMINDERS
        if reminder.is_due(talk)
    )


@transaction.atomic
def plan(reminder, talk):
    """Queue one reminder for everyone who is confirmed long enough; return the new mails."""
    (talk,) = Talk.objects.lock([talk.pk]) or [None]
    if talk is None or not (talk.is_taking_place and reminder.is_due(talk)):
        return []
    moment = reminder.moment(talk)
    rows = Registration.objects.in_talk(talk).to_remind(settled_before=moment - SETTLED)
    return OutgoingMail.objects.enqueue_each(
        reminder.kind,
        rows.select_related("talk"),
        version=f"start-{talk.starts_at.timestamp():.0f}",
        talk_starts_at=talk.starts_at,
        expires_at=reminder.ends_at(talk),
    )
