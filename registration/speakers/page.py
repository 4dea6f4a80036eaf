"""The speaker's desk: what will be public, and what the speaker proposes for it."""

from django.http import HttpResponse
from django.shortcuts import render

from events.pages.requests import SiteRequest
from registration.models import SpeakerLink
from registration.pages.link_holder import for_speaker


@for_speaker
def desk(request: SiteRequest, link: SpeakerLink) -> HttpResponse:
    """Show the desk; each of its parts is posted to an address of its own."""
    return render(request, "registration/speakers/desk.html", {"link": link, "talk": link.talk})
