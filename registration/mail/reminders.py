"""Reminders are planned by the clock: nothing has to be planned anew when a talk is moved.

The worker calls `plan_due` again and again. Each participant gets a reminder once for each
beginning of the talk.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from events.dates import in_days_text
from events.models import Talk
from registration.models import OutgoingMail, Registration

Kind = OutgoingMail.Kind
# Whoever got the seat later than this before the reminder was told of the talk just now.
SETTLED = timedelta(hours=6)


@dataclass(frozen=True)
class Reminder:
    """One of the reminders of a talk.

    It is due `before` the beginning. If that moment was missed by more than `patience`, for
    example because no worker ran, it is not sent any more.
    """

    kind: OutgoingMail.Kind
    before: timedelta
    patience: timedelta

    @property
    def is_days_before(self) -> bool:
        return self.before >= timedelta(days=1)

    @property
    def in_days_text(self) -> str:
        """`Morgen` or `In 2 Tagen`, for the mail; one of an hour before does not say it."""
        text = in_days_text(self.before.days)
        return text[0].upper() + text[1:]

    def moment(self, talk: Talk) -> datetime:
        """Return when it is due.

        A day before is the same time of the clock, also if summer time begins or ends meanwhile.
        """
        if self.is_days_before:
            return talk.local_starts_at - self.before
        return talk.starts_at - self.before

    def ends_at(self, talk: Talk) -> datetime:
        """Return when it is too late: after `patience`, or on the day of the talk.

        On that day it is not true any more what the mail says of tomorrow.
        """
        end = self.moment(talk) + self.patience
        if self.is_days_before:
            midnight = talk.local_starts_at.replace(hour=0, minute=0, second=0, microsecond=0)
            return min(end, midnight)
        return end

    def is_switched_on(self, talk: Talk) -> bool:
        if self.kind == Kind.REMINDER_DAY:
            return talk.reminds_day_before
        return talk.reminds_hour_before

    def is_due(self, talk: Talk) -> bool:
        is_time = self.moment(talk) <= timezone.now() < self.ends_at(talk)
        return is_time and self.is_switched_on(talk)


REMINDERS = (
    Reminder(Kind.REMINDER_DAY, before=timedelta(days=1), patience=timedelta(hours=6)),
    Reminder(Kind.REMINDER_HOUR, before=timedelta(hours=1), patience=timedelta(minutes=30)),
)


def reminder_of(kind: str) -> Reminder:
    return next(reminder for reminder in REMINDERS if reminder.kind == kind)


def plan_due() -> int:
    """Queue the reminders whose moment has come; return how many."""
    now = timezone.now()
    # One hour more than the longest: the day on which summer time ends has 25 hours.
    horizon = max(reminder.before for reminder in REMINDERS) + timedelta(hours=1)
    talks = (
        Talk.objects.published()
        .taking_place()
        .filter(starts_at__gt=now, starts_at__lte=now + horizon)
    )
    return sum(
        len(plan(reminder, talk))
        for talk in talks
        for reminder in REMINDERS
        if reminder.is_due(talk)
    )


@transaction.atomic
def plan(reminder: Reminder, talk: Talk) -> list[OutgoingMail]:
    """Queue one reminder for everyone who is confirmed long enough; return the new mails."""
    locked = Talk.objects.lock([talk.pk])
    if not locked:  # deleted meanwhile
        return []
    (talk,) = locked
    if not (talk.is_taking_place and reminder.is_due(talk)):
        return []
    moment = reminder.moment(talk)
    rows = Registration.objects.filter(talk=talk).to_remind(settled_before=moment - SETTLED)
    return OutgoingMail.objects.enqueue_each(
        reminder.kind,
        rows.select_related("talk"),
        version=f"start-{talk.starts_at.timestamp():.0f}",
        talk_starts_at=talk.starts_at,
        expires_at=reminder.ends_at(talk),
    )
