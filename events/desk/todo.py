"""What is still to do for a talk, in the words of its organisers; pure functions, no query.

Which talks are looked at: `talks_ahead` in registration/desk/first_page/start_page.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from events.dates import in_days_text, short_date_text
from events.desk.holidays import holiday
from events.models import Series, Talk

# Days before the talk from which something is worth a reminder.
PUBLISH_WITHIN = 28
GIVE_ACCESS_WITHIN = 14


@dataclass(frozen=True)
class Task:
    """One thing to do, and the field of the form in which it is done."""

    text: str
    field: str


def tasks_of(talk: Talk, today: date, series: Series, others: Sequence[Talk] = ()) -> list[Task]:
    """Return what is to do for `talk` on the day `today`; `others` are the talks near it.

    Speakers and municipality are fetched already.
    """
    if talk.status == Talk.Status.POSTPONED:
        return [Task("Der neue Termin steht noch nicht fest", "starts_at_0")]
    days = (talk.local_starts_at.date() - today).days
    return [
        *_publication(talk, days),
        *_access(talk, series, days),
        *_content(talk),
        *_holiday(talk),
        *_same_week(talk, others),
    ]


def _publication(talk: Talk, days: int) -> Iterator[Task]:
    if talk.status == Talk.Status.DRAFT and days <= PUBLISH_WITHIN:
        yield Task(f"Noch ein Entwurf, {in_days_text(days)} ist es so weit", "status")


def _access(talk: Talk, series: Series, days: int) -> Iterator[Task]:
    if not talk.meeting_url and days <= GIVE_ACCESS_WITHIN:
        yield Task(f"Zugangslink fehlt, {in_days_text(days)} ist es so weit", "meeting_url")
    is_promised = talk.facts_in(series).has_telephone
    if is_promised and not talk.dial_in and days <= GIVE_ACCESS_WITHIN:
        yield Task(f"Nummer zur Einwahl fehlt, {in_days_text(days)} ist es so weit", "dial_in")


def _content(talk: Talk) -> Iterator[Task]:
    if talk.image and not talk.image_alt:
        yield Task("Alternativtext fehlt", "image_alt")
    if talk.image and not talk.image_credit:
        yield Task("Bildnachweis fehlt", "image_credit")
    if not talk.announcement:
        yield Task("Ankündigung fehlt", "announcement")
    if not talk.municipality:
        yield Task("Ort fehlt", "municipality")
    if not talk.speakers.all():
        yield Task("Referentin oder Referent fehlt", "speakers-0-name")


def _holiday(talk: Talk) -> Iterator[Task]:
    day = talk.local_starts_at.date()
    land = talk.municipality.land if talk.municipality else ""
    if name := holiday(day, land):
        where = "" if holiday(day) else f" in {land}"
        yield Task(f"Feiertag{where}: {name}", "starts_at_0")


def _same_week(talk: Talk, others: Sequence[Talk]) -> Iterator[Task]:
    week = talk.local_starts_at.isocalendar()[:2]
    for other in others:
        has_date = other.pk != talk.pk and other.status != Talk.Status.POSTPONED
        if has_date and other.local_starts_at.isocalendar()[:2] == week:
            day = short_date_text(other.starts_at)
            yield Task(f"Zwei Talks in derselben Woche: „{other}“ am {day}", "starts_at_0")
