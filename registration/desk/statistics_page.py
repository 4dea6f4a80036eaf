"""The organisers' pages with numbers: the series by year, and how the sign-ups of a talk grew."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone

from events.models import Talk
from registration.desk import charts
from registration.desk.spreadsheets import Column, Sheet, xlsx_file
from registration.desk.statistics import days, shown_days, talk_figures, year_figures
from registration.models import Registration


class ShowsFigures(admin.ModelAdmin):
    """Adds the numbers to the admin of the talks; they name nobody, so whoever sees talks may."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("statistik/", view(self.statistics), name="statistics"),
            path("statistik.xlsx", view(self.statistics_xlsx), name="statistics_xlsx"),
            path("<int:pk>/anmeldeverlauf/", view(self.sign_ups), name="sign_ups"),
            *super().get_urls(),
        ]

    def statistics(self, request):
        self._refuse_strangers(request)
        ahead = Talk.objects.published().taking_place().upcoming().headlines()
        context = {
            "title": "Statistik",
            "years": year_figures(held_talks(), Registration.objects),
            "ahead": talk_figures(ahead, Registration.objects),
        }
        return self._page(request, "statistics", context)

    def statistics_xlsx(self, request):
        """Answer with the tables for the funder."""
        self._refuse_strangers(request)
        sheets = funder_sheets(year_figures(held_talks(), Registration.objects))
        file = xlsx_file(sheets, "Kleinstadt Web-Talks: Statistik")
        name = f"statistik-{timezone.localdate()}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)

    def sign_ups(self, request, pk):
        self._refuse_strangers(request)
        talk = get_object_or_404(Talk.objects.headlines(), pk=pk)
        happened = days(Registration.objects.in_talk(talk))
        context = {"title": "Anmeldeverlauf", "talk": talk, "days": happened}
        if happened:
            points = [(day.day, day.standing) for day in happened]
            context["chart"] = charts.steps(points, *shown_days(talk, happened))
        return self._page(request, "sign_ups", context)

    def _refuse_strangers(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request, template, context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, f"admin/events/talk/{template}.html", context)


def held_talks():
    return Talk.objects.archived().headlines()


def funder_sheets(years) -> list[Sheet]:
    """Return the tables: by year, by talk, and which Länder, sizes and towns were reached."""
    year, number = Column("Jahr", 8), Column("Orte", 10)
    land = Column("Land", 26)
    talks = [(y.year, talk) for y in years for talk in y.talks]
    towns = [(y.year, town) for y in years for town in y.towns]
    rates = [Column("Dabei", 10), Column("Anteil dabei", 14, "0 %")]
    counts = [Column("Anmeldungen", 14), Column("Plätze", 10), *rates]
    return [
        Sheet(
            "Jahre",
            [year, Column("Talks", 8), *counts, number, Column("Länder", 10)],
            [[y.year, len(y.talks), *year_cells(y), len(y.towns), len(y.laender)] for y in years],
        ),
        Sheet(
            "Talks",
            [year, Column("Termin", 16), Column("Talk", 60), *counts],
            [[y, t.talk.starts_at, t.talk.title, *talk_cells(t)] for y, t in talks],
        ),
        Sheet(
            "Länder",
            [year, land, number],
            [[y.year, *r] for y in years for r in y.laender.items()],
        ),
        Sheet(
            "Größen",
            [year, Column("Größe des Ortes", 34), number],
            [[y.year, *row] for y in years for row in y.sizes.items()],
        ),
        Sheet(
            "Orte",
            [year, Column("Ort", 30), land, Column("Größe", 34), Column("Plätze", 10)],
            [[y, t.name, t.land, t.size, t.people_shown] for y, t in towns],
        ),
    ]


def year_cells(year) -> list:
    return [year.signed_up, year.confirmed, *attendance_cells(year.attendance)]


def talk_cells(figures) -> list:
    return [figures.signed_up, figures.confirmed, *attendance_cells(figures.attendance)]


def attendance_cells(attendance) -> list:
    """Leave empty what nobody noted: 0 would be wrong."""
    return [attendance.joined or None, attendance.rate]
