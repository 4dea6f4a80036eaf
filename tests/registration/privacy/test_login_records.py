"""What is kept of the organisers' log-ins and doings, and for how long."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from registration.privacy.history import write
from registration.privacy.login_records import (
    forget_history,
    forget_login_attempts,
    forget_sessions,
)
from tests.makers import make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_organisers_history_is_forgotten_after_twelve_months(clock, admin_user):
    write(admin_user, [make_registration()], 2, "Abgemeldet.")
    clock.shift(timedelta(days=365))
    assert forget_history() == 0

    clock.shift(1)
    assert [forget_history(), forget_history()] == [1, 0]


def test_sessions_that_are_over_are_deleted(clock, admin_client):
    admin_client.get("/admin/")
    clock.shift(timedelta(hours=12, seconds=-1))
    forget_sessions()
    assert Session.objects.count() == 1

    clock.shift(2)
    forget_sessions()
    assert Session.objects.count() == 0


def test_attempts_are_forgotten_after_seven_days(client, clock):
    client.post("/admin/login/", {"username": "änne", "password": "falsch"})
    clock.shift(timedelta(days=7))
    assert forget_login_attempts() == 0

    clock.shift(timedelta(seconds=1))
    assert forget_login_attempts() == 1
    assert AccessAttempt.objects.count() == 0
    assert forget_login_attempts() == 0
