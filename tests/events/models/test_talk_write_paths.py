"""Whatever way a talk is written, what its change entails is written with it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePosixPath

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from events.desk.duplicate import duplicate
from events.models import Material, Municipality, Speaker, Talk, TalkTopic, Topic
from events.models.search import text_of
from events.models.talk import CounterWritten
from events.uploads import images
from registration.invariants import violations
from tests.admin_form import send, url
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def picture(size: int):
    return upload(jpeg((size, size)))


@pytest.fixture
def talk(settings, tmp_path) -> Talk:
    settings.MEDIA_ROOT = tmp_path
    # Not at midnight, whenever the test runs: the form refuses a talk that ends on another day.
    begins = timezone.localtime().replace(hour=10) + timedelta(days=21)
    talk = make_talk(image=picture(64), image_credit=CREDIT, slug="waerme", starts_at=begins)
    talk.topics.add(Topic.objects.create(name="Wärme"))
    Material.objects.create(talk=talk, title="Folien", file=upload(PDF, "Folien.pdf"))
    make_talk(title="Ein anderer Talk", town="Schwalmstadt", speaker="Jörg Öz")
    return talk


# Each is one way in which something that concerns a talk is written.


def save_everything(talk, client):
    talk.title, talk.starts_at, talk.ends_at = "Kälte", talk.starts_at + DAY, talk.ends_at + DAY
    talk.image, talk.recap = picture(70), "Rückblick"
    talk.save()


def save_one_field(talk, client):
    talk.status = Talk.Status.CANCELLED
    talk.save(update_fields=["status"])


def save_what_was_deferred(talk, client):
    found = Talk.objects.defer("title", "starts_at", "image").get(pk=talk.pk)
    found.title, found.image = "Kälte", picture(70)
    found.save(update_fields=["title", "image"])


def save_what_was_read_long_ago(talk, client):
    old = Talk.objects.get(pk=talk.pk)
    talk.title = "Kälte"
    talk.save()
    old.subtitle = "Mit Untertitel"
    old.save(update_fields=["subtitle"])


def postponed_talk_gets_its_date(talk, client):
    Talk.objects.filter(pk=talk.pk).update(status=Talk.Status.POSTPONED)
    talk.refresh_from_db()
    talk.starts_at, talk.ends_at = talk.starts_at + DAY, talk.ends_at + DAY
    talk.save()


def update_many(talk, client):
    Talk.objects.update(title="Kälte", status=Talk.Status.POSTPONED, image="")


def update_dates(talk, client):
    Talk.objects.filter(pk=talk.pk).update(
        starts_at=talk.starts_at + DAY, ends_at=talk.ends_at + DAY
    )


def bulk_update(talk, client):
    talks = list(Talk.objects.all())
    for each in talks:
        each.title, each.starts_at = f"{each.title} neu", each.starts_at - DAY
    Talk.objects.bulk_update(talks, ["title", "starts_at"])


def bulk_create(talk, client):
    start = talk.starts_at
    new = Talk(title="Neuer Talk", slug="neu", starts_at=start, ends_at=start + DAY)
    Talk.objects.bulk_create([new])
    Speaker.objects.bulk_create([Speaker(talk=new, name="Änne Groß")])
    TalkTopic.objects.bulk_create([TalkTopic(talk=new, topic=Topic.objects.get())])


def admin_form(talk, client):
    picture_and_title = {"title": "Kälte", "image": picture(70)}
    date = {"starts_at_0": "17.12.2031"}
    response = send(client, url(talk), picture_and_title | date)
    assert response.status_code == 302


def admin_inlines(talk, client):
    slides = talk.materials.get()
    response = send(
        client,
        url(talk),
        {
            "speakers-0-name": "Änne Groß",
            "materials-0-id": str(slides.pk),
            "materials-0-DELETE": "on",
            "chosen_topics": [],
        },
    )
    assert response.status_code == 302


def admin_deletes_from_the_list(talk, client):
    client.post(
        url(Talk, "changelist"),
        {"action": "delete_selected", "_selected_action": [talk.pk], "post": "yes"},
    )
    assert not Talk.objects.filter(pk=talk.pk).exists()


def delete_one(talk, client):
    talk.delete()


def delete_many(talk, client):
    Talk.objects.filter(pk=talk.pk).delete()


def rename_town(talk, client):
    town = talk.municipality
    town.name = "Größenau"
    town.save()


def rename_towns_at_once(talk, client):
    Municipality.objects.update(name="Größenau")


def rename_topic(talk, client):
    Topic.objects.get().delete()
    topic = Topic.objects.create(name="Energie")
    talk.topics.set([topic])
    topic.name = "Strom"
    topic.save(update_fields=["name"])


def change_topics(talk, client):
    talk.topics.clear()
    talk.topics.add(Topic.objects.create(name="Energie"))
    talk.topics.remove(Topic.objects.get(name="Energie"))


def change_speakers(talk, client):
    Speaker.objects.filter(talk=talk).update(name="Änne Groß")
    other = Talk.objects.exclude(pk=talk.pk).get()
    Speaker.objects.filter(talk=other).update(talk=talk)
    talk.speakers.first().delete()


def replace_slides(talk, client):
    slides = talk.materials.get()
    slides.file = upload(PDF, "Neu.pdf")
    slides.save()
    Material.objects.filter(pk=slides.pk).update(file="", url="https://stadt.example/")


def delete_slides(talk, client):
    talk.materials.all().delete()


def copy_it(talk, client):
    duplicate(talk)


def commands(talk, client):
    call_command("import_municipalities", verbosity=0)
    call_command("load_talks", verbosity=0)
    call_command("load_talks", "--demo", verbosity=0)


WAYS: list[Callable] = [
    save_everything,
    save_one_field,
    save_what_was_deferred,
    save_what_was_read_long_ago,
    postponed_talk_gets_its_date,
    update_many,
    update_dates,
    bulk_update,
    bulk_create,
    admin_form,
    admin_inlines,
    admin_deletes_from_the_list,
    delete_one,
    delete_many,
    rename_town,
    rename_towns_at_once,
    rename_topic,
    change_topics,
    change_speakers,
    replace_slides,
    delete_slides,
    copy_it,
    commands,
]
TOLD = ("title", "starts_at", "ends_at", "status")


def rows() -> dict[int, dict]:
    columns = (*TOLD, "calendar_sequence", "change_no", "previous_starts_at")
    return {row["pk"]: row for row in Talk.objects.values("pk", *columns)}


def folders() -> set[str]:
    """Return the pictures and slides on disk, a picture by its folder."""
    found = set()
    for folder in (images.FOLDER, "material"):
        if default_storage.exists(folder):
            names, files = default_storage.listdir(folder)
            found |= {f"{folder}/{name}" for name in [*names, *files]}
    return found


def held() -> set[str]:
    pictures = Talk.objects.exclude(image="").values_list("image", flat=True)
    slides = Material.objects.exclude(file="").values_list("file", flat=True)
    return {str(PurePosixPath(name).parent) for name in pictures} | set(slides)


@pytest.mark.parametrize("write", WAYS, ids=lambda way: way.__name__)
def test_every_way_of_writing_entails_the_same(write, talk, admin_client):
    before = rows()

    write(talk, admin_client)

    after = rows()
    assert held() == folders()
    for found in Talk.objects.all():
        assert (found.title, found.search_text) == (found.title, text_of(found))
    for pk in before.keys() & after.keys():
        old, new = before[pk], after[pk]
        has_changed = any(old[name] != new[name] for name in TOLD)
        assert (new["calendar_sequence"] > old["calendar_sequence"]) == has_changed
        assert (new["change_no"] > old["change_no"]) == has_changed
        if new["starts_at"] != old["starts_at"]:
            assert new["previous_starts_at"] == old["starts_at"]


@pytest.mark.parametrize("name", sorted(Talk.COUNTERS))
def test_counter_that_is_set_by_hand_is_refused(name, talk):
    found = Talk.objects.get(pk=talk.pk)
    before = getattr(found, name)
    value = {"search_text": "anders", "announced_at": talk.starts_at}.get(name, 7)
    setattr(found, name, value)

    with pytest.raises(CounterWritten):
        found.save()
    with pytest.raises(CounterWritten):
        found.save(update_fields=[name])

    assert getattr(Talk.objects.get(pk=talk.pk), name) == before


def test_search_text_that_is_wrong_breaks_an_invariant(talk):
    assert list(violations()) == []

    Talk.objects.filter(pk=talk.pk).update(search_text=" falsch")

    assert list(violations()) == ["waerme: Der Suchtext ist veraltet"]
