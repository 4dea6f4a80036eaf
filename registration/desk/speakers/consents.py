"""What the speakers of a talk have agreed to, and the note that somebody does so no more.

With the note goes what is on the site because of it, in one transaction.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from events.models import Material, Series, Speaker, Talk
from registration.desk.admin_page import DeskUrl, admin_page, primary_key, require_permission
from registration.models import Consent, SpeakerLink
from registration.privacy import history

CHANGE = "events.change_talk"
PAGE = "admin:speaker_consents"


@dataclass(frozen=True)
class Gap:
    """Material that is on the site although these speakers have not agreed to it here."""

    kind: str
    materials: list[Material]
    speakers: list[Speaker]

    @property
    def names(self) -> str:
        return ", ".join(speaker.name for speaker in self.speakers)


def gaps(talk: Talk, consents: list[Consent]) -> list[Gap]:
    """Return what is on the site without the valid consent of every speaker."""
    found = []
    for kind in Consent.Kind:
        materials = list(talk.materials.filter(Consent.MATERIAL[kind]))
        valid = [each for each in consents if each.kind == kind and each.withdrawn_at is None]
        missing = [
            speaker
            for speaker in talk.speakers.all()
            if not any(has_given(speaker, consent) for consent in valid)
        ]
        if materials and missing:
            found.append(Gap(kind.label, materials, missing))
    return found


def unanswered(talk: Talk, consents: list[Consent]) -> list[str]:
    """Name who has a link and has not yet answered what is asked there, and what that is."""
    asked = Consent.kinds_asked(talk, Series.load())
    found = []
    for link in SpeakerLink.objects.alive().filter(speaker__talk=talk).with_talks():
        answered = {each.kind for each in consents if has_given(link.speaker, each)}
        if left := [kind.label for kind in asked if kind not in answered]:
            found.append(f"{link.speaker.name} ({' und '.join(left)})")
    return found


def has_given(speaker: Speaker, consent: Consent) -> bool:
    """Whether the consent is this speaker's; once the address is gone, the name tells."""
    if consent.link is None:
        return consent.speaker_name == speaker.name
    return consent.link.speaker_id == speaker.pk


def speaker_consents(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who has agreed to what, when and in which words."""
    require_permission(request, CHANGE)
    talk = get_object_or_404(Talk.objects.with_parts(), pk=pk)
    consents = list(talk.consents.select_related("link"))
    context = {
        "title": "Einwilligungen",
        "talk": talk,
        "consents": consents,
        "gaps": gaps(talk, consents),
        "unanswered": unanswered(talk, consents),
    }
    return admin_page(request, Talk, "registration/consent/consents.html", context)


def withdraw_consent(request: HttpRequest, pk: int, consent_pk: int) -> HttpResponse:
    """Ask which material goes; by POST note that the speaker has withdrawn the consent."""
    require_permission(request, CHANGE)
    consent = get_object_or_404(Consent.objects.select_related("talk"), pk=consent_pk, talk=pk)
    if consent.withdrawn_at:
        messages.info(request, "Dieser Widerruf ist schon vermerkt.")
        return redirect(PAGE, pk)
    if request.method == "POST":
        note(request, consent)
        return redirect(PAGE, pk)
    context = {
        "title": "Widerruf vermerken",
        "talk": consent.talk,
        "consent": consent,
        "materials": list(consent.talk.materials.all()),
        "ticked": set(consent.materials.values_list("pk", flat=True)),
    }
    return admin_page(request, Talk, "registration/consent/withdraw.html", context)


def note(request: HttpRequest, consent: Consent) -> None:
    """Note the withdrawal, and remove what is ticked; what is gone already does not matter."""
    sent = map(primary_key, request.POST.getlist("remove"))
    ticked = [key for key in sent if key is not None]
    chosen = list(consent.talk.materials.filter(pk__in=ticked))
    if not consent.withdraw(chosen):
        messages.info(request, "Dieser Widerruf ist schon vermerkt.")
        return
    said = f"Widerruf vermerkt: {consent.get_kind_display()}."
    if chosen:
        said += f" Entfernt: {', '.join(f'„{material.title}“' for material in chosen)}."
    history.write_about_talk(request, consent.talk, said)
    messages.success(request, said)


URLS: list[DeskUrl] = [
    ("<int:pk>/einwilligungen/", speaker_consents, "speaker_consents"),
    ("<int:pk>/einwilligungen/<int:consent_pk>/", withdraw_consent, "withdraw_consent"),
]
