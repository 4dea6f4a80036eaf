"""The first page of the admin: what to do now, the talks, and what was done lately."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from registration.desk.first_page import kinds, talk_table
from registration.desk.first_page.desk import Desk
from registration.desk.first_page.lately import lately


def index(request: HttpRequest) -> HttpResponse:
    """Show Django's index with the desk above it, of which everybody sees what they may see."""
    desk = Desk(request.user)
    context: dict[str, Any] = {"to_do": kinds.to_do(desk), "lately": lately(request)}
    if desk.may("events.view_talk"):
        context |= {
            "ahead": talk_table.talks_ahead(desk),
            "over": talk_table.talks_over(desk),
        }
    if desk.may("registration.view_outgoingmail"):
        context["running"] = desk.running
    return admin.site.index(request, {"desk": context})
