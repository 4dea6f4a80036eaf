"""The way into a talk, and switching off the mails around it."""

import math
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.views.decorators.cache import never_cache

from events.models import Talk
from registration.models import Registration, limits, links
from registration.models.way_in import EARLY
from registration.pages.forms import AddressForm
from registration.pages.link_holder import (
    for_participant,
    read_or_post,
    shows_again,
    takes_one_click,
)

# Whoever waits is spread over so many seconds after the opening, or all would come at once.
SPREAD = 20
# Browsers forget a Refresh of more than 2³¹ milliseconds.
LONGEST_WAIT = timedelta(days=24)
# The button of whoever wants the mails after all; mail programs post without it.
ON_AGAIN = "wieder"


def _reloads_at(request: HttpRequest, registration: Registration) -> datetime | None:
    """Return when the page that waits for the room loads itself anew, or None.

    Once, when the room opens; whoever does not want that has said so in the address (WCAG 2.2.1).
    """
    opens_at = registration.talk.way_in_opens_at
    is_waiting = registration.way_in == EARLY and request.method != "POST"
    is_near = opens_at - timezone.now() < LONGEST_WAIT
    return opens_at if is_waiting and is_near and "ohne-neuladen" not in request.GET else None


def _seconds_until(moment: datetime) -> int:
    away = math.ceil((moment - timezone.now()).total_seconds())
    return away + secrets.randbelow(SPREAD + 1)


@for_participant(links.PURPOSE_JOIN)
def join(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Open the room: GET tells when it opens, POST notes who came and leads to the meeting.

    The answer to POST is 200 with a Refresh header and the visible address, because our CSP
    (`form-action 'self'`) forbids a form that is redirected to another host.
    """
    registration = Registration.objects.current(registration)
    state = registration.way_in
    reloads_at = _reloads_at(request, registration)
    context = {
        "registration": registration,
        "talk": registration.talk,
        "way_in": state,
        "reloads_at": reloads_at,
        "minutes": settings.JOIN_OPENS_MINUTES,
        "mine_url": links.mine_url(registration),
    }
    if request.method != "POST" or not state.is_open:
        response = render(request, "registration/way_in.html", context)
        if reloads_at:
            response["Refresh"] = str(_seconds_until(reloads_at))
        return response
    registration.join()
    response = render(request, "registration/joined.html", context)
    # A header holds only ASCII: an umlaut would arrive as a question mark, or as MIME words.
    response["Refresh"] = f"0; url={iri_to_uri(registration.talk.meeting_url)}"
    return response


@never_cache
@read_or_post
@shows_again
def ask_for_way_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Send participants who come from a shared calendar entry their personal way in by mail."""
    talk = get_object_or_404(Talk.objects.published().with_parts(), slug=slug)
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        limits.judge_form(email)
        Registration.objects.send_way_in(talk, email)
        return redirect("registration:links_sent")
    status = 422 if form.is_bound else 200
    context = {"form": form, "talk": talk, "minutes": settings.JOIN_OPENS_MINUTES}
    return render(request, "registration/ask_for_way_in.html", context, status=status)


@for_participant(links.PURPOSE_REMINDERS)
@takes_one_click
def reminders(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Switch the reminders of one talk off, or on again."""
    if request.method == "POST":
        registration.switch_reminders(off=ON_AGAIN not in request.POST)
    context = {"registration": registration, "talk": registration.talk}
    return render(request, "registration/reminders.html", context)


@for_participant(links.PURPOSE_RECAP)
@takes_one_click
def recap_off(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Send the person no material by mail any more, or do so again."""
    if request.method == "POST":
        registration.switch_recap(off=ON_AGAIN not in request.POST)
    context = {
        "registration": registration,
        "talk": registration.talk,
        "mine_url": links.mine_url(registration),
    }
    return render(request, "registration/recap_off.html", context)
