"""How long somebody was there: stays clipped to the talk, joined, counted in whole minutes.

All times are seconds since the talk's beginning. Minutes are never rounded up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

Span = tuple[int, int]


@dataclass(frozen=True)
class Stay:
    """One line of a report: from when to when, and how much of it.

    `seconds` is the report's own number where it tells one: a summary from the first coming to the
    last leaving has gaps in it. A span of None is a duration without times.
    """

    span: Span | None
    seconds: int


@dataclass(frozen=True)
class TimePresent:
    """What is known of one line: the spans within the talk, and how many seconds count."""

    spans: list[Span] = field(default_factory=list)
    seconds: int = 0

    @property
    def minutes(self) -> int:
        return self.seconds // 60

    @property
    def spans_text(self) -> str:
        """The spans as they are stored: `0-1800 1860-3600`."""
        return " ".join(f"{begin}-{end}" for begin, end in self.spans)


def spans_in(text: str) -> list[Span]:
    """Return the spans that `spans_text` has written."""
    pairs = (pair.partition("-") for pair in text.split())
    return [(int(begin), int(end)) for begin, _, end in pairs]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as spans that neither meet nor overlap, in order."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def total(spans: Iterable[Span]) -> int:
    return sum(end - begin for begin, end in spans)


def within(stays: Iterable[Stay], length: int) -> TimePresent:
    """Return what of the stays lies in a talk of `length` seconds; overlaps count once."""
    spans: list[Span] = []
    most = loose = 0
    for stay in stays:
        if stay.span is None:
            loose += stay.seconds
            continue
        begin, end = max(stay.span[0], 0), min(stay.span[1], length)
        if begin < end:
            spans.append((begin, end))
            most += min(end - begin, stay.seconds)
    spans = joined(spans)
    return TimePresent(spans, min(min(total(spans), most) + loose, length))


def together(parts: Iterable[TimePresent], length: int) -> TimePresent:
    """Return what several lines of one person say: a telephone beside the screen counts once."""
    parts = list(parts)
    spans = joined(span for part in parts for span in part.spans)
    loose = sum(max(part.seconds - total(part.spans), 0) for part in parts)
    seconds = min(sum(part.seconds for part in parts), total(spans) + loose, length)
    return TimePresent(spans, seconds)
