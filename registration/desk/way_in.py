"""The page "Zugangslink eintragen": the one field of a talk that the role Teilnehmende may change.

On the morning of the talk it is they who have the link; the rest of the form is none of theirs.
"""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, posted, require_permission
from registration.privacy.history import organiser

COLUMN = Talk._meta.get_field("meeting_url")


class WayInForm(forms.Form):
    """The column alone: what else a talk may not be by now, is nothing to whoever has the link."""

    meeting_url = COLUMN.formfield(validators=COLUMN.validators)


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def enter_way_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the way in, and save another one."""
    require_permission(request, "events.enter_way_in_talk", "events.change_talk")
    talk = get_object_or_404(Talk, pk=pk)
    if request.method == "POST":
        (talk,) = Talk.objects.lock([pk])
    form = WayInForm(posted(request), initial={"meeting_url": talk.meeting_url})
    if not form.is_valid():
        context = {"form": form, "talk": talk, "title": "Zugangslink eintragen"}
        context["join_opens_minutes"] = settings.JOIN_OPENS_MINUTES
        status = 422 if request.method == "POST" else 200
        return admin_page(request, Talk, "desk/way_in.html", context, status)
    if form.has_changed():
        talk.meeting_url = form.cleaned_data["meeting_url"]
        talk.save(update_fields=["meeting_url", "updated_at"])
        LogEntry.objects.log_actions(
            organiser(request).pk, [talk], CHANGE, "Zugangslink eingetragen."
        )
    messages.success(request, "Gesichert. Der Zugang öffnet von selbst kurz vor dem Beginn.")
    return redirect("admin:events_talk_change", pk)


URLS: list[DeskUrl] = [
    ("events/talk/<int:pk>/zugang/", enter_way_in, "enter_way_in"),
]
