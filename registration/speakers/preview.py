"""How the talk's page will look once what the speaker proposes is taken over; nothing is saved."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from events.models import PracticeProfile, Speaker, Talk
from events.pages.talk_page import let_look_as_it_will
from events.uploads.images import Picture
from registration.models import ProposedChange, SpeakerLink
from registration.models.speakers.proposed_change import MODEL_OF, PICTURES, Field
from registration.pages.link_holder import for_speaker

PROPOSED_SLIDES = "Folien (PDF), Vorschlag"


@dataclass(frozen=True)
class PictureForSpeaker(Picture):
    """A picture as whoever holds the speaker's link gets it, whether it is public or not."""

    token: str = ""

    def url(self, file_name: str) -> str:
        folder = self.path.parent.name
        return reverse("registration:speaker_picture", args=[self.token, folder, file_name])


@for_speaker
def preview(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Show the talk's page with the open changes of this speaker; nobody indexes it."""
    talk = get_object_or_404(Talk.objects.with_all_parts(), pk=link.talk.pk)
    changes = list(ProposedChange.objects.open().filter(link=link))
    show_pictures(talk, link)
    apply(changes, link, talk)
    let_look_as_it_will(talk)
    context = {"talk": talk, "link": link, "changes": changes}
    response = render(request, "registration/speakers/preview.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def show_pictures(talk: Talk, link: SpeakerLink) -> None:
    """Let today's pictures be seen under the speaker's own address, also those of a draft.

    The token of the talk's own preview would outlive the link.
    """
    if talk.image:
        talk.preview_picture = PictureForSpeaker(talk.image.name or "", token=link.token)
    for speaker in talk.speakers.all():
        if speaker.portrait:
            speaker.preview_picture = PictureForSpeaker(
                speaker.portrait.name or "", token=link.token
            )


def apply(changes: list[ProposedChange], link: SpeakerLink, talk: Talk) -> None:
    """Let the talk look as if the changes were taken over; it must never be saved."""
    speaker = next((each for each in talk.speakers.all() if each.pk == link.speaker_id), None)
    profile = talk.practice or PracticeProfile(talk=talk)
    owners: dict[Any, Any] = {Talk: talk, Speaker: speaker, PracticeProfile: profile}
    for change in changes:
        if change.field == Field.SLIDES:
            talk.preview_materials = [PROPOSED_SLIDES]
        owner = owners.get(MODEL_OF[Field(change.field)])
        if owner is None:
            continue
        if change.field in PICTURES:
            owner.preview_picture = PictureForSpeaker(change.file_name, token=link.token)
        else:
            setattr(owner, change.field, change.text)
