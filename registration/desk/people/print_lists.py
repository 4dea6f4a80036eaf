"""Sheets to print: who is registered, by surname, and what they want to know. No addresses."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from registration.desk.admin_page import DeskUrl, require_permission
from registration.desk.figures.statistics import figures_of
from registration.desk.people.participants import VIEW_OR_CHANGE, get_talk, page_about_talk
from registration.desk.people.surnames import Name, by_surname
from registration.models import Registration


@dataclass(frozen=True)
class Line:
    """A line of the list: a registration, with the name in its parts."""

    row: Registration
    name: Name

    @property
    def tick(self) -> str:
        """What stands where somebody may tick who was there; room for it where it is not known."""
        known = self.row.known_presence
        if known == Registration.Presence.ATTENDED:
            return "ja"
        return "alte Zählung" if known == Registration.Presence.COUNTED_BEFORE else ""


def lines(rows: list[Registration]) -> list[Line]:
    return [Line(row, Name.of(row.name or "anonym")) for row in rows]


def print_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who has a seat, by surname, then who waits, in the order of the queue."""
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_talk(pk)
    people = Registration.objects.in_talk(talk).select_related("municipality", "talk")
    seated = sorted(people.confirmed(), key=lambda row: by_surname(row.name))
    context: dict[str, Any] = {
        "seated": lines(seated),
        "waiting": lines(list(people.waiting())),
        "title": "Liste der Angemeldeten",
    }
    if talk.has_begun:
        context["figures"] = figures_of(talk)
    return page_about_talk(request, "print_list", talk, context)


def print_questions(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the moderator what people want to know; no names."""
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_talk(pk)
    asked = Registration.objects.in_talk(talk).booked().exclude(question=None)
    rows = asked.exclude(question="").order_by("created_at", "pk")
    context = {"rows": rows, "title": "Fragen vorab"}
    return page_about_talk(request, "print_questions", talk, context)


URLS: list[DeskUrl] = [
    ("talk/<int:pk>/liste/", print_list, "print_participants"),
    ("talk/<int:pk>/fragen/", print_questions, "print_questions"),
]
