"""Every write that a reader could see raises the revision; nothing else does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction

from events.models import (
    FormerSlug,
    FunderReport,
    Material,
    Municipality,
    OwnGoal,
    PracticeProfile,
    Revision,
    Series,
    Speaker,
    Talk,
    TalkTopic,
    Topic,
)
from tests.conftest import NOW
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# No page shows a former address: whoever asks for it is led on. Reports are the organisers' own.
SHOWN_NOWHERE = {Revision, FormerSlug, FunderReport, OwnGoal}
MODELS = [
    model for model in apps.get_app_config("events").get_models() if model not in SHOWN_NOWHERE
]


def values(model) -> dict:
    """Return what a new row of `model` needs."""
    name = f"Größe & {uuid4().hex[:12]}"
    return {
        Municipality: lambda: {"name": name, "land": "Hessen"},
        Topic: lambda: {"name": name, "slug": uuid4().hex},
        Talk: lambda: {
            "title": name,
            "slug": uuid4().hex,
            "starts_at": NOW,
            "ends_at": NOW + timedelta(hours=1),
        },
        TalkTopic: lambda: {"talk": make_talk(), "topic": Topic.objects.create(name=name)},
        Speaker: lambda: {"talk": make_talk(speaker=""), "name": name},
        Material: lambda: {"talk": make_talk(), "title": name, "url": "https://vhw.de/"},
        PracticeProfile: lambda: {"situation": name, "talk": make_talk()},
        Series: lambda: {"name": name},
    }[model]()


def rows(row):
    return type(row).objects.filter(pk=row.pk)


def with_values(row, new):
    for field, value in new.items():
        setattr(row, field, value)
    return row


# `new` is one field with another value.
CHANGES = {
    "save": lambda row, new: row.save(),
    "save of one field": lambda row, new: with_values(row, new).save(update_fields=[*new]),
    "delete": lambda row, new: row.delete(),
    "update": lambda row, new: rows(row).update(**new),
    "delete of rows": lambda row, new: rows(row).delete(),
    "bulk_update": lambda row, new: rows(row).bulk_update([with_values(row, new)], [*new]),
    "update_or_create": lambda row, new: rows(row).update_or_create(pk=row.pk, defaults=new),
}
# `new` is all that a row needs; none is there before.
CREATIONS = {
    "save": lambda model, new: model(**new).save(),
    "create": lambda model, new: model.objects.create(**new),
    "bulk_create": lambda model, new: model.objects.bulk_create([model(pk=1, **new)]),
    "get_or_create": lambda model, new: model.objects.get_or_create(pk=1, defaults=new),
    "update_or_create": lambda model, new: model.objects.update_or_create(pk=1, defaults=new),
}


def test_every_model_of_events_is_tried():
    parts = {Municipality, Topic, TalkTopic, Speaker, Material, PracticeProfile}
    assert set(MODELS) == {Talk, Series, *parts}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("model", MODELS)
def test_every_change_raises_the_revision(model, change):
    row = model.objects.create(**values(model))
    field, value = next(iter(values(model).items()))
    before = Revision.current()

    change(row, {field: value})

    assert Revision.current() > before


@pytest.mark.parametrize("creation", CREATIONS.values(), ids=CREATIONS)
@pytest.mark.parametrize("model", MODELS)
def test_every_new_row_raises_the_revision(model, creation):
    new = values(model)
    before = Revision.current()

    creation(model, new)

    assert Revision.current() == before + 1


@pytest.mark.parametrize(
    "change",
    [
        lambda topics, old, new: topics.set([new]),
        lambda topics, old, new: topics.add(new),
        lambda topics, old, new: topics.remove(old),
        lambda topics, old, new: topics.clear(),
    ],
    ids=["set", "add", "remove", "clear"],
)
def test_changing_the_topics_of_a_talk_raises_the_revision(change):
    talk = make_talk()
    old, new = (Topic.objects.create(name=name) for name in ("Wärme", "Licht"))
    talk.topics.add(old)
    before = Revision.current()

    change(talk.topics, old, new)

    assert Revision.current() > before


def test_changing_talks_through_their_town_raises_the_revision():
    talk, town = make_talk(), Municipality.objects.create(name="Bad Süß", land="Hessen")
    before = Revision.current()

    town.talks.add(talk)

    assert Talk.objects.get().municipality == town
    assert Revision.current() > before


def test_setting_the_topics_they_have_changes_nothing():
    talk, topic = make_talk(), Topic.objects.create(name="Wärme")
    talk.topics.add(topic)
    before = Revision.current()

    talk.topics.set([topic])

    assert Revision.current() == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_rolled_back_leaves_the_revision(change):
    topic = Topic.objects.create(name="Wärme")
    before = Revision.current()

    with transaction.atomic():
        change(topic, {"name": "Licht"})
        during = Revision.current()
        transaction.set_rollback(True)

    assert during > before
    assert (Revision.current(), Topic.objects.get().name) == (before, "Wärme")


def test_counting_seats_leaves_the_revision_and_every_other_column():
    talk = make_talk()
    before = Revision.current(), vars(Talk.objects.get()) | {"_state": None, "_counters": None}
    talk.seats_taken, talk.waiting_count, talk.calendar_sequence = 3, 2, 7
    talk.title = "Nicht gemeint"
    Talk.objects.store_counts(talk)

    after = Revision.current(), vars(Talk.objects.get()) | {"_state": None, "_counters": None}
    counts = {"seats_taken": 3, "waiting_count": 2, "calendar_sequence": 7}
    assert after == (before[0], before[1] | counts)


def test_reading_leaves_the_revision(client):
    talk = make_talk()
    before = Revision.current()

    for path in ("/", "/archiv/", talk.get_absolute_url(), "/kalender.ics"):
        client.get(path)

    assert Revision.current() == before


def test_revision_is_nought_until_the_first_change(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert Revision.current() == 0

    Topic.objects.create(name="Wärme")

    assert [(row.pk, row.number, str(row)) for row in Revision.objects.all()] == [(1, 1, "1")]
