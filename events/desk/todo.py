"""What is still to do for a talk, in the words of its organisers; pure functions.

They ask the database nothing about a talk that was fetched `with_marks()`. Which talks the first
page looks at: `TalkQuerySet.on_the_desk`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from events.dates import in_days_text, moment_text, short_date_text
from events.desk.holidays import holiday
from events.models import Series, Talk

# Days before the talk from which something is worth a reminder; the way in of a talk that is
# published is asked for from then on.
PUBLISH_WITHIN = 28
GIVE_ACCESS_WITHIN = 14


class Sort(Enum):
    """What sort of thing is missing."""

    DATE = auto()
    PUBLICATION = auto()
    WAY_IN = auto()
    # What every reader of the page needs.
    CONTENT = auto()
    # What makes it better.
    EXTRA = auto()
    # What may be meant so.
    NOTICE = auto()


@dataclass(frozen=True)
class Task:
    """One thing to do, the field of the form in which it is done, and its name in a word."""

    text: str
    field: str
    short: str
    sort: Sort

    @property
    def anchor(self) -> str:
        """Where in the talk's form it is done."""
        return f"#id_{self.field}"


def tasks_of(talk: Talk, today: date, series: Series, others: Sequence[Talk] = ()) -> list[Task]:
    """Return what is to do for `talk`, which is ahead, on the day `today`.

    `others` are the talks near it. The municipality is fetched already.
    """
    if talk.status == Talk.Status.CANCELLED:
        return []
    if talk.status == Talk.Status.POSTPONED:
        text = "Der neue Termin steht noch nicht fest"
        return [Task(text, "starts_at_0", "neuer Termin", Sort.DATE)]
    days = (talk.local_starts_at.date() - today).days
    return [
        *_publication(talk, days),
        *_access(talk, series, days),
        *_content(talk),
        *_extras(talk, series),
        *_holiday(talk),
        *_same_week(talk, others),
    ]


def _publication(talk: Talk, days: int) -> Iterator[Task]:
    if talk.status != Talk.Status.DRAFT:
        return
    if talk.publish_at:
        text = f"Noch ein Entwurf: erscheint nicht von selbst am {moment_text(talk.publish_at)}"
        yield Task(text, "status", "Veröffentlichung", Sort.PUBLICATION)
    elif days <= PUBLISH_WITHIN:
        text = f"Noch ein Entwurf, {in_days_text(days)} ist es so weit"
        yield Task(text, "status", "Veröffentlichung", Sort.PUBLICATION)


def _access(talk: Talk, series: Series, days: int) -> Iterator[Task]:
    is_asked_for = talk.is_published or days <= GIVE_ACCESS_WITHIN
    when = f"{in_days_text(days)} ist es so weit"
    if is_asked_for and not talk.meeting_url:
        yield Task(f"Zugangslink fehlt, {when}", "meeting_url", "Zugangslink", Sort.WAY_IN)
    is_promised = talk.facts_in(series).has_telephone
    if is_asked_for and is_promised and not talk.dial_in:
        text = f"Nummer zur Einwahl fehlt, {when}"
        yield Task(text, "dial_in", "Nummer zur Einwahl", Sort.WAY_IN)


def _content(talk: Talk) -> Iterator[Task]:
    if not talk.announcement:
        yield _missing("Ankündigung", "announcement")
    if not talk.has_speaker:
        yield _missing("Referentin oder Referent", "speakers-0-name")
    if not talk.municipality_id:
        yield _missing("Ort", "municipality")
    if talk.image and not talk.image_alt:
        yield _missing("Alternativtext", "image_alt")
    if talk.image and not talk.image_credit:
        yield _missing("Bildnachweis", "image_credit")


def _extras(talk: Talk, series: Series) -> Iterator[Task]:
    if not talk.has_topic:
        yield _missing("Thema", "chosen_topics", Sort.EXTRA)
    if not talk.image:
        yield _missing("Bild", "image", Sort.EXTRA)
    facts = talk.facts_in(series)
    if None in (facts.has_captions, facts.has_sign_language, facts.has_telephone):
        text = "Angaben zur Zugänglichkeit fehlen"
        yield Task(text, "has_captions", "Zugänglichkeit", Sort.EXTRA)


def _missing(name: str, field: str, sort: Sort = Sort.CONTENT) -> Task:
    return Task(f"{name} fehlt", field, name, sort)


def _holiday(talk: Talk) -> Iterator[Task]:
    day = talk.local_starts_at.date()
    land = talk.municipality.land if talk.municipality else ""
    if name := holiday(day, land):
        where = "" if holiday(day) else f" in {land}"
        yield Task(f"Feiertag{where}: {name}", "starts_at_0", "Feiertag", Sort.NOTICE)


def _same_week(talk: Talk, others: Sequence[Talk]) -> Iterator[Task]:
    week = talk.local_starts_at.isocalendar()[:2]
    for other in others:
        has_date = other.pk != talk.pk and not other.is_called_off
        if has_date and other.local_starts_at.isocalendar()[:2] == week:
            day = short_date_text(other.starts_at)
            text = f"Zwei Talks in derselben Woche: „{other}“ am {day}"
            yield Task(text, "starts_at_0", "Zwei Talks in einer Woche", Sort.NOTICE)
            return  # one is enough to look at the week
