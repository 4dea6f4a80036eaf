"""The page of proposals as an organiser uses it, and what speakers send."""

import re
from html import unescape

from django.core.files.base import ContentFile
from django.urls import reverse

from registration.models import ProposedChange, SpeakerLink
from tests.events.upload_files import PDF, jpeg
from tests.html_form import form_data
from tests.registration.desk.first_page.page import words


def propose(link, **texts) -> list[ProposedChange]:
    """Let the speaker propose these texts, as they stand in the database now."""
    link = SpeakerLink.objects.with_talks().get(pk=link.pk)
    return [ProposedChange.objects.propose(link, field, text) for field, text in texts.items()]


def propose_picture(link, field="image") -> ProposedChange:
    file = ContentFile(jpeg((700, 400)), name="bild.jpg")
    return ProposedChange.objects.propose(link, field, file=file)


def propose_slides(link, text="Das PDF ist barrierefrei.") -> ProposedChange:
    file = ContentFile(PDF, name="folien.pdf")
    return ProposedChange.objects.propose(link, "slides", text, file=file)


def address(talk) -> str:
    return reverse("admin:speaker_proposals", args=[talk.pk])


def opened(client, talk) -> dict:
    """Return what the page would send as it is shown."""
    response = client.get(address(talk))
    assert response.status_code == 200
    return form_data(response.content.decode(), "proposals_form")


def typed(change, choice="taken", **fields) -> dict:
    """Return what an organiser fills in for one change."""
    chosen = {"choice": choice} | fields
    return {f"v{change.pk}-{name}": value for name, value in chosen.items()}


def send(client, talk, *choices, **buttons):
    """Open the page, fill in these choices, and send it."""
    data = opened(client, talk)
    for choice in choices:
        data |= choice
    return client.post(address(talk), data | buttons)


def problems(response) -> list[str]:
    """Return what is said above the form that is shown again."""
    assert response.status_code == 422
    box = re.search(r'<div class="errornote".*?</div>', response.content.decode(), re.S)[0]
    return [words(item) for item in re.findall(r"<li>(.*?)</li>", box, re.S)]


def sides(response) -> list[tuple[str, str]]:
    """Return what is shown as it is now and as it is proposed, with its marks."""
    html = unescape(response.content.decode())
    texts = re.findall(r'<p class="text">(.*?)</p>', html, re.S)
    return list(zip(texts[::2], texts[1::2], strict=True))
