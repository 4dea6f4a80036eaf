"""What a save that failed has left behind."""

import os
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from events.models import Material, Speaker, Talk, failed_saves
from events.uploads import images, pdfs
from registration.models import ProposedChange
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import make_speaker_link, make_talk
from webtalks.management.commands.worker import DUTIES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


def stored() -> list[str]:
    root = Path(default_storage.location)
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def save(*, fails: bool):
    """Save a talk with a picture and slides in one transaction."""
    picture, slides = images.keep(upload(jpeg()), 1), pdfs.keep(upload(PDF, "a.pdf"), 1)
    with transaction.atomic():
        talk = make_talk(image=picture, image_credit=CREDIT)
        Material.objects.create(talk=talk, title="Folien", file=slides)
        transaction.set_rollback(fails)
    return picture, slides


def age(*uploads):
    for each in uploads:
        os.utime(each.folder, (0, time.time() - 25 * 3600))


def test_files_of_a_failed_save_are_removed_after_a_day():
    uploads = save(fails=True)
    failed_saves.remove_leftovers()
    assert len(stored()) == 4
    age(*uploads)

    failed_saves.remove_leftovers()

    assert stored() == []
    assert [each.folder.exists() for each in uploads] == [False, False]


def test_files_that_a_row_names_stay(settings):
    uploads = save(fails=False)
    for each in uploads:  # as if a crash had come between the commit and the removal
        each.folder.mkdir()
    picture, slides = uploads
    picture.note(Talk.objects.get().image.name)
    slides.note(Material.objects.get().file.name)
    before = stored()
    age(*uploads)

    failed_saves.remove_leftovers()

    assert before == stored()
    assert [each.folder.exists() for each in uploads] == [False, False]


def test_portrait_that_a_speaker_has_stays_and_one_of_a_failed_save_goes():
    portraits = [images.keep(upload(jpeg((60, 80))), 1) for _ in range(2)]
    for fails, portrait in zip([False, True], portraits, strict=True):
        with transaction.atomic():
            speaker = make_talk().speakers.get()
            speaker.portrait, speaker.portrait_credit = portrait, CREDIT
            speaker.save()
            transaction.set_rollback(fails)
    portraits[0].folder.mkdir()  # as if a crash had come between the commit and the removal
    portraits[0].note(Speaker.objects.get().portrait.name)
    assert len(stored()) == 6
    age(*portraits)

    failed_saves.remove_leftovers()

    assert stored() == ["60.avif", "60.jpg", "60x80.jpg"]


def test_files_that_a_speaker_has_proposed_stay():
    uploads = [
        images.keep(upload(jpeg()), "link"),
        images.keep(upload(jpeg((30, 20))), "link"),
        pdfs.keep(upload(PDF, "a.pdf"), "link"),
    ]
    link = make_speaker_link()
    portrait, picture, slides = uploads
    Speaker.objects.update(portrait_credit=CREDIT)
    speaker = Speaker.objects.get()
    speaker.portrait = portrait
    speaker.save()
    ProposedChange.objects.propose(link, "image", file=picture)
    ProposedChange.objects.propose(link, "slides", file=slides)
    proposed = {change.field: change.file_name for change in ProposedChange.objects.all()}
    for each, name in zip(
        uploads, [speaker.portrait.name, proposed["image"], proposed["slides"]], strict=True
    ):
        each.folder.mkdir()  # as if a crash had come between the commit and the removal
        each.note(name)
    before = stored()
    age(*uploads)

    failed_saves.remove_leftovers()

    assert len(before) == 7
    assert stored() == before


def test_worker_does_it_once_a_day():
    assert DUTIES[failed_saves.remove_leftovers].days == 1
