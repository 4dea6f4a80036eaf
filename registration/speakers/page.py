"""The speaker's desk: what will be public, and what the speaker proposes for it."""

from datetime import timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from events.models import Talk
from events.pages.edition import editions
from events.pages.requests import SiteRequest
from registration.mail.speaker_mails import last_day
from registration.models import ProposedChange, Registration, SpeakerLink, limits
from registration.models.speakers.missing import VOLUNTARY, missing
from registration.pages.link_holder import (
    asked_to_wait,
    for_speaker,
    shows_again,
    takes_one_click,
)
from registration.speakers.consents import GIVEN, consents_of
from registration.speakers.file_parts import PicturePart, PortraitPart, SlidesPart
from registration.speakers.parts import PartForm
from registration.speakers.text_parts import PersonPart, PracticePart, TalkPart

TEMPLATE = "registration/speakers/desk.html"
# In the order of the page.
FORMS: list[type[PartForm]] = [
    *(PersonPart, PortraitPart, TalkPart, PicturePart, SlidesPart, PracticePart),
]

# With fewer people the number might name somebody, and it encourages nobody.
FEW = 5
QUESTIONS_FROM = timedelta(days=7)

# What a part says after a button: tone and text, by their name in the address
# (`?gespeichert=talk`). Visitors get no cookie that could carry the message.
TOLD = {
    "gespeichert": ("ok", "Gespeichert. Die Veranstalter sehen Ihren Vorschlag."),
    "unveraendert": ("wait", "Hier hat sich nichts geändert. Zu speichern gab es nichts."),
    "zurueckgezogen": ("ok", "Zurückgezogen. Hier schlagen Sie jetzt nichts mehr vor."),
}

# What is told where the form holds nothing new: by whether it is proposed already.
UNCHANGED = {True: "gespeichert", False: "unveraendert"}


@for_speaker
def desk(request: SiteRequest, link: SpeakerLink) -> HttpResponse:
    """Show the desk; each of its parts is posted to an address of its own."""
    context = context_of(link)
    for name, told in TOLD.items():
        for form in context["parts"]:
            if request.GET.get(name) == form.part:
                form.told = told
    context["told_consent"] = request.GET.get(GIVEN)
    return render(request, TEMPLATE, context)


@for_speaker
@shows_again
def save_part(request: SiteRequest, link: SpeakerLink, part: str) -> HttpResponse:
    """Take what the speaker proposes for one part; a mistake shows the whole desk again."""
    form_class = form_of(part)
    if request.method != "POST":
        return redirect(address_of(link, part))
    if waiting := wait_after_too_many(request, link, form_class):
        return waiting
    form_class.take_in(request, link)
    form = form_class(link, request.POST, request.FILES)
    if form.is_valid() and not form.has_changed():
        # Whoever presses twice has saved as well.
        return redirect(address_of(link, part, UNCHANGED[form.is_proposed]))
    is_proposed = form.is_valid() and form.propose()
    if form.errors:  # also where the storage takes no file
        return render(request, TEMPLATE, context_of(link, form), status=422)
    return redirect(address_of(link, part, "gespeichert" if is_proposed else "zurueckgezogen"))


def wait_after_too_many(
    request: SiteRequest, link: SpeakerLink, form_class: type[PartForm]
) -> HttpResponse | None:
    """Count the save, and its file; answer 429 after too many of them, else None.

    No new file is looked at then; one that was kept before is kept still.
    """
    seconds, is_for_file = limits.wait_to_propose(link.pk), False
    if not seconds and request.FILES:
        seconds, is_for_file = limits.wait_to_upload(link.key), True
    if not seconds:
        return None
    request.FILES.clear()
    form_class.take_in(request, link)
    unread = form_class(link, request.POST, request.FILES)
    context = context_of(link, unread) | {"has_too_many_files": is_for_file}
    return asked_to_wait(request, TEMPLATE, context, seconds)


@for_speaker
def take_back(request: SiteRequest, link: SpeakerLink, part: str) -> HttpResponse:
    """Take back what is proposed for one part, by a button that posts."""
    form_of(part)
    if request.method != "POST":
        return redirect(address_of(link, part))
    ProposedChange.objects.take_back(link, part)
    return redirect(address_of(link, part, "zurueckgezogen"))


@for_speaker
@takes_one_click
def reminders(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Switch the reminders of this talk off, and on again."""
    if request.method == "POST":
        link.switch_reminders(off="an" not in request.POST)
    was_switched = request.method == "POST"
    context = {"link": link, "talk": link.talk, "was_switched": was_switched}
    return render(request, "registration/speakers/reminders.html", context)


def form_of(part: str) -> type[PartForm]:
    """Return the form of a part; raises Http404 for what is none."""
    for form_class in FORMS:
        if form_class.part == part:
            return form_class
    raise Http404


def address_of(link: SpeakerLink, part: str, told: str = "") -> str:
    """Return where the desk shows the part, and says there what `told` names in TOLD."""
    query = {told: part} if told else None
    return reverse("registration:speaker", args=[link.token], query=query, fragment=part)


def context_of(link: SpeakerLink, bound: PartForm | None = None) -> dict[str, Any]:
    """Return what the desk shows; `bound` is the form of the part that was just sent."""
    prefetch_related_objects([link], "changes", "consents")
    talk = link.talk
    parts = [bound if isinstance(bound, each) else each(link) for each in FORMS]
    lacking = missing(link)
    consents = consents_of(link, editions.current().series)
    return {
        "link": link,
        "talk": talk,
        "parts": parts,
        "bound": bound,
        "proposed": [form for form in parts if form.is_proposed],
        "declined": [form for form in parts if form.is_declined],
        "missing": [
            (each, last_day(each.part, talk)) for each in lacking if each not in VOLUNTARY
        ],
        "welcome": [each for each in lacking if each in VOLUNTARY],
        "consents": consents,
        "unanswered": [each for each in consents if not each.given and not each.withdrawn],
        "people": people_signed_up(talk),
        "questions": questions_to_speakers(talk),
    }


def people_signed_up(talk: Talk) -> int | None:
    """Return how many have a seat or wait for one; None where it is not told."""
    return talk.people_count if talk.people_count >= FEW and not talk.is_called_off else None


def questions_to_speakers(talk: Talk) -> list[str]:
    """Return what people with a seat want to know, from a week before: questions, no names."""
    if talk.is_called_off or timezone.now() < talk.starts_at - QUESTIONS_FROM:
        return []
    rows = Registration.objects.in_talk(talk).confirmed().exclude(question=None)
    asked = rows.exclude(question="").order_by("created_at", "pk")
    return [question or "" for question in asked.values_list("question", flat=True)]
