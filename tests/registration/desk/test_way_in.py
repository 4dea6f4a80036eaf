"""The page on which whoever looks after the people enters the way in."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from events.models import Talk
from tests.makers import make_talk
from tests.webtalks.team.people import make_colleague

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LINK = "https://meet.example/raum"


@pytest.fixture
def talk():
    return make_talk()


def page_of(talk) -> str:
    return reverse("admin:enter_way_in", args=[talk.pk])


@pytest.mark.parametrize("role", ["Redaktion", "Teilnehmende"])
def test_way_in_is_entered(client, talk, role):
    client.force_login(make_colleague(roles=[role]))
    before = talk.title

    response = client.post(page_of(talk), {"meeting_url": LINK, "title": "Anders"}, follow=True)

    talk.refresh_from_db()
    assert "Gesichert. Der Zugang öffnet" in response.content.decode()
    assert (talk.meeting_url, talk.title) == (LINK, before)
    assert LogEntry.objects.get().change_message == "Zugangslink eingetragen."
    client.post(page_of(talk), {"meeting_url": LINK})
    assert LogEntry.objects.count() == 1


def test_way_in_is_entered_whatever_else_of_the_talk_is_outdated(client, talk):
    """A rule that came later, or a date moved past the end of the sign-up, is not theirs."""
    Talk.objects.filter(pk=talk.pk).update(registration_closes_at=talk.ends_at)
    client.force_login(make_colleague(roles=["Teilnehmende"]))

    assert client.post(page_of(talk), {"meeting_url": LINK}).status_code == 302
    talk.refresh_from_db()
    assert talk.meeting_url == LINK


def test_who_only_reads_may_not(client, talk):
    client.force_login(make_colleague(roles=["Lesend"]))

    assert client.get(page_of(talk)).status_code == 403
    assert client.post(page_of(talk), {"meeting_url": LINK}).status_code == 403


def test_link_that_is_none_is_refused_and_kept(client, talk):
    client.force_login(make_colleague(roles=["Teilnehmende"]))

    response = client.post(page_of(talk), {"meeting_url": "morgen mehr"})

    talk.refresh_from_db()
    assert (response.status_code, talk.meeting_url) == (422, "")
    assert 'value="morgen mehr"' in response.content.decode()


def test_talk_leads_to_the_page_where_its_form_is_closed(client, talk):
    change = reverse("admin:events_talk_change", args=[talk.pk])
    client.force_login(make_colleague(roles=["Teilnehmende"]))
    assert page_of(talk) in client.get(change).content.decode()

    client.force_login(make_colleague("bo", roles=["Redaktion"]))
    assert page_of(talk) not in client.get(change).content.decode()


def test_talk_that_is_none_is_not_found(client):
    client.force_login(make_colleague(roles=["Teilnehmende"]))

    assert client.get("/admin/events/talk/4711/zugang/").status_code == 404
