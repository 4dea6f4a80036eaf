"""What people said of one talk: how many chose what, and texts that nobody can put together.

The page knows only answers that are shown, and those come five at a time
(models/after_the_talk/feedback.py).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_POST

from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.models import Feedback
from registration.models.after_the_talk.feedback import QUESTIONS

VIEW_OR_CHANGE = ("events.view_talk", "events.change_talk")
PAGE = "admin:talk_feedback"
FOLLOWED = [(True, "Ja"), (False, "Nein")]
TEXTS = ("takes_along", "follow_text")


@dataclass(frozen=True)
class Share:
    """How many chose one answer, of all."""

    label: str
    number: int
    percent: int


@dataclass(frozen=True)
class Answered:
    """One question with its answers."""

    text: str
    bars: list[Share]


@dataclass(frozen=True)
class Text:
    """What somebody wrote. Its key tells not which other text is by the same person."""

    key: str
    text: str


def questions(rows: list[Feedback]) -> list[Answered]:
    """Return how many chose what, for each question with a few answers."""
    return [
        Answered(QUESTIONS["worth"], _bars(Feedback.Worth.choices, [row.worth for row in rows])),
        Answered(QUESTIONS["use"], _bars(Feedback.Use.choices, [row.use for row in rows])),
        Answered(QUESTIONS["could_follow"], _bars(FOLLOWED, [row.could_follow for row in rows])),
    ]


def _bars(choices: Iterable[tuple[object, str]], given: list[object]) -> list[Share]:
    numbers = Counter(given)
    return [
        Share(label, numbers[value], round(100 * numbers[value] / max(1, len(given))))
        for value, label in choices
    ]


def texts(rows: list[Feedback], column: str) -> list[Text]:
    """Return the texts of one question, in an order that is the same tomorrow and says nothing."""
    found = [Text(_key(row, column), getattr(row, column)) for row in rows]
    return sorted((text for text in found if text.text), key=lambda text: text.key)


def _key(row: Feedback, column: str) -> str:
    value = f"{column} {row.pk}"
    return salted_hmac("registration.feedback", value, algorithm="sha256").hexdigest()


def talk_feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the answers to one talk, on a page that can be printed."""
    require_permission(request, *VIEW_OR_CHANGE)
    talk = get_object_or_404(Talk.objects.select_related("municipality"), pk=pk)
    rows = list(Feedback.objects.shown().filter(talk=talk))
    context = {
        "title": "Rückmeldungen",
        "talk": talk,
        "number": len(rows),
        "questions": questions(rows) if rows else [],
        "texts": [(QUESTIONS[column], texts(rows, column)) for column in TEXTS],
        "may_remove": request.user.has_perm("events.change_talk"),
    }
    return admin_page(request, Talk, "events/talk/feedback.html", context)


@require_POST
def remove_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then empty a text that names somebody; what was chosen beside it still counts."""
    require_permission(request, "events.change_talk")
    talk = get_object_or_404(Talk.objects.headlines(), pk=pk)
    found = _find(talk, request.POST.get("key", ""))
    if found is None:
        messages.info(request, "Dieser Text ist nicht mehr da.")
        return redirect(PAGE, pk)
    row, column = found
    if "ja" in request.POST:
        row.remove_text(column)
        messages.success(request, "Der Text ist entfernt.")
        return redirect(PAGE, pk)
    text = Text(_key(row, column), getattr(row, column))
    context = {"title": "Text entfernen?", "talk": talk, "text": text}
    return admin_page(request, Talk, "events/talk/feedback_remove.html", context)


def _find(talk: Talk, key: str) -> tuple[Feedback, str] | None:
    """Return the answer and the column of the text with this key; None if it is gone."""
    for row in Feedback.objects.shown().filter(talk=talk):
        for column in TEXTS:
            if getattr(row, column) and _key(row, column) == key:
                return row, column
    return None


URLS: list[DeskUrl] = [
    ("<int:pk>/rueckmeldungen/", talk_feedback, "talk_feedback"),
    ("<int:pk>/rueckmeldungen/entfernen/", remove_text, "remove_feedback_text"),
]
