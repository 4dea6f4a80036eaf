"""What the worker writes to speakers by itself: that something is missing, that a date is new."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from registration.models import OutgoingMail, SpeakerLink
from registration.models.speakers.missing import to_remind_of
from registration.models.speakers.speaker_link import SpeakerLinkQuerySet

Kind = OutgoingMail.Kind
# Days of the calendar before the talk, the longest time first.
DAYS_BEFORE = (21, 7, 2)
# After a pause of the worker a reminder is still written so many days later.
PATIENCE = 3
# Hours of the day in Europe/Berlin at which somebody sits in a mayor's office.
OPENS, CLOSES = 9, 17
# Who got the link or a reminder later than this ago is not asked again.
LATELY = timedelta(days=3)
# A slip in a date can be put right for so long before anybody is told.
SETTLED = timedelta(minutes=10)


def plan_due() -> int:
    """Queue the reminders whose day has come; return how many. Each once for each date."""
    now = timezone.localtime()
    if not OPENS <= now.hour < CLOSES:
        return 0
    return sum(_remind(link, days) for link, days in _due(now))


def tell_of_dates() -> int:
    """Queue the mails to speakers who were told another date than holds now; return how many."""
    settled = timezone.now() - SETTLED
    written = 0
    for link in misinformed(SpeakerLink.objects.filter(speaker__talk__updated_at__lte=settled)):
        version = f"change-{link.talk.change_no}-{link.talk.check_sequence}"
        mail = OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_DATES, link, version)
        written += mail is not None
    return written


def misinformed(links: SpeakerLinkQuerySet) -> list[SpeakerLink]:
    """Return those of `links` whose speaker was told another date than holds now; one query."""
    told = links.alive().exclude(told_starts_at=None).with_talks()
    return [link for link in told if link.talk.is_awaited and not link.knows_dates]


def days_due(starts_at: datetime, now: datetime) -> int | None:
    """Return which of DAYS_BEFORE is due at `now`, at most one; None if none is."""
    left = (timezone.localdate(starts_at) - timezone.localdate(now)).days
    return next((d for d in DAYS_BEFORE if max(1, d - PATIENCE) <= left <= d), None)


def _due(now: datetime) -> "list[tuple[SpeakerLink, int]]":
    """Return the links that may be reminded now, with the day of the reminder."""
    last_day = now + timedelta(days=DAYS_BEFORE[0] + 1)
    links = (
        SpeakerLink.objects.alive()
        .with_talks()
        .filter(reminders_off=False, speaker__talk__starts_at__range=(now, last_day))
        .exclude(told_starts_at=None)
    )
    found = [(link, days_due(link.talk.starts_at, now)) for link in links]
    return [(link, days) for link, days in found if days and not link.talk.is_called_off]


def _remind(link: SpeakerLink, days: int) -> bool:
    """Queue one reminder, unless nothing is missing or the speaker heard of us just now."""
    lately = timezone.now() - LATELY
    asked = OutgoingMail.objects.filter(
        Q(sent_at__gt=lately) | Q(state__in=OutgoingMail.UNSENT),
        speaker_link=link,
        kind__in=(Kind.SPEAKER_LINK, Kind.SPEAKER_REMINDER),
    )
    if asked.exists() or not to_remind_of(link):
        return False
    starts_at = link.talk.starts_at
    mail = OutgoingMail.objects.enqueue_to_speaker(
        Kind.SPEAKER_REMINDER,
        link,
        f"start-{starts_at.timestamp():.0f}-{days}",
        talk_starts_at=starts_at,
    )
    return mail is not None
