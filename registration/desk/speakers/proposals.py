"""The page on which organisers compare what speakers proposed, take it over, or answer."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from events.desk.publication import standing_text
from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.desk.speakers.compared import Proposal
from registration.desk.speakers.sheet import ProposalSheet, Sender, sheet_of
from registration.desk.speakers.taking_over import FormRefuses, take_over
from registration.models import OutgoingMail, ProposedChange
from registration.privacy import history

CHANGE = "events.change_talk"
PAGE = "admin:speaker_proposals"


class NotDecided(Exception):
    """What was sent cannot be carried out; nothing was changed."""

    def __init__(self, sheet: ProposalSheet) -> None:
        super().__init__("Nothing was decided.")
        self.sheet = sheet


def speaker_proposals(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what waits and what was decided; carry out what an organiser decides."""
    require_permission(request, CHANGE)
    if request.method != "POST":
        talks = Talk.objects.select_related("municipality", "profile")
        return page_of(request, sheet_of(get_object_or_404(talks, pk=pk)))
    try:
        return decide(request, pk)
    except NotDecided as refusal:
        return page_of(request, refusal.sheet)


def page_of(request: HttpRequest, sheet: ProposalSheet) -> HttpResponse:
    talk = sheet.talk
    context = {"title": "Vorschläge", "sheet": sheet, "talk": talk}
    context |= {"standing": standing_text(talk), "form_page": form_page(talk)}
    status = 422 if sheet.is_wrong else 200
    return admin_page(request, Talk, "events/talk/speakers/proposals.html", context, status)


def form_page(talk: Talk) -> str:
    return reverse("admin:events_talk_change", args=[talk.pk])


@transaction.atomic
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over and answer all that was chosen, or nothing of it: then NotDecided is raised.

    The talk is locked, and after it the links, at which speakers wait who save just now.
    """
    known = get_object_or_404(Talk.objects.only("pk"), pk=pk)  # no number is too long to ask
    locked = Talk.objects.lock([known.pk])
    if not locked:
        raise Http404
    sheet = sheet_of(locked[0], request.POST, is_locked=True)
    if not sheet.is_valid():
        raise NotDecided(sheet)
    next_page = reverse(PAGE, args=[pk])
    if sheet.taken:
        next_page = carry_out(request, sheet) or next_page
    for sender in sheet.senders:
        if sender.chosen:
            settle(request, sender)
    return redirect(next_page)


def carry_out(request: HttpRequest, sheet: ProposalSheet) -> str:
    """Take over what was chosen; return the page that tells people of it, "" if it need not be."""
    talk = sheet.talk
    try:
        response = take_over(request, talk, sheet.taken)
    except FormRefuses as refusal:
        sheet.refuse(refusal.problems)
        raise NotDecided(sheet) from refusal
    talk.refresh_from_db()  # the history calls it by its title
    page = reverse("admin:tell_of_change", args=[talk.pk])
    return page if response.headers.get("Location") == page else ""


def settle(request: HttpRequest, sender: Sender) -> None:
    """Note what was decided of one speaker's proposals, and let them know."""
    chosen = sender.chosen
    version = f"{chosen[0].change.pk}.{chosen[0].change.version}"
    for each in chosen:
        each.change.decide(each.form.outcome, each.form.said)
    decided = "; ".join(outcomes(chosen))
    history.write_about_talk(request, sender.link.talk, f"Vorschläge: {decided}.")
    name = sender.link.speaker.name
    messages.success(request, f"Entschieden: {decided}.")
    if not sender.link.is_alive:
        messages.warning(request, f"{name} bekommt keine Mail: Der Link gilt nicht mehr.")
        return
    kind, note = OutgoingMail.Kind.SPEAKER_ANSWER, "\n".join(answers(chosen))
    OutgoingMail.objects.enqueue_to_speaker(kind, sender.link, version, note=note)
    messages.info(request, f"{name} bekommt jetzt eine Mail mit Ihrer Antwort.")


def answers(chosen: Sequence[Proposal]) -> list[str]:
    """Return what the mail says: `Text: nicht übernommen. Satz`, `Titel, Bild: übernommen`.

    What organisers have said a word to stands first, each in a line of its own: among many others
    it would be overlooked.
    """
    answered = [f"{each.outcome_text}. {each.form.said}" for each in chosen if each.form.said]
    return [*answered, *outcomes(each for each in chosen if not each.form.said)]


def outcomes(chosen: Iterable[Proposal]) -> list[str]:
    """Return one line for each outcome: `Titel, Bild: übernommen`."""
    labels: dict[str, list[str]] = {}
    for each in chosen:
        labels.setdefault(each.form.outcome, []).append(each.label)
    return [
        f"{', '.join(found)}: {ProposedChange.Outcome(outcome).label}"
        for outcome, found in labels.items()
    ]


URLS: list[DeskUrl] = [("<int:pk>/vorschlaege/", speaker_proposals, "speaker_proposals")]
