"""A portrait: who must be named with it, and when its files go."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from events.models import Speaker, Talk
from tests.events.upload_files import jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CREDIT = "© Stadt Größenau/Änne Groß"
MISSING = "Bitte geben Sie an, von wem das Porträt ist."


def make_portrait(talk=None, **fields) -> Speaker:
    """Return one more speaker of the talk, who has a portrait."""
    values = {"name": 'Änne "Öz" & Groß', "portrait_credit": CREDIT} | fields
    return Speaker.objects.create(
        talk=talk or make_talk(speaker=None), portrait=upload(jpeg((600, 800))), **values
    )


def files_of(name: str) -> list[str]:
    folder = str(Path(name).parent)
    found = default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
    return sorted(found)


ALL_SIZES = ["480.avif", "480.jpg", "600.avif", "600.jpg", "600x800.jpg"]


def test_portrait_without_its_credit_is_refused():
    speaker = make_portrait()
    speaker.portrait_credit = ""

    with pytest.raises(ValidationError) as caught:
        speaker.full_clean()
    assert caught.value.message_dict == {"portrait_credit": [MISSING]}
    with pytest.raises(IntegrityError), transaction.atomic():
        speaker.save()


def test_credit_without_a_portrait_is_nothing_wrong():
    talk = make_talk(speaker=None)
    speaker = Speaker(talk=talk, name="Kim", portrait_credit=CREDIT)

    speaker.full_clean()

    assert speaker.picture is None


@pytest.mark.parametrize(
    ("credit", "text"),
    [
        ("© Kim Groß", "Porträt: © Kim Groß"),
        ("Porträt: © Kim Groß", "Porträt: © Kim Groß"),
        ("Zeichnung: Änne", "Zeichnung: Änne"),
    ],
)
def test_credit_says_what_it_belongs_to(credit, text):
    assert Speaker(portrait_credit=credit).credit_text == text


def replace(speaker):
    speaker.portrait = upload(jpeg((30, 20)))
    speaker.save()


def replace_only_the_portrait(speaker):
    speaker.portrait = upload(jpeg((30, 20)))
    speaker.save(update_fields=["portrait"])


def take_off(speaker):
    speaker.portrait = ""
    speaker.save()


WRITES = {
    "replaced": replace,
    "replaced alone": replace_only_the_portrait,
    "taken off": take_off,
    "taken off by a queryset": lambda speaker: Speaker.objects.update(portrait=""),
    "speaker deleted": lambda speaker: speaker.delete(),
    "speakers deleted": lambda speaker: Speaker.objects.all().delete(),
    "talk deleted": lambda speaker: speaker.talk.delete(),
    "talks deleted": lambda speaker: Talk.objects.all().delete(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_files_go_once_the_change_is_committed(django_capture_on_commit_callbacks, write):
    old = make_portrait().portrait.name
    with django_capture_on_commit_callbacks() as callbacks:
        write(Speaker.objects.get())
    before_commit = files_of(old)
    for callback in callbacks:
        callback()

    assert (before_commit, files_of(old)) == (ALL_SIZES, [])
    held = [name for name in Speaker.objects.values_list("portrait", flat=True) if name]
    assert [files_of(name) for name in held] == [["30.avif", "30.jpg", "30x20.jpg"]] * len(held)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_files_stay_when_the_change_is_rolled_back(django_capture_on_commit_callbacks, write):
    old = make_portrait().portrait.name
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        write(Speaker.objects.get())
        transaction.set_rollback(True)

    assert Speaker.objects.get().portrait.name == old
    assert files_of(old) == ALL_SIZES


def test_files_stay_with_another_write_and_with_another_row(django_capture_on_commit_callbacks):
    first, second = make_portrait(), make_portrait()
    names = [first.portrait.name, second.portrait.name]
    with django_capture_on_commit_callbacks(execute=True):
        first.role = "Amt für Wärme & Licht"
        first.save()
        Speaker.objects.update(form="Referentin")
        make_portrait().delete()

    assert [files_of(name) for name in names] == [ALL_SIZES] * 2


def test_files_that_another_row_holds_stay(django_capture_on_commit_callbacks):
    first = make_portrait()
    name = first.portrait.name
    Speaker.objects.create(talk=make_talk(), name="Kim", portrait=name, portrait_credit=CREDIT)
    with django_capture_on_commit_callbacks(execute=True):
        first.delete()

    assert files_of(name) == ALL_SIZES
