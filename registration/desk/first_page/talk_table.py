"""The talks on the first page: those ahead with their numbers, and those with work left."""

from dataclasses import dataclass

from events.dates import NBSP, day_month_text
from events.desk.publication import publication_text
from events.desk.todo import Sort
from events.models import Talk
from registration.desk.first_page.after_the_talk import recap_waits, work_left
from registration.desk.first_page.desk import Desk
from registration.desk.first_page.to_do import days_until, until_names_go


@dataclass(frozen=True)
class Ahead:
    """A talk to come, as a row."""

    talk: Talk
    # What is missing, and what may be meant so; in words of a line.
    missing: str
    notices: str

    @property
    def state(self) -> str:
        return publication_text(self.talk)

    @property
    def needs_slide(self) -> bool:
        """Whether it is today or tomorrow, so that somebody looks for the slide of its end."""
        is_near = days_until(self.talk.starts_at) <= 1
        return is_near and self.talk.is_published and self.talk.is_taking_place


@dataclass(frozen=True)
class Over:
    """A talk that is over, as long as something is to be done or feedback comes in."""

    talk: Talk
    seats: int
    # Of whom it is known that they were there, whom the old way counts, who used the way in.
    present: int
    counted: int
    joined: int
    # How many answers can be read.
    answers: int
    # What is still to be done; "" if only feedback may still come in.
    left: str

    @property
    def came(self) -> str:
        """Say how many came, as far as that is known: the way in tells of no presence."""
        of_all = f"{NBSP}von{NBSP}{self.seats}"
        if self.present or self.talk.presence_read_at:
            return f"{self.present}{of_all} dabei"
        if self.counted:
            return f"{self.counted}{of_all} dabei (alte Zählung)"
        return f"Zugang benutzt: {self.joined}{of_all}"

    @property
    def deadline(self) -> str:
        if self.left:
            return until_names_go(self.talk)
        return f"Antworten bis {day_month_text(self.talk.feedback_closes_at)}."

    @property
    def feedback(self) -> str:
        """Say how many answers can be read, in the words of a link."""
        if not self.answers:
            return "Rückmeldungen"
        return f"Rückmeldungen: {self.answers} Antworten"  # they appear in fives


def talks_ahead(desk: Desk) -> list[Ahead]:
    """Return all talks to come, the next one first."""
    return [
        Ahead(
            talk,
            _words(desk, talk, Sort.WAY_IN, Sort.CONTENT, Sort.EXTRA),
            _words(desk, talk, Sort.NOTICE),
        )
        for talk in desk.talks_ahead
    ]


def _words(desk: Desk, talk: Talk, *kinds: Sort) -> str:
    tasks = [task for task in desk.missing[talk.pk] if task.sort in kinds]
    return ", ".join(desk.short_of(talk, task) for task in tasks)


def talks_over(desk: Desk) -> list[Over]:
    """Return the talks after which work is left, whoever may do it; the oldest first.

    Whoever may send the material sees a talk until that has been done; and everybody, as long as
    people may still say how it was.
    """
    rows = []
    for talk in desk.talks_to_follow_up:
        seats, present = desk.seats.get(talk.pk, 0), desk.present.get(talk.pk, 0)
        left = [work.short for work in work_left(talk, seats, present)]
        if not left and recap_waits(desk, talk):
            left = ["Versand der Unterlagen"]
        if left or talk.takes_feedback:
            words = ", ".join(left)
            counted, joined = desk.counted.get(talk.pk, 0), desk.joined.get(talk.pk, 0)
            answers = desk.answers.get(talk.pk, 0)
            rows.append(Over(talk, seats, present, counted, joined, answers, words))
    return rows
