"""A curve in numbers that a template draws as SVG."""

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
    """What the template needs; all places are whole numbers, which German does not change."""

    line: str
    area: str
    values: list[Mark]
    days: list[Mark]

    width, height, left, right, bottom = WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM
    value_place, day_place = LEFT - 8, BOTTOM + 22


def steps(points: list[tuple[date, int]], begins: date, known: date, ends: date) -> Chart:
    """Return the curve through `points` that stays level between them, up to the day `known`."""
    step = fitting_step(max(value for _, value in points))
    top = step * max(1, -(-max(value for _, value in points) // step))

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
        days=[Mark(across(day), day_text(day), anchor) for day, anchor in some(begins, ends)],
    )


def fitting_step(highest: int) -> int:
    """Return 1, 2, 5, 10, 20, …: the smallest with which few lines reach the highest value."""
    step, factors = 1, [1, 2, 5]
    while True:
        for factor in factors:
            if highest <= MOST_LINES * step * factor:
                return step * factor
        step *= 10


def some(begins: date, ends: date) -> list[tuple[date, str]]:
    """Return the first day, the last day and up to two between them, with their anchors."""
    length = (ends - begins).days
    parts = min(3, length)
    anchors = ["start", *["middle"] * (parts - 1), "end"]
    return [
        (begins + timedelta(days=round(length * part / parts)), anchor)
        for part, anchor in enumerate(anchors)
    ]


def day_text(day: date) -> str:
    return date_format(day, "j.n.Y")
