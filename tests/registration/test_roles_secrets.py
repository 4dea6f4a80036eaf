"""What a role may not see on pages that it may open: people, and the ways into the room."""

import pytest
from django.urls import reverse

from events.models import Speaker
from tests.registration.test_roles import log_in, roles, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "roles")]
__all__ = ["roles"]  # a fixture


def test_lists_of_talks_show_no_persons_to_who_may_not_see_them(client):
    talk = rows()["registration"].talk
    log_in(client, "Lesend")

    for page in ("admin:events_talk_changelist", "admin:events_talk_change", "admin:index"):
        args = [talk.pk] if page.endswith("change") else []
        html = client.get(reverse(page, args=args)).content.decode()
        assert (page, "Kim Beispiel" in html) == (page, False)


@pytest.mark.parametrize(
    ("role", "sees_it"), [("Redaktion", True), ("Teilnehmende", False), ("Lesend", False)]
)
def test_link_into_the_room_is_for_who_enters_it(client, role, sees_it):
    talk = rows()["registration"].talk
    talk.meeting_url, talk.dial_in = "https://konferenz.example/geheim", "030 PIN 4711"
    talk.save()
    log_in(client, role)
    pages = [
        reverse("admin:events_talk_change", args=[talk.pk]),
        reverse("admin:events_talk_history", args=[talk.pk]),
        reverse("admin:events_talk_changelist"),
        reverse("admin:index"),
    ]

    seen = {page for page in pages if "konferenz.example" in client.get(page).content.decode()}

    assert seen == set(pages[:1] if sees_it else [])
    html = client.get(pages[0]).content.decode()
    assert ("4711" in html, "Untertitel" in html) == (sees_it, True)


@pytest.mark.parametrize("role", ["Redaktion", "Lesend"])
def test_link_into_the_room_cannot_be_guessed_letter_by_letter(client, role):
    rows()
    log_in(client, role)
    page = reverse("admin:events_talk_changelist")

    for lookup in ("meeting_url__startswith", "meeting_url", "dial_in__startswith", "dial_in"):
        assert (lookup, client.get(page, {lookup: "https"}).status_code) == (lookup, 400)
    # No list of ours asks by patterns: it begins anew.
    assert client.get(page, {"meeting_url__regex": "https"}).status_code == 302
    assert client.get(page, {"status__exact": "draft"}).status_code == 200


def test_editor_enters_a_talk_with_speakers(client):
    talk = rows()["talk"]
    log_in(client, "Redaktion")
    html = client.get(reverse("admin:events_talk_change", args=[talk.pk])).content.decode()

    assert 'name="speakers-0-name"' in html
    assert 'name="materials-TOTAL_FORMS"' in html
    assert Speaker.objects.filter(talk=talk).count() == 1
