"""Slides for participants, on the page of Meine Anmeldung."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Material
from registration.models import Registration
from tests.makers import make_registration, make_talk
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def slides(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    talk = make_talk()
    return Material.objects.create(
        talk=talk,
        title="Folien",
        file=SimpleUploadedFile("egal.pdf", b"%PDF-1.7 Folien"),
        audience=Material.Audience.PARTICIPANTS,
    )


def test_participant_finds_and_gets_the_slides(client, slides):
    row = make_registration(slides.talk)

    page = client.get(page_of("mine", row.key)).content.decode()
    path = re.search(r'href="([^"]*/material/\d+/)"', page)[1]
    response = client.get(path)

    assert b"".join(response.streaming_content) == b"%PDF-1.7 Folien"
    assert response["Content-Disposition"] == 'attachment; filename="Folien.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("who", ["waiting", "cancelled", "of another talk", "nobody"])
def test_slides_are_for_those_with_a_seat(client, slides, who):
    row = make_registration(slides.talk)
    if who == "of another talk":
        row.cancel()
        row = make_registration(make_talk(title="Anderer"), email="andere@stadt.example")
    elif who == "nobody":
        row.anonymise()
        row.key = "nobody"
    else:
        Registration.objects.filter(pk=row.pk).update(state=who)

    path = f"{page_of('mine', row.key)}material/{slides.pk}/"

    assert client.get(path).status_code == 404
    assert "material/" not in client.get(page_of("mine", row.key)).content.decode()
