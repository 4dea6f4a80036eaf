"""Dates and times as a German reader expects them, in Europe/Berlin."""

from datetime import UTC, date, datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import date_format
from django.utils.timezone import localtime

NBSP = "\u00a0"

IMPLAUSIBLE = "Bitte geben Sie ein Datum zwischen 2000 und 2100 ein."
# Far from the present, databases and calendar programs do not agree on what a date is.
PLAUSIBLE = [
    MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC), IMPLAUSIBLE),
    MaxValueValidator(datetime(2100, 1, 1, tzinfo=UTC), IMPLAUSIBLE),
]


def date_text(moment: datetime) -> str:
    """Return `Mittwoch, 29. Oktober 2025`; day and month stay on one line."""
    return date_format(localtime(moment), f"l, j.{NBSP}F Y")


def short_date_text(moment: datetime) -> str:
    """Return `29. Oktober 2025`."""
    return date_format(localtime(moment), f"j.{NBSP}F Y")


def day_month_text(moment: datetime) -> str:
    """Return `29. Oktober`, for what is read in the weeks around it."""
    return date_format(localtime(moment), f"j.{NBSP}F")


def time_text(start: datetime, end: datetime) -> str:
    """Return `10–11 Uhr`, or `10:00–11:30 Uhr` as soon as one of the two is not a full hour."""
    start, end = localtime(start), localtime(end)
    pattern = "G:i" if start.minute or end.minute else "G"
    return f"{date_format(start, pattern)}–{date_format(end, pattern)}{NBSP}Uhr"


def moment_text(moment: datetime) -> str:
    """Return `29. Oktober 2025, 10:00 Uhr`."""
    return f"{short_date_text(moment)}, {date_format(localtime(moment), 'G:i')}{NBSP}Uhr"


def same_weekday_next_month(day: date) -> date:
    """Return the same weekday of the next month: the second Tuesday stays the second Tuesday.

    The fifth one becomes the last one of a month that has only four.
    """
    first = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    to_weekday = (day.weekday() - first.weekday()) % 7
    result = first + timedelta(days=to_weekday, weeks=(day.day - 1) // 7)
    return result if result.month == first.month else result - timedelta(weeks=1)


def in_days_text(days: int) -> str:
    """Return `heute`, `morgen`, `in 3 Tagen`."""
    if days == 0:
        return "heute"
    return "morgen" if days == 1 else f"in {days}{NBSP}Tagen"
