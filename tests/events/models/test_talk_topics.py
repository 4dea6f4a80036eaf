"""Topics: their slugs, and each once on a talk."""

import pytest
from django.db import IntegrityError, transaction

from events.models import TalkTopic, Topic
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_topics_whose_names_are_spelled_alike_get_different_slugs():
    slugs = [Topic.objects.create(name=name).slug for name in ("Klima", "Klima!", "KLIMA?")]

    assert slugs == ["klima", "klima-2", "klima-3"]


def test_database_refuses_a_topic_twice_on_a_talk():
    talk, topic = make_talk(), Topic.objects.create(name="Wärme")
    talk.topics.add(topic)

    with pytest.raises(IntegrityError), transaction.atomic():
        TalkTopic.objects.create(talk=talk, topic=topic)
    talk.topics.add(topic)
    assert list(talk.topics.all()) == [topic]
