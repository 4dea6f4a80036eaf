"""The way into a talk, and switching its reminders off."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.encoding import iri_to_uri
from django.views.decorators.cache import never_cache

from events.models import Talk
from registration.models import Registration, limits, links, way_in
from registration.pages.forms import AddressForm
from registration.pages.link_holder import (
    for_participant,
    read_or_post,
    shows_again,
    takes_one_click,
)


@for_participant(links.PURPOSE_JOIN)
def join(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Open the room: GET tells when it opens, POST notes who came and leads to the meeting.

    The answer to POST is 200 with a Refresh header and the visible address, because our CSP
    (`form-action 'self'`) forbids a form that is redirected to another host.
    """
    registration = Registration.objects.current(registration)
    state = registration.way_in
    context = {
        "registration": registration,
        "talk": registration.talk,
        "way_in": state,
        "opens_at": way_in.opens_at(registration.talk),
        "minutes": settings.JOIN_OPENS_MINUTES,
        "mine_url": links.mine_url(registration),
    }
    if request.method != "POST" or not state.is_open:
        return render(request, "registration/way_in.html", context)
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
    """Switch the reminders of one talk off."""
    if request.method == "POST":
        registration.switch_reminders_off()
    context = {"registration": registration, "talk": registration.talk}
    return render(request, "registration/reminders.html", context)
