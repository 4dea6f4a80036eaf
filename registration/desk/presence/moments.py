"""Dates, times and durations as video systems write them, in German and English.

`29.10.2025 10:00:03`, `10/29/25, 10:00:03 AM`, `Okt 29, 2025 10:00`, `2025-10-29T09:00:03Z`; a day
and a month that could be either way round are read so that the day is nearest to the talk's.
Google Meet gives a time alone, which is one of the talk's day.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:uhr)?\s*(am|pm|a\.m\.|p\.m\.|vorm|nachm)?",
    re.IGNORECASE,
)
ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
SHORT_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
NAMED_DATE = re.compile(
    r"(?:(\d{1,2})\.?\s+)?([a-zä]{3})[a-zä]*\.?\s+(?:(\d{1,2}),?\s+)?(\d{4})", re.IGNORECASE
)
MONTHS = {
    **{"jan": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6},
    **{"jul": 7, "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12},
}
OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?\b", re.IGNORECASE)
UTC_WORD = re.compile(r"\b(?:utc|gmt|z)\b", re.IGNORECASE)
# As clocks here are called, with and without summer time.
NAMED_ZONES = {"mez": 1, "cet": 1, "mesz": 2, "cest": 2}
ZONE_LABEL = re.compile(r"time ?zone|zeitzone")
BERLIN = ZoneInfo("Europe/Berlin")
# Programs write the year 1 or 9999 where they know no time.
YEARS = range(2000, 2100)

CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?$")
NUMBER = re.compile(r"\d{1,9}(?:[.,]\d+)?$")
PARTS = re.compile(
    r"(?<!\d)(\d{1,9}(?:[.,]\d+)?)\s*(?:(h(?:rs?|ours?)?|std|stunden?)|(m(?:ins?|inuten?|inutes?)?)"
    r"|(s(?:ecs?|econds?|ek|ekunden?)?))(?![a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clock:
    """Reads the times of one report: `day` is the talk's, `zone` where its times belong."""

    day: date
    zone: tzinfo

    def read(self, text: str) -> datetime | None:
        """Return the moment; None for what is none."""
        found = TIME.search(text)
        if not found:
            return None
        clock_time = self._time(found)
        rest = text[found.end() :]
        day = self._day(f"{text[: found.start()]} {rest}")
        if clock_time is None or day is None:
            return None
        return datetime.combine(day, clock_time, zone_in(rest) or self.zone)

    def _time(self, found: re.Match[str]) -> time | None:
        hour, minute, second = (int(part or 0) for part in found.groups()[:3])
        half = (found[4] or "").lower()
        if half:
            hour = hour % 12 + (12 if half.startswith(("p", "n")) else 0)
        if hour > 23 or minute > 59 or second > 59:
            return None
        return time(hour, minute, second)

    def _day(self, text: str) -> date | None:
        """Return the date in `text`: the talk's if it has none, None if it is impossible."""
        if iso := ISO_DATE.search(text):
            return self._nearest([(int(iso[1]), int(iso[2]), int(iso[3]))])
        if short := SHORT_DATE.search(text):
            first, second, year = int(short[1]), int(short[3]), int(short[4]) % 100 + 2000
            either_way = [(year, second, first)]
            if short[2] != ".":
                either_way.append((year, first, second))
            return self._nearest(either_way)
        if named := NAMED_DATE.search(text):
            month = MONTHS.get(named[2].lower(), 0)
            return self._nearest([(int(named[4]), month, int(named[1] or named[3] or 0))])
        return None if re.search(r"\d", OFFSET.sub("", text)) else self.day

    def _nearest(self, candidates: Iterable[tuple[int, int, int]]) -> date | None:
        days = []
        for year, month, day in candidates:
            if year not in YEARS:
                continue
            try:
                days.append(date(year, month, day))
            except ValueError:
                continue
        return min(days, key=lambda found: abs(found - self.day), default=None)


def zone_in(text: str) -> tzinfo | None:
    """Return the time zone that `text` names: `UTC`, `GMT+02:00`, `MESZ`, `Europe/Berlin`."""
    if offset := OFFSET.search(text):
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        if hours <= 14 and minutes < 60:
            distance = timedelta(hours=hours, minutes=minutes)
            return timezone(-distance if offset[1] == "-" else distance)
    words = text.casefold()
    if "berlin" in words:
        return BERLIN
    for name, hours in NAMED_ZONES.items():
        if re.search(rf"\b{name}\b", words):
            return timezone(timedelta(hours=hours))
    return UTC if UTC_WORD.search(text) else None


def zone_of(heads: Iterable[str], facts: Iterable[tuple[str, str]]) -> tzinfo:
    """Return where a report's times belong: what a heading or a fact names, else Germany."""
    for label, value in facts:
        if ZONE_LABEL.search(label) and (zone := zone_in(value)):
            return BERLIN if "berlin" in value.casefold() else zone
    for head in heads:
        if re.search(r"utc|gmt", head) and (zone := zone_in(head)):
            return zone
    return BERLIN


def seconds_in(text: str, head: str) -> int | None:
    """Return a duration: `59`, `59 Min.`, `1h 2m 3s`, `1 Std. 2 Min.`, `01:02:03`; None if none.

    A number alone is what its heading says, else minutes.
    """
    text = text.strip()
    if NUMBER.match(text):
        number = float(text.replace(",", "."))
        if re.search(r"sec|sek", head):
            return round(number)
        return round(number * (3600 if re.search(r"hours|stunden", head) else 60))
    if clock := CLOCK.match(text):
        first, second = int(clock[1]), int(clock[2])
        if clock[3]:
            return first * 3600 + second * 60 + int(clock[3])
        # Hours and minutes, as far as that can be.
        return first * 3600 + second * 60 if first < 24 else first * 60 + second
    found = PARTS.findall(text)
    if not found:
        return None
    return round(
        sum(
            float(number.replace(",", ".")) * (3600 if hours else 60 if minutes else 1)
            for number, hours, minutes, _ in found
        )
    )
