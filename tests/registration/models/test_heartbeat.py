"""When a worker was seen last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.models.heartbeat import Heartbeat, beat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_worker_was_seen_last_at_its_last_beat(clock):
    assert Heartbeat.last_seen_at() is None
    beat()
    clock.shift(timedelta(minutes=5))
    beat()

    assert str(Heartbeat.objects.get()) == "05.11.2025 09:05"
    assert Heartbeat.last_seen_at() == timezone.now()
