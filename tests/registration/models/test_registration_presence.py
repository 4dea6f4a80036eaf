"""Who was there: minutes from a report, an organiser's mark, and what only hints at it."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from registration.models import Registration
from registration.models.links import new_key
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def row_with(talk, **columns):
    row = make_registration(talk, email=f"p{Registration.objects.count()}@stadt.example")
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    return row


@pytest.mark.parametrize("percent", [50, 75, 100])
@pytest.mark.parametrize("length", [60, 59, 90, 7])
def test_the_rule_for_one_and_the_rule_for_many_agree(percent, length, settings):
    settings.PRESENCE_PERCENT = percent
    talk = make_talk()
    talk.ends_at = talk.starts_at + timedelta(minutes=length)
    talk.save()
    Registration.objects.bulk_create(
        Registration(talk=talk, key=new_key(), state="confirmed", minutes_present=minutes)
        for minutes in [None, *range(length + 1)]
    )

    found = {row.minutes_present for row in Registration.objects.attended()}

    assert found == {row.minutes_present for row in Registration.objects.all() if row.attended}
    assert found == {m for m in range(length + 1) if m * 100 >= length * percent}


@pytest.mark.parametrize(
    ("columns", "attended", "text"),
    [
        ({}, False, ""),
        ({"counted_before": True}, False, "dabei (alte Zählung)"),
        ({"minutes_present": 30}, True, "dabei, 30\u00a0Minuten nach Bericht"),
        ({"minutes_present": 29}, False, "29\u00a0Minuten nach Bericht"),
        ({"marked_present": True}, True, "dabei, vom Veranstalter bestätigt"),
        (
            {"minutes_present": 29, "marked_present": True},
            True,
            "dabei, vom Veranstalter bestätigt; 29\u00a0Minuten nach Bericht",
        ),
    ],
)
def test_what_is_known_is_said_and_no_more(columns, attended, text):
    row = row_with(make_talk(), **columns)

    assert (row.attended, row.presence) == (attended, text)
    assert Registration.objects.attended().exists() is attended


def test_the_way_in_is_no_presence():
    row = row_with(make_talk(), joined_at=timezone.now())

    assert (row.attended, row.presence) == (False, "Zugang benutzt")


def test_erasing_keeps_whether_the_minutes_were_enough_and_not_which(clock):
    talk = make_talk()
    long, short = row_with(talk, minutes_present=31), row_with(talk, minutes_present=29)
    clock.shift(timedelta(days=60))

    for row in (long, short):
        row.anonymise()

    assert [row.minutes_present for row in (long, short)] == [talk.minutes, 0]
    assert Registration.objects.attended().count() == 1


def test_another_person_in_the_row_was_not_there():
    row = row_with(
        make_talk(), minutes_present=40, marked_present=True, counted_before=True, recap_off=True
    )

    assert row.hand_over(name="Kim", email="kim@stadt.example")

    row.refresh_from_db()
    assert (row.attended, row.presence, row.recap_off) == (False, "", False)


def test_everybody_is_listed_under_the_one_thing_that_is_known():
    talk = make_talk()
    for minutes, marked, counted, joined in product(
        [None, 0, 29, 30], [False, True], [False, True], [None, timezone.now()]
    ):
        row_with(
            talk,
            minutes_present=minutes,
            marked_present=marked,
            counted_before=counted,
            joined_at=joined,
        )
    rows, kinds = Registration.objects.order_by("pk"), Registration.Presence

    listed = {kind: list(rows.with_presence(kind)) for kind in kinds}

    assert listed == {kind: [row for row in rows if row.known_presence == kind] for kind in kinds}
    assert {kind: len(found) for kind, found in listed.items()} == {
        kinds.ATTENDED: 16 + 4,
        kinds.SHORT: 8,
        kinds.COUNTED_BEFORE: 2,
        kinds.JOINED: 1,
        kinds.UNKNOWN: 1,
    }
    assert list(rows.used_way_in()) == [row for row in rows if row.way_in_used_at]


@pytest.mark.parametrize("marked", [True, False])
def test_erased_row_says_no_minutes(clock, marked):
    row = row_with(make_talk(), minutes_present=31, marked_present=marked)
    clock.move_to(row.talk.ends_at + timedelta(days=31))

    row.anonymise()

    assert row.presence == "dabei"
