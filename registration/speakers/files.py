"""Files on a speaker's own page, which nobody else sees yet: what they have proposed."""

from pathlib import PurePosixPath

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404

from events.pages.requests import SiteRequest
from events.uploads.images import FOLDER
from registration.desk.speakers.files import serve_pdf, serve_size
from registration.models import ProposedChange, SpeakerLink
from registration.models.speakers.proposed_change import ProposedChangeQuerySet
from registration.pages.link_holder import for_speaker


@for_speaker
def picture(request: SiteRequest, link: SpeakerLink, folder: str, name: str) -> FileResponse:
    """Serve one size of a picture of the speaker's page: a proposed one, or today's.

    Today's too, also of fellow speakers: the talk may be a draft.
    """
    proposed = of_link(link).exclude(picture="").values_list("picture", flat=True)
    portraits = link.talk.speakers.exclude(portrait="").values_list("portrait", flat=True)
    for stored in filter(None, [*proposed, link.talk.image.name, *portraits]):
        if PurePosixPath(stored).parent == PurePosixPath(FOLDER, folder):
            return serve_size(stored, name)
    raise Http404


@for_speaker
def file(request: SiteRequest, link: SpeakerLink, field: str) -> FileResponse:
    """Serve the PDF that the speaker has proposed for this field."""
    return serve_pdf(get_object_or_404(of_link(link).exclude(pdf=""), field=field))


def of_link(link: SpeakerLink) -> ProposedChangeQuerySet:
    """Return the speaker's own proposals that are not decided."""
    return ProposedChange.objects.open().filter(link=link)
