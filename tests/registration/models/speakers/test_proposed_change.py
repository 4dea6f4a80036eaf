"""What speakers propose: one row a field, what is decided about it, and the files on disk."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from events.models import Material, PracticeProfile, Speaker, Talk
from events.uploads import stored as stored_files
from registration.models import Erasure, ProposedChange, SpeakerLink
from registration.models.speakers.proposed_change import (
    FIELDS,
    FILES,
    MODEL_OF,
    PART_OF,
    Field,
    Part,
    present,
)
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import TITLE, make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

propose = ProposedChange.objects.propose
NEW = 'Größe & "Glück"'


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def link():
    return make_speaker_link()


def picture():
    return upload(jpeg())


def pdf():
    return upload(PDF, "Folien.pdf", "application/pdf")


def stored() -> set[str]:
    """Return the folders of pictures and the PDFs that lie on the disk."""
    media = Path(settings.MEDIA_ROOT)
    pictures = {f"bilder/{path.parent.name}" for path in media.glob("bilder/*/*")}
    return pictures | {f"material/{path.name}" for path in media.glob("material/*")}


def place(change) -> str:
    """Return where the file of the change lies, as `stored` calls it."""
    return change.file_name if change.pdf else str(Path(change.file_name).parent)


def test_every_field_belongs_to_one_part_and_to_a_column():
    fields = [field for _, names in FIELDS.values() for field in names]

    assert sorted(fields) == sorted(Field) == sorted(PART_OF) == sorted(MODEL_OF)
    assert set(FIELDS) == set(Part)
    for field, model in MODEL_OF.items():
        assert field == Field.SLIDES or model._meta.get_field(field)
    assert set(FILES) == {Field.IMAGE, Field.PORTRAIT, Field.SLIDES}


def test_what_stands_there_is_read_from_speaker_talk_and_profile(link):
    assert {field: present(link, field) for field in Field if present(link, field)} == {
        Field.NAME: "Sina Massow",
        Field.ROLE: "Bürgermeisterin der Stadt Gudensberg",
        Field.TITLE: TITLE,
        Field.ANNOUNCEMENT: "Erster Absatz.\n\nZweiter Absatz.",
        Field.IMAGE_FOCUS: "center",
    }
    PracticeProfile.objects.create(talk=link.talk, costs="Nichts")
    Talk.objects.get().materials.create(title="Folien", file=pdf())
    link = SpeakerLink.objects.with_talks().get()

    assert (present(link, "costs"), present(link, "lessons"), present(link, "slides")) == (
        "Nichts",
        "",
        "",
    )


def test_text_is_written_once_and_counted_with_each_save(link, clock):
    first = propose(link, "title", NEW)
    clock.shift(60)
    second = propose(link, "title", f"{NEW}!")

    change = ProposedChange.objects.get()
    assert first.pk == second.pk == change.pk
    assert (change.text, change.before, change.version) == (f"{NEW}!", TITLE, 2)
    assert (change.proposed_at, change.part, change.is_open) == (timezone.now(), Part.TALK, True)
    assert (str(change), change.file, change.file_name) == ("Titel", None, "")
    assert list(ProposedChange.objects.open()) == [change]
    assert list(ProposedChange.objects.in_talk(link.talk)) == [change]
    assert list(ProposedChange.objects.in_talk(make_talk())) == []
    assert Talk.objects.get(pk=link.talk.pk).title == TITLE


def test_same_proposal_again_is_the_one_that_is_there(link, clock):
    first = propose(link, "title", NEW)
    clock.shift(60)

    assert propose(link, "title", NEW) == first
    assert ProposedChange.objects.get().proposed_at == timezone.now() - timedelta(seconds=60)


@pytest.mark.parametrize(
    "text", ["Erster Absatz.\n\nZweiter Absatz.", " Erster Absatz.\r\n\r\nZweiter Absatz.\n"]
)
def test_what_stands_there_is_no_proposal_and_takes_an_open_one_back(link, text):
    assert propose(link, "announcement", text) is None
    propose(link, "announcement", "Anders.")

    assert propose(link, "announcement", text) is None

    assert ProposedChange.objects.count() == 0


def test_what_was_decided_stays_when_the_same_text_stands_there_now(link):
    propose(link, "title", TITLE + "!").decide("declined", "So bleibt er besser.")

    assert propose(link, "title", TITLE) is None
    assert ProposedChange.objects.get().answer == "So bleibt er besser."


def test_nothing_can_be_proposed_in_place_of_something(link):
    change = propose(link, "role", "")

    assert (change.text, change.before) == ("", "Bürgermeisterin der Stadt Gudensberg")


@pytest.mark.parametrize("outcome", ProposedChange.Outcome.values)
def test_what_is_edited_after_a_decision_is_open_again(link, clock, outcome):
    propose(link, "title", NEW).decide(outcome, "Danke!")
    change = ProposedChange.objects.get()
    assert (change.is_open, change.outcome, change.answer) == (False, outcome, "Danke!")
    assert change.decided_at == timezone.now()
    clock.shift(60)

    propose(link, "title", "Noch einmal")

    change = ProposedChange.objects.get()
    assert (change.is_open, change.outcome, change.answer, change.version) == (True, "", "", 2)
    assert (change.text, change.proposed_at) == ("Noch einmal", timezone.now())


def test_what_was_changed_since_is_outdated(link):
    change = propose(link, "title", NEW)
    assert not ProposedChange.objects.get().is_outdated
    talk = Talk.objects.get()
    talk.title = "Von den Organisierenden"
    talk.save()

    assert ProposedChange.objects.get().is_outdated
    # The same text is new again against what stands there now.
    fresh = SpeakerLink.objects.with_talks().get()
    assert propose(fresh, "title", NEW) == change
    assert propose(fresh, "title", TITLE).before == "Von den Organisierenden"
    assert not ProposedChange.objects.get().is_outdated


def test_link_that_was_read_long_ago_compares_with_what_stands_there_now(link):
    Talk.objects.update(title=NEW)

    assert propose(link, "title", NEW) is None


# Files


@pytest.mark.parametrize(
    ("field", "column", "make"),
    [("image", "picture", picture), ("portrait", "picture", picture), ("slides", "pdf", pdf)],
)
def test_file_is_stored_and_removed_with_the_next_one(link, field, column, make):
    first = propose(link, field, file=make())
    assert stored() == {place(first)}
    assert getattr(first, column).name == first.file_name != ""

    second = propose(link, field, file=make())

    assert stored() == {place(second)} != {place(first)}
    assert (second.pk, second.version) == (first.pk, 2)


def test_slides_are_taken_back_with_their_file(link):
    propose(link, "slides", file=pdf())

    assert propose(link, "slides") is None
    assert (stored(), ProposedChange.objects.count()) == (set(), 0)


@pytest.mark.parametrize("make", [picture, pdf])
def test_file_that_is_declined_goes(link, make):
    change = propose(link, "image" if make is picture else "slides", file=make())

    change.decide("declined", "Zu klein.")

    assert (stored(), ProposedChange.objects.get().file) == (set(), None)


def test_file_that_is_taken_over_stays(link):
    image = propose(link, "image", file=picture())
    slides = propose(link, "slides", file=pdf())
    kept = {place(image), place(slides)}
    talk = Talk.objects.get()
    talk.image, talk.image_credit, talk.image_alt = image.file_name, CREDIT, "Rathaus"
    talk.save()
    Material.objects.create(talk=talk, title="Folien", file=slides.file_name)
    assert stored_files.in_use([image.file_name, slides.file_name, "x"]) == {
        image.file_name,
        slides.file_name,
    }

    for change in (image, slides):
        change.decide("taken")
    assert stored() == kept
    propose(link, "slides", file=pdf())
    SpeakerLink.objects.get().erase(Erasure.Reason.PERSON)

    assert stored() == kept


def test_file_of_a_change_that_is_not_committed_is_kept(link):
    first = propose(link, "slides", file=pdf())

    with transaction.atomic():
        ProposedChange.objects.all().delete()
        transaction.set_rollback(True)

    assert place(first) in stored()


@pytest.mark.parametrize("delete", ["link", "links", "speaker", "speakers", "talk", "talks"])
def test_files_go_with_link_speaker_and_talk(link, delete):
    propose(link, "image", file=picture())
    propose(link, "slides", file=pdf())
    propose(link, "portrait", file=picture())
    assert len(stored()) == 3
    targets = {
        "link": link,
        "links": SpeakerLink.objects.all(),
        "speaker": link.speaker,
        "speakers": Speaker.objects.all(),
        "talk": Talk.objects.get(),
        "talks": Talk.objects.all(),
    }

    targets[delete].delete()

    assert (stored(), ProposedChange.objects.count()) == (set(), 0)


# At once


def test_link_that_was_erased_meanwhile_takes_no_proposal(link):
    SpeakerLink.objects.get().erase(Erasure.Reason.ORGANISER)

    with pytest.raises(SpeakerLink.DoesNotExist):
        propose(link, "title", NEW)
    with pytest.raises(SpeakerLink.DoesNotExist):
        propose(link, "slides", file=pdf())
    assert (stored(), ProposedChange.objects.count()) == (set(), 0)


def test_one_field_has_one_row(link):
    propose(link, "title", NEW)

    with pytest.raises(IntegrityError):
        ProposedChange.objects.create(link=link, field="title")
