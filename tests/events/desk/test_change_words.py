"""What the history of a talk says of a change."""

import pytest
from django.contrib.admin.models import LogEntry

from events.models import Topic
from tests.admin_form import send
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def talk():
    return make_talk(capacity=20, meeting_url="https://meet.example/geheim")


def told(client, talk, **changes) -> str:
    response = send(client, f"/admin/events/talk/{talk.pk}/change/", changes)
    assert response.status_code == 302, response.context["errors"]
    return LogEntry.objects.latest("pk").get_change_message()


def test_short_fields_are_told_from_what_to_what(admin_client, talk):
    assert told(admin_client, talk, status="cancelled", capacity="") == (
        "Geändert: Plätze („20“ → „leer“) und Stand („Veröffentlicht“ → „Abgesagt“)."
    )
    assert told(admin_client, talk, status="published", title="Neu & anders") == (
        'Geändert: Titel („Wärme & "Licht" für Gudensberg“ → „Neu & anders“) und '
        "Stand („Abgesagt“ → „Veröffentlicht“)."
    )


def test_technical_check_is_told_and_its_link_only_named(admin_client, talk):
    text = told(
        admin_client,
        talk,
        check_at_0="20.11.2025",
        check_at_1="10:00",
        check_url="https://meet.example/geheim",
    )

    assert text.replace("\u00a0", " ") == (
        "Geändert: Technik-Check („leer“ → „20. November 2025, 10:00 Uhr“) und "
        "Link zum Technik-Check."
    )


def test_moments_are_told_as_people_write_them(admin_client, talk):
    text = told(admin_client, talk, starts_at_1="09:30", double_opt_in="on")

    assert text.replace("\u00a0", " ") == (
        "Geändert: Beginn („26. November 2025, 9:00 Uhr“ → „26. November 2025, 9:30 Uhr“), "
        "Ende („26. November 2025, 10:00 Uhr“ → „26. November 2025, 10:30 Uhr“) und "
        "Adresse bestätigen lassen („nein“ → „ja“)."
    )


def test_ways_in_and_long_texts_are_only_named(admin_client, talk):
    topic = Topic.objects.create(name="Wärme")
    text = told(
        admin_client,
        talk,
        meeting_url="https://meet.example/neu",
        announcement="Ganz anders.",
        chosen_topics=[topic.pk],
        **{"speakers-0-role": "Bürgermeisterin"},
    )

    assert text.startswith("Geändert: Ankündigung, Themen und Zugangslink. ")
    assert "meet.example" not in LogEntry.objects.latest("pk").change_message
    assert "Referentin oder Referent „" in text


def test_form_that_changes_nothing_is_told_as_such(admin_client, talk):
    assert told(admin_client, talk) == "Gesichert, ohne dass sich etwas geändert hat."
