"""The next talk, made from one that was."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from events.dates import same_weekday_next_month
from events.desk import fact_fields
from events.models import Speaker, Talk

# Not copied: pictures, portraits and slides, texts written after the talk, the way in, and moments
# of the sign-up. They belong to one talk alone; each stored file belongs to one row.
COPIED = (
    "title",
    "subtitle",
    "announcement",
    "municipality",
    "capacity",
    "waiting_list",
    "double_opt_in",
    "reminds_day_before",
    "reminds_hour_before",
    *fact_fields.NAMES,
)


@transaction.atomic
def duplicate(talk: Talk) -> Talk:
    """Return a new draft on the same weekday of the next month that lies ahead."""
    start, end = talk.local_starts_at, talk.local_ends_at
    day = next_day_ahead(start.date())
    last_day = day + (end.date() - start.date())
    copy = Talk(**{name: getattr(talk, name) for name in COPIED})
    copy.starts_at = timezone.make_aware(datetime.combine(day, start.time()))
    copy.ends_at = timezone.make_aware(datetime.combine(last_day, end.time()))
    copy.save()
    copy.topics.set(talk.topics.all())
    for speaker in talk.speakers.all():
        Speaker.objects.create(
            talk=copy,
            position=speaker.position,
            name=speaker.name,
            role=speaker.role,
            form=speaker.form,
        )
    return copy


def next_day_ahead(day: date) -> date:
    """Return the same weekday in the month after `day`, or after today if that comes later."""
    following = same_weekday_next_month(day)
    while following <= timezone.localdate():
        following = same_weekday_next_month(following)
    return following
