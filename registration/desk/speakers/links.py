"""The speakers of a talk: organisers mail, renew and withdraw their links, see what is missing.

What takes a link away asks first. Two organisers at once harm nobody: a deed is done with the link
that the page showed, or not at all.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, posted, require_permission
from registration.desk.speakers.cards import Card, cards_of
from registration.desk.speakers.deeds import DEEDS, LinkDeed
from registration.privacy import history

CHANGE = "events.change_talk"
NOT_THERE = "Diese Person steht nicht mehr bei dem Talk. Es ist nichts geschehen."
SURE = "ja"


@sensitive_post_parameters()
def speaker_links(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the speakers of a talk with their links; do what a button says."""
    require_permission(request, CHANGE)
    talks = Talk.objects.select_related("municipality", "profile")
    talk = get_object_or_404(talks.prefetch_related("materials"), pk=pk)
    cards = cards_of(talk, posted(request))
    if request.method != "POST":
        return page(request, talk, cards)
    card = next((each for each in cards if each.data), None)
    if card is None:
        messages.error(request, NOT_THERE)
        return redirect("admin:speaker_links", pk)
    return act(request, talk, cards, card)


def act(request: HttpRequest, talk: Talk, cards: list[Card], card: Card) -> HttpResponse:
    """Do what the button says, show the mail, or ask first; show what is wrong with the form."""
    deed = DEEDS.get(request.POST.get("deed", ""))
    if (deed is None or deed.needs_form) and not card.form.is_valid():
        return page(request, talk, cards, status=422)
    if deed is None:
        return page(request, talk, cards, shown=card)
    if deed.question and SURE not in request.POST:
        return ask(request, talk, card, deed)
    if said := deed.carry_out(card, request.POST.get("token", "")):
        history.write_about_talk(request, talk, said)
        messages.success(request, deed.tell(card))
    elif card.form.errors:
        return page(request, talk, cards, status=422)
    else:
        messages.warning(request, deed.in_vain)
    return redirect(f"{reverse('admin:speaker_links', args=[talk.pk])}#{card.anchor}")


def page(
    request: HttpRequest,
    talk: Talk,
    cards: list[Card],
    *,
    shown: Card | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page; `shown` is the speaker whose mail is shown before it goes."""
    context = {
        "title": "Referentinnen und Referenten",
        "talk": talk,
        "cards": cards,
        "shown": shown,
        "form_page": reverse("admin:events_talk_change", args=[talk.pk]),
    }
    return admin_page(request, Talk, "events/talk/speakers/links.html", context, status)


def ask(request: HttpRequest, talk: Talk, card: Card, deed: LinkDeed) -> HttpResponse:
    """Say what the deed takes away, and ask whether it shall be done."""
    context = {"title": deed.question, "talk": talk, "card": card, "deed": deed, "sure": SURE}
    context["token"] = request.POST.get("token", "")
    return admin_page(request, Talk, "events/talk/speakers/ask.html", context)


URLS: list[DeskUrl] = [("<int:pk>/vortragende/", speaker_links, "speaker_links")]
