"""The calendar files of a speaker's desk: the talk, and when the technics are tried."""

from django.http import Http404, HttpRequest, HttpResponse

from events.models import Series
from events.pages.files import calendar_file
from registration.mail import invitations
from registration.models import SpeakerLink
from registration.pages.link_holder import for_speaker


@for_speaker
def talk_ics(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Answer with the talk, or with what takes a talk that is called off out of the calendar."""
    return calendar_file(invitations.for_speakers(link.talk, Series.load()), link.talk.slug)


@for_speaker
def check_ics(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Answer with the technical check that is ahead."""
    moment = link.talk.check_ahead_at
    if moment is None:
        raise Http404
    return calendar_file(invitations.of_check(link.talk, moment), "technik-check")
