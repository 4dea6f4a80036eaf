"""Files of proposals on the disk: none stays that no proposal and no page has any more."""

from pathlib import Path

import pytest
from django.db import transaction

from events.models import Material, Talk
from events.uploads import images, pdfs
from registration.models import ProposedChange
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import make_speaker_link, make_talk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def link():
    return make_speaker_link()


def files(media) -> list[str]:
    """Return the pictures that lie there, by their largest size, and the PDFs."""
    return sorted(
        path.name if path.suffix == ".jpg" else "pdf"
        for path in media.rglob("*")
        if "x" in path.name or path.suffix == ".pdf"
    )


def propose(link, field, content=None, owner="vortragen-x"):
    is_pdf = field == "slides"
    sent = upload(PDF, "a.pdf") if is_pdf else upload(content or jpeg())
    file = (pdfs if is_pdf else images).keep(sent, owner)
    return ProposedChange.objects.propose(link, field, file=file)


def test_kept_upload_goes_with_the_commit(link, media):
    propose(link, "image")

    assert files(media) == ["64x40.jpg"]
    assert list((media.parent / "uploads").iterdir()) == []


@pytest.mark.parametrize("field", ["image", "portrait", "slides"])
def test_replaced_file_goes(link, media, field):
    propose(link, field, jpeg((30, 20)))
    propose(link, field)

    assert files(media) == ["pdf" if field == "slides" else "64x40.jpg"]


@pytest.mark.parametrize("field", ["image", "portrait", "slides"])
@pytest.mark.parametrize(
    "end",
    [
        lambda link, change: change.decide("declined", "Bitte im Querformat."),
        lambda link, change: ProposedChange.objects.propose(link, change.field),
        lambda link, change: change.delete(),
        lambda link, change: link.erase("person"),
        lambda link, change: link.speaker.delete(),
        lambda link, change: link.talk.delete(),
    ],
    ids=["declined", "withdrawn", "deleted", "erased", "speaker removed", "talk deleted"],
)
def test_file_of_a_proposal_that_is_over_goes(link, media, field, end):
    end(link, propose(link, field))

    assert (files(media), ProposedChange.objects.exclude(picture="", pdf="").count()) == ([], 0)


def test_file_that_was_taken_over_stays_with_the_talk(link, media):
    image, slides = propose(link, "image"), propose(link, "slides")
    with transaction.atomic():
        link.talk.image, link.talk.image_credit = image.picture.name, CREDIT
        link.talk.save()
        Material.objects.create(talk=link.talk, title="Folien", file=slides.pdf.name)
        image.decide("taken")
        slides.decide("taken")

    link.erase("person")

    assert files(media) == ["64x40.jpg", "pdf"]
    assert (media / Talk.objects.get().image.name).is_file()


def test_picture_of_the_talk_goes_when_another_is_taken_over(media):
    link = make_speaker_link(make_talk(image=upload(jpeg((30, 20))), image_credit=CREDIT))
    image = propose(link, "image")
    with transaction.atomic():
        link.talk.image = image.picture.name
        link.talk.save()
        image.decide("taken")

    assert files(media) == ["64x40.jpg"]


def test_decision_that_is_rolled_back_keeps_the_file(link, media):
    change = propose(link, "image")
    with transaction.atomic():
        change.decide("declined")
        transaction.set_rollback(True)

    assert (files(media), ProposedChange.objects.get().is_open) == (["64x40.jpg"], True)
