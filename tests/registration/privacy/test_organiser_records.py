"""What is kept of the organisers' log-ins and doings, and for how long."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from registration.privacy.history import write
from registration.privacy.organiser_records import (
    erase_history,
    erase_login_attempts,
    erase_sessions,
)
from tests.makers import make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_organisers_history_is_erased_after_twelve_months(clock, rf, admin_user):
    request = rf.get("/admin/")
    request.user = admin_user
    write(request, [make_registration()], "Abgemeldet.")
    clock.shift(timedelta(days=365))
    assert erase_history() == 0

    clock.shift(1)
    assert [erase_history(), erase_history()] == [1, 0]


def test_sessions_that_are_over_are_deleted(clock, admin_client):
    admin_client.get("/admin/")
    clock.shift(timedelta(hours=12, seconds=-1))
    erase_sessions()
    assert Session.objects.count() == 1

    clock.shift(2)
    erase_sessions()
    assert Session.objects.count() == 0


def test_attempts_are_erased_after_seven_days(client, clock):
    client.post("/admin/login/", {"username": "änne", "password": "falsch"})
    clock.shift(timedelta(days=7))
    assert erase_login_attempts() == 0

    clock.shift(timedelta(seconds=1))
    assert erase_login_attempts() == 1
    assert AccessAttempt.objects.count() == 0
    assert erase_login_attempts() == 0
