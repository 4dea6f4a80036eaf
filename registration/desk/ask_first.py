"""The page between an action of a list and what it does: how many, who, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from registration.desk.admin_page import admin_page
from registration.models import Registration

# A form has at most 1,000 fields; more people are not worked on at once by hand.
MOST = 500
SURE = "ja"


@dataclass(frozen=True)
class Step:
    """An action that cannot be taken back, in the words of the page that asks."""

    action: str
    title: str
    consequence: str
    button: str


def ask_first(request: HttpRequest, step: Step, rows: Sequence[Model]) -> HttpResponse | None:
    """Return the page that asks; None once the organiser has pressed its button.

    The page names the very rows that it will be done with: what is added to the list meanwhile is
    not among them.
    """
    if request.POST.get(SURE) == step.action:
        return None
    context = {"title": step.title, "step": step, "rows": rows, "sure": SURE}
    model = type(rows[0])
    return admin_page(request, model, "registration/ask_first.html", context)


def too_many(request: HttpRequest, rows: Sequence[Model]) -> bool:
    """Tell whether more rows were chosen than the page can name, and say so."""
    if len(rows) <= MOST:
        return False
    text = f"Bitte wählen Sie höchstens {MOST} auf einmal. Es ist nichts geschehen."
    messages.error(request, text)
    return True


def of_several_talks(request: HttpRequest, rows: Sequence[Registration]) -> bool:
    """Tell whether people of several talks were chosen, which is never meant, and say so."""
    if len({row.talk_id for row in rows}) <= 1:
        return False
    text = (
        "Die Auswahl reicht über mehrere Talks. Bitte öffnen Sie zuerst die Anmeldungen eines "
        "Talks. Es ist nichts geschehen."
    )
    messages.error(request, text)
    return True
