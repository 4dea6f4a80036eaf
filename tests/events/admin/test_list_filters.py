"""By what the list of talks is narrowed."""

from datetime import timedelta
from html import unescape

import pytest

from events.models import Talk, Topic
from tests.admin_form import url
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def titles(client, query="") -> list[str]:
    changelist = client.get(f"{url(Talk, 'changelist')}?{query}").context["cl"]
    return [talk.title for talk in changelist.result_list]


def test_talks_that_come_and_talks_that_are_over_are_all_talks(admin_client):
    make_talk(title="Kommt")
    make_talk(title="Vorbei", starts_in=timedelta(days=-3))
    make_talk(title="Ohne Termin", status="postponed", starts_in=timedelta(days=-5))

    assert titles(admin_client, "zeit=kommend") == ["Kommt", "Ohne Termin"]
    assert titles(admin_client, "zeit=vergangen") == ["Vorbei"]
    assert len(titles(admin_client)) == 3


def test_talks_without_topic_are_named_in_words(admin_client):
    make_talk(title="Mit").topics.add(Topic.objects.create(name="Klima"))
    make_talk(title="Ohne")

    html = unescape(admin_client.get(url(Talk, "changelist")).content.decode())

    assert ("ohne Thema" in html, ">-</a>" in html) == (True, False)
    assert titles(admin_client, "topics__isnull=True") == ["Ohne"]


def test_list_names_the_weekday(admin_client):
    make_talk()

    html = admin_client.get(url(Talk, "changelist")).content.decode()

    assert "Mi., 26.11.2025, 9:00\u00a0Uhr" in html
