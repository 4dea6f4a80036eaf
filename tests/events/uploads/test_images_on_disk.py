"""A picture's files: they have names of ours, and go when the change is committed."""

import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from events.models import Talk
from events.models.revision import known_revision
from events.uploads import images
from tests.events.upload_files import CREDIT, fetch, jpeg, upload
from tests.makers import make_talk

NAME = re.compile(r"bilder/[0-9a-f]{32}/\d+x\d+\.jpg")


def stored(name: str) -> dict[str, bytes]:
    """Return the files of the folder in which the picture `name` lies."""
    folder = str(Path(name).parent)
    if not default_storage.exists(folder):
        return {}
    files = default_storage.listdir(folder)[1]
    return {file: Path(default_storage.path(f"{folder}/{file}")).read_bytes() for file in files}


def make_talk_with_picture(content=None, **fields) -> Talk:
    return make_talk(image=upload(content or jpeg()), image_credit=CREDIT, **fields)


@pytest.mark.django_db
def test_every_file_that_a_page_names_is_there(client):
    talk = make_talk_with_picture(jpeg((700, 400)))
    html = client.get(talk.get_absolute_url()).content.decode()
    paths = set(re.findall(r"/bilder/[\w./]+", html))

    assert len(paths) == 5
    assert {path: len(fetch(client, path).body) > 500 for path in paths} == dict.fromkeys(
        paths, True
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../Rathaus.jpg", 'Änne & "Öz".php', "x.svg", "480.jpg", "a" * 100]
)
def test_name_of_the_upload_is_never_used(name):
    talk = make_talk(image=upload(jpeg(), name), image_credit=CREDIT)

    assert NAME.fullmatch(talk.image.name)
    assert NAME.fullmatch(Talk.objects.get().image.name)
    assert stored(talk.image.name).keys() == {"64x40.jpg", "64.avif", "64.jpg"}


@pytest.mark.django_db
def test_two_talks_with_the_same_file_have_a_picture_each():
    first, second = (make_talk_with_picture() for _ in range(2))

    assert first.image.name != second.image.name


@pytest.mark.django_db
def test_saving_a_talk_again_keeps_its_picture(django_capture_on_commit_callbacks):
    name = make_talk_with_picture().image.name
    talk = Talk.objects.get()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        talk.title = "Neu"
        talk.save()

    # No picture is removed; that the content has changed is told to the process alone.
    assert (callbacks, Talk.objects.get().image.name) == ([known_revision.look_again], name)
    assert len(stored(name)) == 3


def assign_and_save(talk, content):
    talk.image = upload(content)
    talk.save()


def save_only_the_picture(talk, content):
    talk.image = upload(content)
    talk.save(update_fields=["image"])


def save_through_the_field(talk, content):
    talk.image.save("egal.jpg", ContentFile(content))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "replace", [assign_and_save, save_only_the_picture, save_through_the_field]
)
@pytest.mark.parametrize("is_fresh", [True, False], ids=["same object", "read again"])
def test_replaced_picture_goes_once_the_change_is_committed(
    django_capture_on_commit_callbacks, replace, is_fresh
):
    talk = make_talk_with_picture()
    old = talk.image.name
    talk = talk if is_fresh else Talk.objects.get()
    with django_capture_on_commit_callbacks() as callbacks:
        replace(talk, jpeg((30, 20)))
    before_commit = len(stored(old))
    for callback in callbacks:
        callback()

    new = Talk.objects.get().image.name
    assert (before_commit, stored(old)) == (3, {})
    assert stored(new).keys() == {"30x20.jpg", "30.avif", "30.jpg"}
    assert not default_storage.exists(str(Path(old).parent))


@pytest.mark.django_db
def test_picture_taken_off_a_talk_goes_once_the_change_is_committed(
    django_capture_on_commit_callbacks,
):
    old = make_talk_with_picture().image.name
    talk = Talk.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        talk.image = ""
        talk.save()

    assert (Talk.objects.get().image.name, stored(old)) == ("", {})


@pytest.mark.django_db
def test_picture_of_a_deleted_talk_goes_once_the_change_is_committed(
    django_capture_on_commit_callbacks,
):
    talk, other = make_talk_with_picture(), make_talk_with_picture()
    with django_capture_on_commit_callbacks() as callbacks:
        talk.delete()
    before_commit = len(stored(talk.image.name))
    for callback in callbacks:
        callback()

    assert (before_commit, stored(talk.image.name)) == (3, {})
    assert len(stored(other.image.name)) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["replace", "delete"])
def test_picture_stays_when_the_change_is_rolled_back(django_capture_on_commit_callbacks, change):
    name = make_talk_with_picture().image.name
    talk = Talk.objects.get()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        if change == "replace":
            assign_and_save(talk, jpeg((30, 20)))
        else:
            talk.delete()
        transaction.set_rollback(True)

    assert Talk.objects.get().image.name == name
    assert len(stored(name)) == 3


@pytest.mark.django_db
def test_picture_not_saved_yet_costs_the_old_one_nothing(django_capture_on_commit_callbacks):
    name = make_talk_with_picture().image.name
    talk = Talk.objects.get()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        talk.image = ""
        talk.save(update_fields=["recap"])

    # No picture is removed; that the content has changed is told to the process alone.
    assert (callbacks, Talk.objects.get().image.name) == ([known_revision.look_again], name)
    assert len(stored(name)) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["", "bilder", "bilder/", "bilder/../x/1x1.jpg", "../bilder", "/etc/1x1.jpg"]
)
def test_remove_touches_nothing_but_a_picture(name):
    kept = make_talk_with_picture().image.name

    images.remove(name)
    images.remove(f"{Path(kept).parent}/")
    images.remove(f"bilder/{'f' * 32}/1x1.jpg")

    assert len(stored(kept)) == 3
