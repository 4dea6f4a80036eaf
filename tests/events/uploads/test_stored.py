"""Stored files: whose they are, and how they go."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from events.models import Material, Speaker, Talk
from events.uploads import stored
from registration.models import ProposedChange
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import make_speaker_link, make_talk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_every_column_that_holds_a_file_is_asked():
    link = make_speaker_link(make_talk(image="bilder/a", image_credit=CREDIT))
    Speaker.objects.update(portrait="bilder/b", portrait_credit=CREDIT)
    Material.objects.create(talk=link.talk, title="Folien", file="material/c.pdf")
    ProposedChange.objects.create(link=link, field="image", picture="bilder/d")
    ProposedChange.objects.create(link=link, field="slides", pdf="material/e.pdf")
    named = {"bilder/a", "bilder/b", "material/c.pdf", "bilder/d", "material/e.pdf"}

    assert stored.in_use([*named, "bilder/f", "material/g.pdf"]) == named
    assert stored.in_use([]) == set()


def test_removing_takes_all_sizes_of_a_picture_or_one_pdf_and_may_be_repeated(tmp_path):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)
    pdf = default_storage.save("material/a.pdf", ContentFile(PDF))

    for name in (talk.image.name, pdf, talk.image.name, pdf):
        stored.remove(name)

    assert [path for path in Path(tmp_path).rglob("*") if path.is_file()] == []
    assert Talk.objects.get().image.name == talk.image.name


def test_only_what_no_row_names_goes_and_only_with_the_commit(
    tmp_path, django_capture_on_commit_callbacks
):
    link = make_speaker_link()
    kept, gone = (default_storage.save(f"material/{n}.pdf", ContentFile(PDF)) for n in "ab")
    ProposedChange.objects.create(link=link, field="slides", pdf=kept)

    with django_capture_on_commit_callbacks(execute=True):
        stored.remove_unused([kept, gone, gone, ""])
        assert default_storage.exists(gone)

    assert [default_storage.exists(name) for name in (kept, gone)] == [True, False]
