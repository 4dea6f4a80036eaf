"""What the series has reached, in numbers: its pages, and the tables for the funder.

The database counts, anonymous rows too. Counts are of registrations, not of persons: who is
anonymous cannot be told from another. The numbers name nobody, so whoever sees talks may see them.

One word, one meaning: „Anmeldungen“ are all that were ever made, „Angemeldet“ is who has a seat,
„Plätze“ are the seats of a talk. „Personen“ are people, each once, and cannot be counted here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from events.dates import NBSP
from events.models import Municipality, Talk
from events.models.talk_queries import TalkQuerySet
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.desk.figures import charts, funder_file, series_picture
from registration.desk.figures.reached_towns import ReachedTown, ReachedTowns
from registration.desk.figures.spreadsheets import xlsx_file
from registration.models import Registration
from registration.models.queries import RegistrationQuerySet

# If a year has more towns than this, they are listed in the funder's file alone.
MOST_LISTED = 300
# What is read of each talk.
SHOWN = (
    *("title", "slug", "status", "starts_at", "ends_at", "capacity"),
    *("presence_read_at", "guests"),
)
# Where nobody has noted who came.
NOT_KNOWN = "nicht erfasst"
VIEW_OR_CHANGE = ("events.view_talk", "events.change_talk")


@dataclass(frozen=True)
class AttendanceFigures:
    """What is known of who came; the kinds of knowledge are told apart, never added up."""

    # Who stayed long enough by a report, and whom an organiser marked beside them; whether any of
    # this is known: else nobody noted who came, which is not 0.
    stayed: int = 0
    marked: int = 0
    is_known: bool = False
    # In the talks whose report was read: who had a seat, and who of them attended. Where there are
    # marks alone, it is not known of the others.
    confirmed: int = 0
    attended_of_them: int = 0
    # In all talks: who counts the old way alone, who has used the way in, and who came
    # unregistered (None: no report was read).
    counted_before: int = 0
    joined: int = 0
    guests: int | None = None

    @property
    def attended(self) -> int | None:
        """How many are known to have been there; None where nobody knows."""
        return self.stayed + self.marked if self.is_known else None

    @property
    def rate(self) -> float | None:
        return self.attended_of_them / self.confirmed if self.confirmed else None

    @property
    def rate_text(self) -> str:
        return NOT_KNOWN if self.rate is None else percent(self.rate)

    @property
    def parts_text(self) -> str:
        """Say from where it is known; "" if only reports tell."""
        if not self.marked:
            return ""
        by_report = f"{self.stayed} nach Bericht, " if self.stayed else ""
        return f"{by_report}{self.marked} vermerkt"


@dataclass(frozen=True)
class TalkFigures:
    """One talk in numbers."""

    talk: Talk
    signed_up: int = 0
    confirmed: int = 0
    waiting: int = 0
    stayed: int = 0
    marked: int = 0
    counted_before: int = 0
    joined: int = 0

    @property
    def seats_text(self) -> str:
        return str(self.talk.capacity or "unbegrenzt")

    @property
    def attendance(self) -> AttendanceFigures:
        attended = self.stayed + self.marked
        was_read = self.talk.presence_read_at is not None
        return AttendanceFigures(
            stayed=self.stayed,
            marked=self.marked,
            is_known=was_read or attended > 0,
            confirmed=self.confirmed if was_read else 0,
            attended_of_them=attended if was_read else 0,
            counted_before=self.counted_before,
            joined=self.joined,
            guests=self.talk.guests,
        )


@dataclass(frozen=True)
class YearFigures:
    """The talks of one year that took place, and the towns that they reached."""

    year: int
    talks: list[TalkFigures]
    reached: ReachedTowns

    @property
    def signed_up(self) -> int:
        return sum(figures.signed_up for figures in self.talks)

    @property
    def confirmed(self) -> int:
        return sum(figures.confirmed for figures in self.talks)

    @property
    def attendance(self) -> AttendanceFigures:
        """The sums; the rate is that of the talks whose report was read."""
        each = [figures.attendance for figures in self.talks]
        guests = [one.guests for one in each if one.guests is not None]
        return AttendanceFigures(
            stayed=sum(one.stayed for one in each),
            marked=sum(one.marked for one in each),
            is_known=any(one.is_known for one in each),
            confirmed=sum(one.confirmed for one in each),
            attended_of_them=sum(one.attended_of_them for one in each),
            counted_before=sum(one.counted_before for one in each),
            joined=sum(one.joined for one in each),
            guests=sum(guests) if guests else None,
        )

    @property
    def known_talks(self) -> int:
        """The number of talks of which it is known who was there."""
        return sum(figures.attendance.is_known for figures in self.talks)

    @property
    def listed_towns(self) -> list[ReachedTown]:
        """The towns that may be named, or none if they are too many for a page."""
        towns = self.reached.named
        return towns if len(towns) <= MOST_LISTED else []


@dataclass(frozen=True)
class Day:
    """What happened on one day, and how many stood on the list at its end."""

    day: date
    new: int
    left: int
    standing: int


def percent(share: float) -> str:
    return f"{share:.0%}".replace("%", f"{NBSP}%")


def talk_figures(talks: TalkQuerySet) -> list[TalkFigures]:
    """Return the numbers of each of `talks`; two queries."""
    counted = Registration.objects.in_talks(talks).counts_by_talk()
    counts = {pk: numbers for pk, *numbers in counted}
    return [TalkFigures(talk, *counts.get(talk.pk, ())) for talk in talks]


def figures_of(talk: Talk) -> TalkFigures:
    """Return the numbers of one talk; one query."""
    for _, *numbers in Registration.objects.filter(talk=talk).counts_by_talk():
        return TalkFigures(talk, *numbers)
    return TalkFigures(talk)


def year_figures(figures: list[TalkFigures]) -> list[YearFigures]:
    """Return the years of these talks, the newest first; two queries."""
    by_year: dict[int, list[TalkFigures]] = {}
    for one in figures:
        by_year.setdefault(one.talk.local_starts_at.year, []).append(one)
    people = people_by_year_and_town(by_year)
    towns = {key for reached in people.values() for key in reached if key is not None}
    register = Municipality.objects.only("name", "land", "population").in_bulk(towns)
    return [
        YearFigures(year, by_year[year], ReachedTowns.of(people[year], register))
        for year in sorted(by_year, reverse=True)
    ]


def people_by_year_and_town(
    by_year: dict[int, list[TalkFigures]],
) -> dict[int, Counter[int | None]]:
    """Return how many had a seat in the talks of each year, by the key of their town.

    By the key, not by its name: three towns are called Herzberg. The years are told apart here, as
    a database would work each row's out anew.
    """
    year_of = {one.talk.pk: year for year, talks in by_year.items() for one in talks}
    people: dict[int, Counter[int | None]] = {year: Counter() for year in by_year}
    rows = Registration.objects.filter(talk__in=year_of)
    for talk, town, number in rows.counts_by_talk_and_town():
        people[year_of[talk]][town] += number
    return people


def days(registrations: RegistrationQuerySet) -> list[Day]:
    """Return the days on which something happened, the first one first; two queries."""
    new = dict(registrations.sign_ups_by_day())
    left = dict(registrations.cancellations_by_day())
    result, standing = [], 0
    for day in sorted({*new, *left}):
        standing += new.get(day, 0) - left.get(day, 0)
        result.append(Day(day, new.get(day, 0), left.get(day, 0), standing))
    return result


def curve(talk: Talk, happened: list[Day]) -> charts.Chart:
    """Return the curve of the people on the list, drawn up to today or the talk's day."""
    begins = happened[0].day
    takes_place = talk.local_starts_at.date()
    known = max(happened[-1].day, min(timezone.localdate(), takes_place))
    ends = max(known, takes_place, begins + timedelta(days=1))
    points = [(day.day, day.standing) for day in happened]
    return charts.level_curve(points, begins, known, ends)


def statistics(request: HttpRequest) -> HttpResponse:
    """Show the series as a picture, and the numbers of the talks ahead and of each year."""
    require_permission(request, *VIEW_OR_CHANGE)
    all_talks = Talk.objects.published().taking_place().newest().only(*SHOWN)
    figures = talk_figures(all_talks)
    context: dict[str, Any] = {
        "title": "Statistik",
        "years": year_figures([one for one in figures if one.talk.is_past]),
        "presence_percent": settings.PRESENCE_PERCENT,
        "ahead": [one for one in reversed(figures) if not one.talk.is_past],
    }
    if figures:
        context |= pictures(figures[::-1])
    if request.user.has_perm("registration.change_registration"):
        context["lacking_town"] = Registration.objects.lacking_town().count()
    return admin_page(request, Talk, "events/talk/statistics.html", context)


def pictures(talks: list[TalkFigures]) -> dict[str, Any]:
    """Return the picture of all talks, and that of a year with the numbers of its months."""
    year = series_picture.year_shown(talks)
    months = series_picture.months_of(year, talks)
    return {
        "of_talks": series_picture.picture_of_talks(talks),
        "of_months": series_picture.picture_of_months(months),
        "months": months,
        "year": year,
    }


def statistics_xlsx(request: HttpRequest) -> FileResponse:
    """Answer with the tables for the funder."""
    require_permission(request, *VIEW_OR_CHANGE)
    held = talk_figures(Talk.objects.archived().only(*SHOWN))
    sheets = funder_file.sheets(year_figures(held))
    file = xlsx_file(sheets, "Kleinstadt Web-Talks: Statistik")
    name = f"statistik-{timezone.localdate()}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def sign_ups(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how the sign-ups of one talk grew, as a curve and as a table."""
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_object_or_404(Talk.objects.only(*SHOWN), pk=pk)
    happened = days(Registration.objects.filter(talk=talk))
    context: dict[str, Any] = {"title": "Anmeldeverlauf", "talk": talk, "days": happened}
    if happened:
        context["chart"] = curve(talk, happened)
        if talk.has_begun:
            context["figures"] = figures_of(talk)
    return admin_page(request, Talk, "events/talk/sign_ups.html", context)


URLS: list[DeskUrl] = [
    ("statistik/", statistics, "statistics"),
    ("statistik.xlsx", statistics_xlsx, "statistics_xlsx"),
    ("<int:pk>/anmeldeverlauf/", sign_ups, "sign_ups"),
]
