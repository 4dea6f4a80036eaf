"""A curve in numbers that a template draws as SVG."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

# Of the viewBox; the curve leaves room for the figures left of it and the days below it.
WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 704, 16, 224
MOST_LINES = 5


@dataclass(frozen=True)
class Mark:
    """A place on an axis, and what stands there."""

    place: int
    text: str
    anchor: str = "end"


@dataclass(frozen=True)
class Chart:
    """What the template needs; places are whole numbers, as German writes decimals with commas."""

    line: str
    area: str
    values: list[Mark]
    days: list[Mark]

    width = WIDTH
    height = HEIGHT
    left = LEFT
    right = RIGHT
    bottom = BOTTOM
    value_place = LEFT - 8
    day_place = BOTTOM + 22


def level_curve(points: list[tuple[date, int]], begins: date, known: date, ends: date) -> Chart:
    """Return the curve through `points` that stays level between them.

    It ends on the day `known`, the axis goes on to the day `ends`.
    """
    highest = max(value for _, value in points)
    step = fitting_step(highest)
    top = step * max(1, math.ceil(highest / step))

    def across(day: date) -> int:
        return LEFT + round((RIGHT - LEFT) * ((day - begins).days / (ends - begins).days))

    def up(value: int) -> int:
        return BOTTOM - round((BOTTOM - TOP) * value / top)

    line = f"M{across(begins)},{up(0)}"
    line += "".join(f"H{across(day)}V{up(value)}" for day, value in points)
    line += f"H{across(known)}"
    return Chart(
        line=line,
        area=f"{line}V{BOTTOM}H{LEFT}Z",
        values=[Mark(up(value), str(value)) for value in range(0, top + 1, step)],
        days=[
            Mark(across(day), day_text(day), anchor) for day, anchor in marked_days(begins, ends)
        ],
    )


def fitting_step(highest: int) -> int:
    """Return 1, 2, 5, 10, 20, …: the smallest with which few lines reach the highest value."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if highest <= MOST_LINES * step:
                return step
        power *= 10


def marked_days(begins: date, ends: date) -> list[tuple[date, str]]:
    """Return the first day, the last day and up to two between them, with their anchors.

    The anchor says which part of the text stands at the day's place: its start, middle or end.
    """
    length = (ends - begins).days
    parts = min(3, length)
    marked = [(begins, "start")]
    for part in range(1, parts):
        marked.append((begins + timedelta(days=round(length * part / parts)), "middle"))
    return [*marked, (ends, "end")]


def day_text(day: date) -> str:
    return date_format(day, "j.n.Y")
