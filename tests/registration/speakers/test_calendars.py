"""The calendar files of a speaker's desk, by its link."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from events.models import Talk
from registration.models import SpeakerLink
from tests.conftest import NOW
from tests.makers import make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def link():
    return make_speaker_link(make_talk(check_at=timezone.now() + timedelta(days=3)))


def get(client, link, name):
    return client.get(reverse(f"registration:speaker_{name}_ics", args=[link.token]))


@pytest.mark.parametrize(("name", "end"), [("talk", ""), ("check", "-technik-check")])
def test_each_file_is_a_calendar_that_nobody_keeps(client, link, name, end):
    response = get(client, link, name)

    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert event["UID"] == f"{link.talk.uid}{end}"
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "change",
    [
        {"check_at": None},
        {"check_at": NOW - timedelta(days=1)},
        {"status": Talk.Status.CANCELLED},
    ],
)
def test_without_a_check_ahead_there_is_no_file(client, link, change):
    Talk.objects.update(**change)

    assert get(client, link, "check").status_code == 404
    assert get(client, link, "talk").status_code == 200


def test_dead_link_leads_nowhere(client, link):
    SpeakerLink.objects.update(withdrawn_at=timezone.now())

    assert [get(client, link, name).status_code for name in ("talk", "check")] == [404, 404]
