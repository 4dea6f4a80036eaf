"""The numbers of the report to the funder: one year, counted once for page, PDF and spreadsheet.

What a page, a PDF or a file shows is taken from `ReportNumbers` and never counted anew. Counts are
of registrations, not of persons. Of presence it says what is known and how; it never says that
somebody was absent.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from events.dates import NBSP
from events.models import FunderReport, Municipality, OwnGoal, Talk
from events.models.talk_queries import TalkQuerySet
from registration.desk.figures.reached_towns import ReachedTowns
from registration.desk.figures.statistics import (
    NOT_KNOWN,
    TalkFigures,
    percent,
    talk_figures,
)
from registration.models import Feedback, Registration

# How presence is known.
BY_REPORT, CONFIRMED = "nach Bericht", "vom Veranstalter bestätigt"
COUNTED_BEFORE, USED_WAY_IN = "alte Zählung", "Zugang benutzt"
KINDS = (BY_REPORT, CONFIRMED, COUNTED_BEFORE, USED_WAY_IN)
# How long the bar of all answers is drawn.
BAR = 1000


@dataclass(frozen=True)
class KnownPresence:
    """What is known of who was there, by how it is known; 0 where nobody noted it."""

    # By a report of the video system, or by an organiser who knew of somebody that it does not.
    attended: int = 0
    counted_before: int = 0
    used_way_in: int = 0
    # Whether a report was read: then a 0 is known too.
    was_read: bool = False

    @property
    def parts(self) -> list[tuple[int, str]]:
        """Each number with its kind; after a report the way in says nothing more."""
        kinds = [
            (self.attended, BY_REPORT if self.was_read else CONFIRMED),
            (self.counted_before, COUNTED_BEFORE),
            (0 if self.was_read else self.used_way_in, USED_WAY_IN),
        ]
        known = [(number, kind) for number, kind in kinds if number]
        return known or ([(0, BY_REPORT)] if self.was_read else [])

    def number_of(self, wanted: str) -> int | None:
        """Return the number of this kind; None where it has no part."""
        return next((number for number, kind in self.parts if kind == wanted), None)


@dataclass(frozen=True)
class TalkNumbers:
    """One talk that took place."""

    talk: Talk
    signed_up: int = 0
    confirmed: int = 0
    presence: KnownPresence = KnownPresence()

    @property
    def was_read(self) -> bool:
        return self.presence.was_read

    @property
    def attended(self) -> int | None:
        """Who is known to have been there; None if nobody noted it."""
        return self.presence.attended if self.was_read else self.presence.attended or None

    @property
    def guests_text(self) -> str:
        return "–" if self.talk.guests is None else str(self.talk.guests)


@dataclass(frozen=True)
class YearPresence:
    """What is known in one way of the presence at the talks of a year."""

    kind: str
    number: int
    talks: int
    # Of how many with a seat; None where it would say nothing.
    of: int | None

    @property
    def share_text(self) -> str:
        return percent(self.number / self.of) if self.of else ""


@dataclass(frozen=True)
class Goal:
    """A goal that can be counted, and what was reached."""

    label: str
    target: int
    reached: int | None
    # How `reached` is told; by itself if it says nothing else.
    words: str = ""
    unit: str = ""
    # Whether more may have been reached than is known.
    is_at_least: bool = False

    @property
    def target_text(self) -> str:
        return f"{self.target}{self.unit}"

    @property
    def target_cell(self) -> int | str:
        return self.target_text if self.unit else self.target

    @property
    def reached_cell(self) -> int | str:
        if self.words or self.unit or self.reached is None:
            return self.reached_text
        return self.reached

    @property
    def reached_text(self) -> str:
        if self.words:
            return self.words
        return NOT_KNOWN if self.reached is None else f"{self.reached}{self.unit}"

    @property
    def share(self) -> float | None:
        return None if self.reached is None or not self.target else self.reached / self.target

    @property
    def share_text(self) -> str:
        if self.share is None:
            return "–"
        return f"{'mindestens ' if self.is_at_least else ''}{percent(self.share)}"


@dataclass(frozen=True)
class FeedbackStep:
    """An answer to the question whether the hour was worth it, and how many gave it."""

    label: str
    number: int
    is_good: bool
    # All answers, and how many of them were better than this one.
    of: int
    better: int

    @property
    def share_text(self) -> str:
        return percent(self.number / self.of)

    @property
    def start(self) -> int:
        """Where its part of the bar begins, of BAR."""
        return round(BAR * self.better / self.of)

    @property
    def width(self) -> int:
        return round(BAR * (self.better + self.number) / self.of) - self.start


@dataclass(frozen=True)
class ReportNumbers:
    """The report of one year."""

    entered: FunderReport
    own_goals: list[OwnGoal]
    talks: list[TalkNumbers]
    reached: ReachedTowns
    # Empty without answers: then the report says nothing of them.
    feedback: list[FeedbackStep]

    @property
    def year(self) -> int:
        return self.entered.year

    @property
    def signed_up(self) -> int:
        return sum(one.signed_up for one in self.talks)

    @property
    def confirmed(self) -> int:
        return sum(one.confirmed for one in self.talks)

    @property
    def guests(self) -> int | None:
        known = [one.talk.guests for one in self.talks if one.talk.guests is not None]
        return sum(known) if known else None

    @cached_property
    def presence(self) -> list[YearPresence]:
        """What is known of presence, by how it is known; kinds that are different are no sum."""
        by_kind: dict[str, list[tuple[int, TalkNumbers]]] = {kind: [] for kind in KINDS}
        for one in self.talks:
            for number, kind in one.presence.parts:
                by_kind[kind].append((number, one))
        return [
            YearPresence(
                kind,
                sum(number for number, _ in known),
                len(known),
                sum(one.confirmed for _, one in known) if kind == BY_REPORT else None,
            )
            for kind, known in by_kind.items()
            if known
        ]

    @property
    def attended(self) -> int | None:
        """Who is known to have been there; None if nobody noted it of any talk."""
        known = [one.attended for one in self.talks if one.attended is not None]
        return sum(known) if known else None

    def number_of(self, kind: str) -> int | None:
        return next((known.number for known in self.presence if known.kind == kind), None)

    @property
    def goals(self) -> list[Goal]:
        """The goals that can be counted."""
        entered = self.entered
        goals = [
            ("Talks", entered.talks, len(self.talks)),
            ("Anmeldungen", entered.signed_up, self.signed_up),
            ("Erreichte Orte", entered.towns, len(self.reached.towns)),
            ("Erreichte Orte unter 20.000 Einwohnern", entered.small_towns, self.reached.small),
            ("Erreichte Länder", entered.laender, self.reached.known_laender),
        ]
        found = [
            Goal(label, target, reached) for label, target, reached in goals if target is not None
        ]
        if entered.attended is not None:
            found.append(self._goal_of_presence(entered.attended))
        if entered.worthwhile is not None:
            label = "Rückmeldungen, nach denen sich die Stunde gelohnt hat"
            found.append(Goal(label, entered.worthwhile, self.worthwhile, unit=f"{NBSP}%"))
        return found

    def _goal_of_presence(self, target: int) -> Goal:
        """Tell what is known, and of how many talks; what was counted in two ways is no sum."""
        ways = [known for known in self.presence if known.kind != USED_WAY_IN] or self.presence
        words = ", ".join(self._with_talks(known) for known in ways)
        attended = self.attended if self.number_of(COUNTED_BEFORE) is None else None
        return Goal(
            "Teilnahmen (dabei)",
            target,
            attended,
            words,
            is_at_least=any(one.attended is None for one in self.talks),
        )

    def _with_talks(self, known: YearPresence) -> str:
        some = (
            ""
            if known.talks == len(self.talks)
            else f", {known.talks} von {len(self.talks)} Talks"
        )
        return f"{known.number}{NBSP}({known.kind}{some})"

    @property
    def answers(self) -> int:
        """How many answers to the question whether the hour was worth it may be told."""
        return sum(step.number for step in self.feedback)

    @property
    def worthwhile(self) -> int | None:
        """Of how many per cent the hour was worth it, fully or rather; None without answers."""
        good = sum(step.number for step in self.feedback if step.is_good)
        return round(100 * good / self.answers) if self.answers else None

    @property
    def has_goals(self) -> bool:
        return bool(self.goals or self.own_goals)

    @property
    def without_sentence(self) -> list[Talk]:
        return [one.talk for one in self.talks if not one.talk.report_sentence]


def report_numbers(year: int) -> ReportNumbers:
    """Count what the report of `year` says; seven queries."""
    entered = FunderReport.of(year)
    held = Talk.objects.archived().filter(starts_at__year=year).with_towns()
    talks = talk_numbers(held)
    people = people_by_town(held)
    register = Municipality.objects.in_bulk([key for key in people if key is not None])
    return ReportNumbers(
        entered=entered,
        own_goals=list(entered.own_goals.all()) if entered.pk else [],
        talks=talks,
        reached=ReachedTowns.of(people, register),
        feedback=feedback_steps(talks),
    )


def talk_numbers(talks: TalkQuerySet) -> list[TalkNumbers]:
    """Return the numbers of each of `talks`, the first one first; two queries."""
    return [
        TalkNumbers(one.talk, one.signed_up, one.confirmed, presence_of(one))
        for one in reversed(talk_figures(talks))
    ]


def presence_of(one: TalkFigures) -> KnownPresence:
    was_read = one.talk.presence_read_at is not None
    return KnownPresence(one.stayed + one.marked, one.counted_before, one.joined, was_read)


def feedback_steps(talks: list[TalkNumbers]) -> list[FeedbackStep]:
    """Return how many gave which answer whether the hour was worth it; empty without answers."""
    numbers = Feedback.objects.satisfaction([one.talk for one in talks])
    answers, better, steps = sum(numbers.values()), 0, []
    for step in Feedback.Worth if answers else ():
        is_good = step in (Feedback.Worth.FULLY, Feedback.Worth.RATHER)
        steps.append(FeedbackStep(step.label, numbers[step], is_good, answers, better))
        better += numbers[step]
    return steps


def people_by_town(talks: TalkQuerySet) -> Counter[int | None]:
    """Return how many had a seat in `talks`, by the key of their town."""
    people: Counter[int | None] = Counter()
    for _, town, number in Registration.objects.in_talks(talks).counts_by_talk_and_town():
        people[town] += number
    return people
