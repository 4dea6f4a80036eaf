"""Consents on a speaker's desk: what is asked, what was agreed to, and the button for each."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from events.models import Series
from events.pages.requests import SiteRequest
from registration.models import Consent, SpeakerLink
from registration.models.speakers.consent import ConsentWording
from registration.pages.link_holder import for_speaker

# The field with the version that was read, and what the page's address says of a button.
VERSION, GIVEN = "fassung", "zugestimmt"
HEADINGS = {
    Consent.Kind.RECORDING: "Darf Ihr Vortrag aufgezeichnet werden?",
    Consent.Kind.SLIDES: "Dürfen Ihre Folien auf der Website stehen?",
}
REFUSED = {
    Consent.Kind.RECORDING: "Sind Sie nicht einverstanden, lassen Sie die Frage einfach offen: "
    "Das hat keinen Nachteil für Sie, und Ihr Talk findet genauso statt, dann ohne Aufzeichnung.",
    Consent.Kind.SLIDES: "Sind Sie nicht einverstanden, lassen Sie die Frage einfach offen: "
    "Das hat keinen Nachteil für Sie. Wir veröffentlichen die Folien dann nicht.",
}
PLACES = {
    Consent.Kind.RECORDING: "Die Aufzeichnung ist später auf der Seite Ihres Talks zu finden.",
    Consent.Kind.SLIDES: "Die Folien sind später auf der Seite Ihres Talks zu finden.",
}


@dataclass(frozen=True)
class AskedConsent:
    """One consent as the page shows it: asked for, given, or withdrawn again."""

    kind: Consent.Kind
    heading: str
    wording: ConsentWording
    place: str
    refused: str
    url: str
    given: Consent | None
    withdrawn: Consent | None


def consents_of(link: SpeakerLink, series: Series) -> list[AskedConsent]:
    """Return what the speaker is asked, and what they have answered."""
    answers = list(link.consents.all())
    return [_asked(link, series, kind, answers) for kind in kinds_asked(link, series, answers)]


def kinds_asked(
    link: SpeakerLink, series: Series, answers: list[Consent] | None = None
) -> list[Consent.Kind]:
    """Return what this speaker can agree to; what was agreed to before stays to be seen."""
    asked = Consent.kinds_asked(link.talk, series)
    known = {answer.kind for answer in answers or [] if answer.withdrawn_at is None}
    return [kind for kind in Consent.WORDINGS if kind in asked or kind in known]


def _asked(
    link: SpeakerLink, series: Series, kind: Consent.Kind, answers: list[Consent]
) -> AskedConsent:
    of_kind = [answer for answer in answers if answer.kind == kind]
    use = link.talk.facts_in(series).recording_use if kind == Consent.Kind.RECORDING else ""
    return AskedConsent(
        kind=kind,
        heading=HEADINGS[kind],
        wording=Consent.WORDINGS[kind],
        place=use or PLACES[kind],
        refused=REFUSED[kind],
        url=reverse("registration:speaker_consent", args=[link.token, kind]),
        given=next((answer for answer in of_kind if answer.withdrawn_at is None), None),
        withdrawn=next((answer for answer in reversed(of_kind) if answer.withdrawn_at), None),
    )


@for_speaker
def consent(request: SiteRequest, link: SpeakerLink, kind: str) -> HttpResponse:
    """Note that the speaker agrees to the wording that the page has shown.

    Another wording meanwhile is shown first: nobody agrees to what they have not read.
    """
    if kind not in Consent.Kind:
        raise Http404
    is_asked = kind in kinds_asked(link, Series.load())
    wording = Consent.WORDINGS[Consent.Kind(kind)]
    query = {}
    if request.method == "POST" and is_asked and request.POST.get(VERSION) == wording.version:
        Consent.objects.give(link, kind)
        query = {GIVEN: kind}
    place = f"einwilligung-{kind}"
    return redirect(
        reverse("registration:speaker", args=[link.token], query=query, fragment=place)
    )
