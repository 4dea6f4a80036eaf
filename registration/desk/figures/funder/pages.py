"""The report to the funder: as a page, as a PDF and as a spreadsheet, all of the same numbers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from events.models import FunderReport, Series, Talk
from events.models.funder_report import FIRST_YEAR, LAST_YEAR
from events.pages import germany_map
from events.pages.germany_map import Box, Point, TownOnMap
from registration import pdf
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.desk.figures.funder.goals import CHANGE, goals
from registration.desk.figures.funder.numbers import ReportNumbers, report_numbers
from registration.desk.figures.funder.sheets import sheets
from registration.desk.figures.reached_towns import ReachedTown
from registration.desk.figures.spreadsheets import xlsx_file

VIEW_OR_CHANGE = ("events.view_talk", CHANGE)
# With more towns the map shows no names: they would hide each other.
MOST_LABELLED = 60
# What the PDF has beside the stylesheets of every PDF.
STYLES = ("css/desk/funder_paper.css", "css/desk/funder_steps.css")

View = Callable[[HttpRequest, int], HttpResponseBase]


def of_a_year(view: View) -> View:
    """Answer 404 for a year of which there can be no report."""

    @wraps(view)
    def checked(request: HttpRequest, year: int) -> HttpResponseBase:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Http404
        return view(request, year)

    return checked


def newest_report(request: HttpRequest) -> HttpResponse:
    """Lead to the last year in which a talk took place."""
    require_permission(request, *VIEW_OR_CHANGE)
    newest = Talk.objects.archived().headlines().first()
    year = newest.local_starts_at.year if newest else timezone.localdate().year
    return redirect("admin:funder_report", year)


@of_a_year
def report(request: HttpRequest, year: int) -> HttpResponse:
    """Show the report, what is missing in it, and what to do with it."""
    require_permission(request, *VIEW_OR_CHANGE)
    context = report_context(report_numbers(year)) | {
        "title": f"Bericht an den Förderer {year}",
        "years": years_to_choose(year),
        "may_change": request.user.has_perm(CHANGE),
        "has_pdf": pdf.is_available(),
    }
    return admin_page(request, Talk, "events/talk/funder/page.html", context)


@of_a_year
def report_pdf(request: HttpRequest, year: int) -> HttpResponse:
    """Answer with the report as a PDF; where there can be none, the page says so. Raises Busy."""
    require_permission(request, *VIEW_OR_CHANGE)
    context = report_context(report_numbers(year)) | {"series": Series.load()}
    try:
        content = pdf.write_pdf("admin/events/talk/funder/paper.html", context, *STYLES)
    except pdf.Unavailable:
        text = "Auf diesem Server entstehen keine PDFs. Bitte drucken Sie diese Seite."
    except pdf.Unprintable as error:
        text = (
            "Das PDF hat keine Schrift für diese Zeichen: "
            f"{error.characters} Bitte drucken Sie diese Seite."
        )
    else:
        return pdf.as_download(content, f"foerderbericht-{year}.pdf")
    messages.warning(request, text)
    return redirect("admin:funder_report", year)


@of_a_year
def report_xlsx(request: HttpRequest, year: int) -> FileResponse:
    """Answer with the tables of the report."""
    require_permission(request, *VIEW_OR_CHANGE)
    file = xlsx_file(sheets(report_numbers(year)), f"Kleinstadt Web-Talks: Bericht {year}")
    return FileResponse(file, as_attachment=True, filename=f"foerderbericht-{year}.xlsx")


def report_context(numbers: ReportNumbers) -> dict[str, Any]:
    """Return what page and PDF show alike."""
    return {
        "numbers": numbers,
        "marks": marks(numbers.reached.named),
        "outlines": list(germany_map.paths().values()),
        "today": timezone.localdate(),
        "presence_percent": settings.PRESENCE_PERCENT,
    }


def marks(towns: list[ReachedTown]) -> list[TownOnMap]:
    """Return the towns as the map shows them, with the names that have room."""
    found = [TownOnMap(one.town, []) for one in towns]
    found = [mark for mark in found if mark.is_on_map]
    if len(found) <= MOST_LABELLED:
        germany_map.label(found)
    for mark in found:
        if any(lies_in(other.position, mark.box) for other in found if other is not mark):
            mark.label = ""
    return found


def lies_in(point: Point, box: Box) -> bool:
    left, top, right, bottom = box
    return left <= point[0] <= right and top <= point[1] <= bottom


def years_to_choose(year: int) -> list[int]:
    """Return the years of which there is something, this one and the next; the newest first."""
    this_year = timezone.localdate().year
    held = {row[2] for row in Talk.objects.archived().choices_by_town_and_year()}
    entered = set(FunderReport.objects.values_list("year", flat=True))
    return sorted(held | entered | {year, this_year, this_year + 1}, reverse=True)


URLS: list[DeskUrl] = [
    ("statistik/bericht/", newest_report, "newest_funder_report"),
    ("statistik/bericht/<int:year>/", report, "funder_report"),
    ("statistik/bericht/<int:year>/ziele/", of_a_year(goals), "funder_goals"),
    ("statistik/bericht/<int:year>.pdf", report_pdf, "funder_report_pdf"),
    ("statistik/bericht/<int:year>.xlsx", report_xlsx, "funder_report_xlsx"),
]
