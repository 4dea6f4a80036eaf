"""The page where organisers enter what the report to the funder cannot count: goals and words."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from events.models import FunderReport, OwnGoal, Talk
from registration.desk.admin_page import admin_page, posted, require_permission

CHANGE = "events.change_talk"
COUNTED = [
    "talks",
    "signed_up",
    "attended",
    "towns",
    "small_towns",
    "laender",
    "worthwhile",
]
WORDS = ["grant", "summary", "outlook"]


class GoalsForm(forms.ModelForm):
    """The goals of one year that can be counted, and the words of its report."""

    class Meta:
        model = FunderReport
        fields = [*COUNTED, *WORDS]
        widgets = {name: forms.Textarea({"rows": 4}) for name in ("summary", "outlook")}

    @property
    def counted(self) -> list[forms.BoundField]:
        return [self[name] for name in COUNTED]

    @property
    def words(self) -> list[forms.BoundField]:
        return [self[name] for name in WORDS]


OwnGoals = forms.inlineformset_factory(
    FunderReport,
    OwnGoal,
    fields=["goal", "reached"],
    extra=3,
    max_num=30,
    absolute_max=60,
    error_messages={"goal": {"required": "Bitte nennen Sie auch das Ziel."}},
)


def goals(request: HttpRequest, year: int) -> HttpResponse:
    """Show the form of the year; save it, and lead back to the report."""
    require_permission(request, CHANGE)
    is_sent = request.method == "POST"
    with transaction.atomic():
        entered = FunderReport.of(year)
        if is_sent:  # of two organisers at once both find the row
            entered, _ = FunderReport.objects.get_or_create(year=year)
        form = GoalsForm(posted(request), instance=entered)
        rows = OwnGoals(posted(request), instance=entered, prefix="ziele")
        is_valid = form.is_valid() and rows.is_valid()
        if is_valid:
            form.save()
            rows.save()
        # What is refused leaves no row of the year behind.
        transaction.set_rollback(is_sent and not is_valid)
    if is_valid:
        messages.success(request, f"Gespeichert. So steht es jetzt im Bericht {year}.")
        return redirect("admin:funder_report", year)
    context = {"title": f"Ziele für {year}", "year": year, "form": form, "rows": rows}
    return admin_page(
        request, Talk, "events/talk/funder/goals.html", context, 422 if is_sent else 200
    )
