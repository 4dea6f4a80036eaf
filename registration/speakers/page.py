"""The speaker's desk: what will be public, and what the speaker proposes for it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from events.models import Series
from events.pages.requests import SiteRequest
from registration.models import SpeakerLink
from registration.pages.link_holder import for_speaker, shows_again
from registration.speakers.consents import consents_of
from registration.speakers.file_parts import PicturePart, PortraitPart, SlidesPart, take_in
from registration.speakers.parts import PartForm

PARTS: dict[str, type[PartForm]] = {
    form.part: form for form in (PicturePart, PortraitPart, SlidesPart)
}


@for_speaker
def desk(request: SiteRequest, link: SpeakerLink) -> HttpResponse:
    """Show the desk; each of its parts is posted to an address of its own."""
    return _page(request, link)


@for_speaker
@shows_again
def save_part(request: SiteRequest, link: SpeakerLink, part: str) -> HttpResponse:
    """Propose one part; show the page again with what is wrong."""
    if part not in PARTS:
        raise Http404
    if request.method == "POST":
        take_in(request, link)
        form = PARTS[part](link, request.POST, request.FILES)
        if form.is_valid():
            form.propose()
        if form.errors:
            return _page(request, link, form, status=422)
    return redirect("registration:speaker", link.token)


def _page(
    request: SiteRequest, link: SpeakerLink, form: PartForm | None = None, status: int = 200
) -> HttpResponse:
    forms: dict[str, Any] = {part: each(link) for part, each in PARTS.items()}
    if form:
        forms[form.part] = form
    context = {"link": link, "talk": link.talk, **forms}
    context["consents"] = consents_of(link, Series.load())
    return render(request, "registration/speakers/desk.html", context, status=status)
