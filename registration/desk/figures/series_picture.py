"""The series as two pictures: every talk as a bar, and the months of a year beside the last one.

All is numbers that a template draws as SVG; the same numbers stand in the tables beneath.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format

from registration.desk.figures.charts import Mark, fitting_step

if TYPE_CHECKING:
    from registration.desk.figures.statistics import TalkFigures

# In pixels; the picture is drawn in its own size, and pushed where the window is smaller.
HEIGHT, TOP, BOTTOM = 260, 16, 214
LEFT, RIGHT = 44, 44
SPACE = 632
WIDEST, NARROWEST, GAP = 44, 10, 3
# Between two dates below the bars.
DATE_WIDTH = 76


@dataclass(frozen=True)
class Bar:
    """A rectangle; `kind` is its class, by which the style sheet colours it."""

    kind: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Stack:
    """What stands at one place of the axis, and what a pointer over it says."""

    title: str
    bars: list[Bar]


@dataclass(frozen=True)
class BarChart:
    """What the template needs; all places are whole numbers."""

    width: int
    columns: list[Stack]
    values: list[Mark]
    below: list[Mark]

    height = HEIGHT
    left = LEFT
    bottom = BOTTOM
    value_place = LEFT - 8
    below_place = BOTTOM + 22

    @property
    def right(self) -> int:
        return self.width - RIGHT

    @property
    def right_value_place(self) -> int:
        return self.right + 8


@dataclass(frozen=True)
class Scale:
    """How high a number stands."""

    step: int
    top: int

    @classmethod
    def up_to(cls, highest: int) -> "Scale":
        step = fitting_step(highest)
        return cls(step, step * max(1, math.ceil(highest / step)))

    def height(self, number: int) -> int:
        return round((BOTTOM - TOP) * number / self.top)

    def bar(self, kind: str, place: tuple[int, int], number: int, above: int = 0) -> Bar:
        """Return the bar of `number` that stands on top of `above`; place is x and width."""
        foot, head = self.height(above), self.height(above + number)
        return Bar(kind, place[0], BOTTOM - head, place[1], head - foot)

    @property
    def marks(self) -> list[Mark]:
        lines = range(0, self.top + 1, self.step)
        return [Mark(BOTTOM - self.height(value), str(value)) for value in lines]


@dataclass(frozen=True)
class Month:
    """The talks of one month, and the sign-ups to those of the same month a year before."""

    first: date
    talks: int
    signed_up: int
    confirmed: int
    before: int

    @property
    def name(self) -> str:
        return date_format(self.first, "F")


def picture_of_talks(figures: "Sequence[TalkFigures]") -> BarChart:
    """Return a column for each talk, the first one first.

    Its seats are a frame; in it stand the people, and on them who waits.
    """
    slot = min(WIDEST, max(NARROWEST, SPACE // max(1, len(figures))))
    highest = max(
        (max(one.talk.capacity or 0, one.confirmed + one.waiting) for one in figures), default=0
    )
    scale = Scale.up_to(highest)
    columns = []
    for number, one in enumerate(figures):
        frame = (LEFT + number * slot + 1, slot - 2)
        inner = (frame[0] + GAP - 1, frame[1] - 2 * (GAP - 1))
        bars = [
            scale.bar("seats", frame, one.talk.capacity or 0),
            scale.bar("people", inner, one.confirmed),
            scale.bar("waiting", inner, one.waiting, one.confirmed),
        ]
        columns.append(Stack(talk_title(one), [bar for bar in bars if bar.height]))
    # The last talks are in sight first, so there is no empty place behind them.
    width = LEFT + max(DATE_WIDTH, len(figures) * slot) + RIGHT
    return BarChart(width, columns, scale.marks, dates_below(figures, slot))


def talk_title(one: "TalkFigures") -> str:
    seats = f" von {one.talk.capacity}" if one.talk.capacity else ""
    return (
        f"{one.talk.title}, {one.talk.short_date_text}: {one.confirmed}{seats} angemeldet, "
        f"{one.waiting} auf der Warteliste"
    )


def dates_below(figures: "Sequence[TalkFigures]", slot: int) -> list[Mark]:
    """Return the months of the talks, as many as have room beside each other."""
    marks: list[Mark] = []
    for number, one in enumerate(figures):
        place = LEFT + number * slot
        text = date_format(one.talk.local_starts_at, "M Y")
        is_new = not marks or (place - marks[-1].place >= DATE_WIDTH and text != marks[-1].text)
        if is_new:
            marks.append(Mark(place, text, "start"))
    return marks


def months_of(year: int, figures: "Sequence[TalkFigures]") -> list[Month]:
    """Return the twelve months of `year`."""
    by_month: defaultdict[tuple[int, int], list[TalkFigures]] = defaultdict(list)
    for one in figures:
        starts_at = one.talk.local_starts_at
        by_month[starts_at.year, starts_at.month].append(one)
    return [
        Month(
            first=date(year, number, 1),
            talks=len(by_month[year, number]),
            signed_up=sum(one.signed_up for one in by_month[year, number]),
            confirmed=sum(one.confirmed for one in by_month[year, number]),
            before=sum(one.signed_up for one in by_month[year - 1, number]),
        )
        for number in range(1, 13)
    ]


def year_shown(figures: "Sequence[TalkFigures]") -> int:
    """Return this year, or if it has no talk the last one that has."""
    this_year = timezone.localdate().year
    years = {one.talk.local_starts_at.year for one in figures}
    return this_year if this_year in years else max(years, default=this_year)


def picture_of_months(months: list[Month]) -> BarChart:
    """Return two bars for each month: the sign-ups of the year before, and of the year."""
    slot = SPACE // len(months)
    half = (slot - 2 * GAP) // 2
    scale = Scale.up_to(max(max(month.signed_up, month.before) for month in months))
    columns, below = [], []
    for number, month in enumerate(months):
        place = LEFT + number * slot
        bars = [
            scale.bar("before", (place + GAP, half), month.before),
            scale.bar("people", (place + GAP + half, half), month.signed_up),
        ]
        title = f"{month.name}: {month.signed_up} Anmeldungen, im Jahr davor {month.before}"
        columns.append(Stack(title, [bar for bar in bars if bar.height]))
        below.append(Mark(place + slot // 2, date_format(month.first, "b").capitalize(), "middle"))
    return BarChart(LEFT + SPACE + RIGHT, columns, scale.marks, below)
