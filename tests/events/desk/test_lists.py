"""The admin's lists: how they are called, and the list of talks."""

import re
from datetime import timedelta

import pytest

from events.models import Topic
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TALKS = "/admin/events/talk/"


def titles(client, query="") -> list[str]:
    return [talk.title for talk in client.get(TALKS + query).context["cl"].result_list]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (TALKS, "Talks"),
        ("/admin/events/municipality/", "Orte"),
        ("/admin/registration/erasure/", "Einträge im Löschprotokoll"),
        ("/admin/registration/outgoingmail/", "Ausgehende Mails"),
    ],
)
def test_list_is_called_after_what_stands_in_it(admin_client, path, title):
    assert f"<h1>{title}</h1>" in admin_client.get(path).content.decode()


def test_small_window_asks_to_choose(admin_client):
    html = admin_client.get("/admin/events/topic/?_popup=1").content.decode()

    assert "<h1>Thema auswählen</h1>" in html


def test_talks_are_filtered_by_what_is_ahead(admin_client):
    make_talk(title="Nächsten Monat")
    make_talk(title="Gestern", starts_in=timedelta(days=-1))

    assert titles(admin_client) == ["Nächsten Monat", "Gestern"]
    assert titles(admin_client, "?wann=kommend") == ["Nächsten Monat"]
    assert titles(admin_client, "?wann=vergangen") == ["Gestern"]
    assert titles(admin_client, "?wann=unsinn") == ["Nächsten Monat", "Gestern"]


def test_talk_without_a_topic_is_found_by_words(admin_client):
    make_talk(title="Mit Thema").topics.add(Topic.objects.create(name="Wärme"))
    make_talk(title="Ohne Thema")
    html = admin_client.get(TALKS).content.decode()

    link = re.search(r'<a href="(\?topics__isnull=True)">\s*Ohne Angabe', html)
    assert titles(admin_client, link[1]) == ["Ohne Thema"]


def test_talk_stands_there_with_its_weekday(admin_client):
    make_talk()

    html = admin_client.get(TALKS).content.decode()
    assert "Mi,\u00a026.11.2025, 9:00\u00a0Uhr" in html


def test_pictures_for_yes_and_no_have_german_words(admin_client):
    html = admin_client.get("/admin/auth/user/").content.decode()

    assert 'alt="ja"' in html
    assert 'alt="True"' not in html


@pytest.mark.parametrize("talks", [1, 6])
def test_list_of_talks_asks_few_questions(admin_client, django_assert_max_num_queries, talks):
    for number in range(talks):
        make_talk(slug=f"talk-{number}", town=f"Ort {number}")

    with django_assert_max_num_queries(12):
        admin_client.get(TALKS)
