"""What a talk still lacks, in the words of its organisers; pure functions, no query."""

from dataclasses import dataclass

from events.dates import in_days_text, short_date_text
from events.desk.holidays import holiday

# Days before the talk from which something is worth a reminder.
PUBLISH_WITHIN = 28
GIVE_ACCESS_WITHIN = 14


@dataclass(frozen=True)
class Gap:
    """One thing to do, and the field of the form in which it is done."""

    text: str
    field: str


def gaps_of(talk, today, others=()) -> list[Gap]:
    """Return what `talk` lacks on the day `today`; `others` are the talks near it.

    Speakers and municipality are fetched already.
    """
    if talk.status == "postponed":
        return [Gap("Der neue Termin steht noch nicht fest", "starts_at_0")]
    days = (talk.local_starts_at.date() - today).days
    return [
        gap
        for gap in (
            _publication(talk, days),
            _access(talk, days),
            *_content(talk),
            _holiday(talk),
            *_same_week(talk, others),
        )
        if gap
    ]


def _publication(talk, days):
    if talk.status == "draft" and days <= PUBLISH_WITHIN:
        return Gap(f"Noch ein Entwurf, {in_days_text(days)} ist es so weit", "status")
    return None


def _access(talk, days):
    if not talk.meeting_url and days <= GIVE_ACCESS_WITHIN:
        return Gap(f"Zugangslink fehlt, {in_days_text(days)} ist es so weit", "meeting_url")
    return None


def _content(talk):
    if talk.image and not talk.image_alt:
        yield Gap("Alternativtext fehlt", "image_alt")
    if talk.image and not talk.image_credit:
        yield Gap("Bildnachweis fehlt", "image_credit")
    if not talk.announcement:
        yield Gap("Ankündigung fehlt", "announcement")
    if not talk.municipality:
        yield Gap("Ort fehlt", "municipality")
    if not talk.speakers.all():
        yield Gap("Referentin oder Referent fehlt", "speakers-0-name")


def _holiday(talk):
    land = talk.municipality.land if talk.municipality else ""
    name = holiday(talk.local_starts_at.date(), land)
    if not name:
        return None
    where = "" if holiday(talk.local_starts_at.date()) else f" in {land}"
    return Gap(f"Feiertag{where}: {name}", "starts_at_0")


def _same_week(talk, others):
    week = talk.local_starts_at.isocalendar()[:2]
    dated = [other for other in others if other.pk != talk.pk and other.status != "postponed"]
    for other in dated:
        if other.local_starts_at.isocalendar()[:2] == week:
            day = short_date_text(other.starts_at)
            yield Gap(f"Zwei Talks in derselben Woche: „{other}“ am {day}", "starts_at_0")
