"""When pages change by themselves."""

from datetime import datetime, timedelta

import pytest

from events.models import Talk
from events.pages.edition import editions
from tests.conftest import BERLIN, NOW
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
OPENS_BEFORE = timedelta(minutes=15)
MIDNIGHT = datetime(2025, 11, 6, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("talk", "moment"),
    [
        ({}, MIDNIGHT),
        ({"status": "draft", "starts_at": NOW + HOUR}, MIDNIGHT),
        ({"publish_at": NOW + HOUR}, NOW + HOUR),
        ({"publish_at": NOW + HOUR, "starts_at": NOW - 9 * HOUR}, NOW + HOUR),
        ({"registration_opens_at": NOW + HOUR}, NOW + HOUR),
        ({"registration_closes_at": NOW + HOUR}, NOW + HOUR),
        ({"starts_at": NOW + 3 * HOUR}, NOW + HOUR),  # the queue ends
        ({"starts_at": NOW + HOUR}, NOW + HOUR - OPENS_BEFORE),  # the way in opens
        ({"starts_at": NOW + OPENS_BEFORE}, NOW + OPENS_BEFORE),
        ({"starts_at": NOW}, NOW + HOUR),  # it ends
        ({"starts_at": NOW + OPENS_BEFORE, "status": "cancelled"}, NOW + OPENS_BEFORE),
    ],
)
def test_edition_holds_until_the_next_moment(talk, moment):
    make_talk(**({"starts_at": NOW + timedelta(days=9)} | talk))

    assert editions.current().until == moment


def test_label_changes_at_no_other_moment(clock):
    make_talk(
        starts_at=NOW + 5 * HOUR,
        ends_at=NOW + 6 * HOUR,
        publish_at=NOW + HOUR,
        registration_opens_at=NOW + 2 * HOUR,
        registration_closes_at=NOW + 4 * HOUR,
        capacity=1,
        seats_taken=1,
        waiting_count=1,
    )
    labels, editions_seen = [], []
    for minute in range(8 * 60):
        clock.move_to(NOW + minute * timedelta(minutes=1))
        talk = Talk.objects.get()
        shown = (
            talk.is_published,
            talk.is_upcoming,
            talk.is_running,
            talk.is_way_in_open,
            talk.registration_state,
        )
        if [shown] != labels[-1:]:
            labels.append(shown)
            editions_seen.append(editions.current())
        assert editions.current() is editions_seen[-1]

    assert [state.code for *_, state in labels] == [
        "not_yet",
        "not_yet",
        "waiting_list",
        "full",
        "closed",
        "closed",
        "closed",
        "past",
    ]
