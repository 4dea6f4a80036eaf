"""The same report taken over twice at once: what the second finds is gone."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages.storage.cookie import CookieStorage

from registration.desk.presence.pages import take_over
from registration.models import ReportLine
from tests.makers import make_registration, make_talk

pytestmark = pytest.mark.django_db


def test_second_press_finds_nothing_to_take_over_and_deletes_nothing(rf, admin_user, clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    row = make_registration(talk, name="Kim Beispiel", email="kim@stadt.example")
    clock.move_to(talk.ends_at)
    line = ReportLine(name="Wer", email="kim@stadt.example", kind="person", seconds=3000)
    ReportLine.objects.all().replace(talk, [line, ReportLine(kind="person")], admin_user)
    sent = {"eingelesen": line.read_at.isoformat(), "zeilen": "2", "fruehere": "on"}
    request = rf.post("/", sent | {"uebernehmen": ""})
    request.user, request._messages = admin_user, CookieStorage(request)

    take_over(request, talk, request.POST)
    take_over(request, talk, request.POST)

    row.refresh_from_db()
    talk.refresh_from_db()
    assert (row.minutes_present, talk.guests) == (50, 1)
    assert LogEntry.objects.count() == 2  # one person's minutes, and the talk's
    assert "kein eingelesener Bericht" in [str(each) for each in request._messages][-1]
