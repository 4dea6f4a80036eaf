"""The sign-up form, the clicks that confirm or undo it, and the form for lost links."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.models import Talk
from events.pages import sharing
from events.pages.edition import kept
from events.pages.requests import SiteRequest
from registration.models import Interest, NotBookable, Registration, limits, links
from registration.pages import form_facts, mine
from registration.pages.forms import AddressForm, SignUpForm
from registration.pages.link_holder import (
    asked_to_wait,
    for_participant,
    read_or_post,
    shows_again,
)
from registration.pages.talk_choice import with_present_slugs

TEMPLATE = "registration/form.html"


@never_cache
@read_or_post
@shows_again
def sign_up(request: SiteRequest) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, SignUpForm(initial={"talks": request.GET.getlist("talk")}))
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    verdict = limits.judge_form(form.cleaned_data["email"], request.visitor)
    if verdict.wait:
        return asked_to_wait(request, TEMPLATE, _context(form), verdict.wait)
    try:
        _book(form, must_confirm=verdict.must_confirm or form.is_suspect)
    except NotBookable as error:
        form.refuse(error.talks)
        return _form_page(request, form, status=422)
    return redirect(_thanks_url(form.cleaned_data["talks"]))


def _book(form: SignUpForm, *, must_confirm: bool) -> None:
    """Sign up for the talks and, if that box is ticked, for the interest list."""
    answers = form.cleaned_data
    Registration.objects.sign_up(
        answers["talks"],
        name=answers["name"],
        email=answers["email"],
        organisation=answers["organisation"],
        questions=form.questions,
        must_confirm=must_confirm,
    )
    if answers["interest"]:
        Interest.objects.ask(answers["email"])


# Talks that the address of the thanks page names: servers refuse very long ones.
NAMED = 12


def _thanks_url(talks: list[Talk]) -> str:
    """Return the address of the thanks page, which says what was chosen and nothing of anybody."""
    query = urlencode({"talk": [talk.slug for talk in talks[:NAMED]]}, doseq=True)
    return f"{reverse('registration:thanks')}?{query}"


@kept(never_with="talk")
@require_safe
def thanks(request: SiteRequest) -> HttpResponse:
    """Say the same to everybody: whose address is known must not show.

    Unknown talks in the address are ignored. Those that the form still offers cost no query.
    """
    offered = {talk.slug: talk for talk in request.edition.bookable}
    slugs = with_present_slugs(request.GET.getlist("talk")[:NAMED], offered)
    talks = [offered[slug] for slug in offered if slug in slugs]
    if others := set(slugs) - offered.keys():  # perhaps the last seat has just gone
        coming = Talk.objects.published().taking_place().upcoming().with_parts()
        talks += coming.filter(slug__in=others)
    talks.sort(key=lambda talk: talk.starts_at)
    choices = [(talk, sharing.mailto(talk, settings.SITE_URL)) for talk in talks]
    return render(request, "registration/thanks.html", {"choices": choices})


def _context(form: SignUpForm) -> dict[str, Any]:
    return {
        "form": form,
        "no_talks": not form.bookable,
        "facts": form_facts.html(form.edition),
        "retention_days": settings.RETENTION_DAYS,
    }


def _form_page(request: SiteRequest, form: SignUpForm, status: int = 200) -> HttpResponse:
    request.edition = form.edition
    return render(request, TEMPLATE, _context(form), status=status)


@kept()
@require_safe
def page(request: HttpRequest, template: str) -> HttpResponse:
    """Show a page that is the same for everybody."""
    return render(request, template)


@for_participant(links.PURPOSE_CONFIRM)
def confirm(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Ask for the click that gives the seat.

    Opening the link is not enough: some mail servers open every link before people do.
    """
    pending = list(Registration.objects.pending().of(registration.email_key).with_talks())
    if request.method == "POST":
        Registration.objects.confirm(pending)
        token = links.token(registration.key, links.PURPOSE_MINE)
        return redirect(mine.address_of(token, _confirmed_notice(registration)))
    context = {
        "registrations": [row for row in pending if row.may_confirm],
        "is_too_late": registration.is_pending or registration.was_too_late,
        "is_booked": registration.is_booked,
        "mine_url": links.mine_url(registration),
    }
    return render(request, "registration/confirm.html", context)


def _confirmed_notice(registration: Registration) -> str:
    """Return what Meine Anmeldung says after the click: see NOTICES there."""
    states = Registration.objects.booked().of(registration.email_key).values_list("state")
    booked = {state for (state,) in states.order_by()}
    if Registration.State.CONFIRMED in booked:
        return "bestaetigt"
    return "warten" if booked else "voll"


@for_participant(links.PURPOSE_NOT_ME)
def not_me(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Let the owner of the address erase what somebody else has entered about them."""
    if request.method == "POST":
        registration.decline()
        return redirect("registration:erased")
    return render(request, "registration/not_me.html", {"talk": registration.talk})


@never_cache
@read_or_post
@shows_again
def lost_link(request: HttpRequest) -> HttpResponse:
    """Send the links to an address again; the answer is the same for an unknown address."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        limits.judge_form(email)
        Registration.objects.send_links(email)
        return redirect("registration:links_sent")
    status = 422 if form.is_bound else 200
    return render(request, "registration/lost_link.html", {"form": form}, status=status)
