"""Who was there: the pages that read the report of a video system, and take it over.

Reading notes nothing about anybody. What was read is shown line by line, an organiser decides
where the report leaves a doubt, and only "Übernehmen" writes minutes.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from events.models import Talk
from registration import certificate_keys
from registration.desk.admin_page import DeskUrl, admin_page, posted, require_permission
from registration.desk.list_filters import list_of_people
from registration.desk.people.participants import CHANGE, get_talk
from registration.desk.presence.forms import People, ReportForm
from registration.desk.presence.reading import lines_from
from registration.desk.presence.review import Review, forms_on, forms_sent
from registration.models import Registration, ReportLine
from registration.privacy import history

READ, REVIEW = "admin:import_attendance", "admin:review_attendance"
GONE = (
    "Hier liegt kein eingelesener Bericht mehr: Er ist schon übernommen oder verworfen, oder die "
    "Stunde ist um."
)
ANOTHER = (
    "Inzwischen hat jemand einen anderen Bericht dieses Talks eingelesen. Hier steht jetzt "
    "dieser; übernommen ist nichts."
)
SKIPPED = (
    "Einzelne Zeilen sind übersprungen: Die Personen wurden inzwischen gelöscht oder haben keinen "
    "Platz mehr."
)


def import_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the reports of a talk; say what is known already, and what to do next."""
    require_permission(request, CHANGE)
    talk = get_talk(pk)
    form = ReportForm(posted(request), request.FILES or None, talk=talk)
    if form.is_valid():
        lines = lines_from(form.cleaned_data["file"], talk)
        ReportLine.objects.all().replace(talk, lines, history.organiser(request))
        return redirect(REVIEW, pk)
    rows = Registration.objects.in_talk(talk).confirmed().named()
    context = {
        "title": "Teilnahme einlesen",
        "form": form,
        "button": "Einlesen und ansehen",
        "waiting": ReportLine.objects.current(talk).first(),
        "told": rows.exclude(minutes_present=None).count(),
        "attended": rows.attended().count(),
        "has_certificates": talk.is_past and certificate_keys.are_there_for(talk.pk),
        "percent": settings.PRESENCE_PERCENT,
    }
    return presence_page(request, "read", talk, context, bool(form.errors))


@sensitive_post_parameters()
def review_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every line of what was read; note what is decided of them, or take all over."""
    require_permission(request, CHANGE)
    talk = get_talk(pk)
    review = Review.of_talk(talk)
    if not review.matches:
        return look_again(request, review)
    people = People(review.rows)
    sent = posted(request)
    if sent is None:
        return review_page(request, review, people)
    if sent.get("eingelesen") != review.stamp:
        return look_again(request, review)
    forms = forms_sent(sent, review, people)
    if any(form.errors for form in forms):
        return review_page(request, review, people, {str(form.prefix): form for form in forms})
    ReportLine.objects.all().decide([form.match.line for form in forms if form.decide()])
    if "uebernehmen" in sent:
        return take_over(request, talk, sent)
    messages.info(request, "Ihre Auswahl ist gemerkt. Übernommen ist noch nichts.")
    return HttpResponseRedirect(request.get_full_path())


@require_POST
def discard_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete what was read; nothing of it is noted."""
    require_permission(request, CHANGE)
    talk = get_talk(pk)
    ReportLine.objects.filter(talk=talk).delete()
    messages.info(request, "Der eingelesene Bericht ist gelöscht. Übernommen ist nichts.")
    return redirect(READ, pk)


def review_page(
    request: HttpRequest, review: Review, people: People, sent: dict[str, Any] | None = None
) -> HttpResponse:
    """Show one page of lines; what was `sent` and is wrong stands as it was sent."""
    page = review.page(request.GET.get("p"))
    forms_on(page.object_list, people, sent or {})
    context = {"title": "Bericht prüfen", "review": review, "page": page}
    context |= {"options": people.options, "is_wrong": bool(sent)}
    return presence_page(request, "review", review.talk, context, bool(sent))


def presence_page(
    request: HttpRequest, name: str, talk: Talk, context: dict[str, Any], is_wrong: bool
) -> HttpResponse:
    context |= {"talk": talk, "list_url": list_of_people(talk)}
    template = f"registration/presence/{name}.html"
    return admin_page(request, Registration, template, context, 422 if is_wrong else 200)


def look_again(request: HttpRequest, review: Review) -> HttpResponse:
    """Say that what was to be decided or taken over is no longer here."""
    messages.warning(request, ANOTHER if review.matches else GONE)
    return redirect(REVIEW if review.matches else READ, review.talk.pk)


@transaction.atomic
def take_over(request: HttpRequest, talk: Talk, sent: QueryDict) -> HttpResponse:
    """Write the minutes of everybody who is found now, and count the guests.

    The talk is locked: of two presses at once the second finds no lines, and must write nothing.
    """
    Talk.objects.lock([talk.pk])
    review = Review.of_talk(talk)
    if sent.get("eingelesen") != review.stamp:
        return look_again(request, review)
    minutes, guests = review.minutes, review.guests
    changed, skipped = Registration.objects.all().note_minutes(
        talk, minutes, guests=guests, drop_others="fruehere" in sent
    )
    history.write(request, changed, "Minuten aus dem Bericht des Videosystems übernommen.")
    said = taken_over_text(len(minutes) - skipped, guests)
    history.write_about_talk(request, talk, said)
    messages.success(request, said)
    if skipped or sent.get("zeilen") != str(review.lines):
        messages.warning(request, SKIPPED)
    return redirect(READ, talk.pk)


def taken_over_text(people: int, guests: int) -> str:
    who = "1 Person" if people == 1 else f"{people} Personen"
    others = "1 Gast" if guests == 1 else f"{guests} Gäste"
    return f"Bericht übernommen: Minuten bei {who}, {others}."


URLS: list[DeskUrl] = [
    ("talk/<int:pk>/anwesenheit/", import_attendance, "import_attendance"),
    ("talk/<int:pk>/anwesenheit/pruefen/", review_attendance, "review_attendance"),
    ("talk/<int:pk>/anwesenheit/verwerfen/", discard_attendance, "discard_attendance"),
]
