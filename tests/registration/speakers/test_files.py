"""Files on a speaker's own page: what they have proposed, and nothing of anybody else."""

import pytest
from django.urls import reverse

from events.models import Speaker
from registration.models import ProposedChange
from tests.events.upload_files import CREDIT, PDF, fetch, jpeg, upload
from tests.makers import make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "own_folders")]

SANDBOX = "default-src 'none'; sandbox"


@pytest.fixture
def link():
    """Return a link whose talk is a draft with a picture, slides and a portrait proposed."""
    talk = make_talk(status="draft", image=upload(jpeg((30, 20))), image_credit=CREDIT)
    link = make_speaker_link(talk)
    for field, content in (("image", jpeg()), ("portrait", jpeg()), ("slides", PDF)):
        ProposedChange.objects.propose(link, field, file=upload(content, "datei"))
    return link


def picture(link, stored, name=None) -> str:
    _, folder, largest = stored.split("/")
    path = reverse("registration:speaker_picture", args=[link.token, folder, largest])
    return path.replace(largest, name or largest)


def stored(link, field) -> str:
    return link.changes.get(field=field).file_name


def slides(link, field="slides") -> str:
    path = reverse("registration:speaker_file", args=[link.token, "slides"])
    return path.replace("slides", field)


@pytest.mark.parametrize("field", ["image", "portrait"])
def test_proposed_pictures_are_served_in_every_size_to_nobody_else(client, link, field):
    answers = [
        fetch(client, picture(link, stored(link, field), name))
        for name in ("64x40.jpg", "64.jpg", "64.avif")
    ]

    assert [each["Content-Type"] for each in answers] == ["image/jpeg", "image/jpeg", "image/avif"]
    for each in answers:
        assert each["Content-Security-Policy"] == SANDBOX
        assert "private, no-store" in each["Cache-Control"]
        assert each.body
    public = reverse("events:picture", args=stored(link, field).split("/")[1:])
    assert client.get(public).status_code == 404


def test_todays_pictures_are_served_though_the_talk_is_a_draft(client, link):
    speaker = Speaker.objects.get()
    speaker.portrait, speaker.portrait_credit = upload(jpeg((20, 20))), CREDIT
    speaker.save()

    for name in (link.talk.image.name, speaker.portrait.name):
        assert fetch(client, picture(link, name)).status_code == 200


def test_proposed_slides_are_a_download(client, link):
    answer = fetch(client, slides(link))

    assert answer.body == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="Folien Sina Massow.pdf"'
    assert answer["Content-Security-Policy"] == SANDBOX
    assert "private, no-store" in answer["Cache-Control"]


def test_another_link_opens_none_of_it(client, link):
    other = make_speaker_link(make_talk(title="Anderer"), email="andere@stadt.example")

    names = [stored(link, "image"), stored(link, "portrait"), link.talk.image.name]
    assert [client.get(picture(other, name)).status_code for name in names] == [404] * 3
    assert client.get(slides(other)).status_code == 404


def test_another_speaker_of_the_same_talk_does_not_see_it(client, link):
    second = Speaker.objects.create(talk=link.talk, name="Änne Groß", position=1)
    other = type(link).objects.make(second, "aenne@stadt.example")

    assert client.get(picture(other, stored(link, "image"))).status_code == 404
    assert client.get(slides(other)).status_code == 404


@pytest.mark.parametrize(
    "name", ["..", "64", "64.jpg.jpg", "x.jpg", "1.jpg", "64.png", "٦٤.jpg", "stored.txt"]
)
def test_only_sizes_that_are_there_are_served(client, link, name):
    # What is no address at all leads to the page, as every mangled link does.
    assert client.get(picture(link, stored(link, "image"), name)).status_code in (302, 404)


@pytest.mark.parametrize("folder", ["..", "x", "a" * 32, "*", "%25"])
def test_only_own_folders_are_served(client, link, folder):
    path = picture(link, stored(link, "image")).replace(stored(link, "image")[7:39], folder)

    assert client.get(path).status_code in (302, 404)


@pytest.mark.parametrize("field", ["image", "portrait", "pdf", "title"])
def test_only_slides_are_a_file(client, link, field):
    assert client.get(slides(link, field)).status_code == 404


def test_what_was_decided_is_not_served_any_more(client, link):
    shown = picture(link, stored(link, "image"))
    link.changes.get(field="image").decide("declined")
    link.changes.get(field="slides").decide("declined")

    assert client.get(shown).status_code == 404
    assert client.get(slides(link)).status_code == 404


def test_withdrawn_link_opens_nothing(client, link):
    paths = [picture(link, stored(link, "image")), slides(link)]
    link.withdraw()

    assert [client.get(path).status_code for path in paths] == [404, 404]


def test_file_that_is_lost_on_disk_is_a_404(client, link, settings, own_folders):
    settings.MEDIA_ROOT = own_folders / "leer"

    assert client.get(picture(link, stored(link, "image"))).status_code == 404
    assert client.get(slides(link)).status_code == 404
