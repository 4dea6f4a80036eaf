"""The organisers' first page and lists, with 500 talks and 200,000 registrations and empty."""

import statistics
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Talk
from registration.invariants import violations
from registration.models import OutgoingMail, Registration

TALKS, PEOPLE = 500, 200_000
ROUNDS = 7
LIMIT = 10
QUERIES = 12
REGISTRATIONS = "/admin/registration/registration/"
MAILS = "/admin/registration/outgoingmail/"
FIRST_PAGE = "/admin/"


def seconds(client, path) -> float:
    """Return the usual time of the page, and see that it needs few queries."""
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        assert client.get(path).status_code == 200
        times.append(time.perf_counter() - begin)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    assert (path, len(captured) <= QUERIES) == (path, True)
    return statistics.median(times)


def fill():
    """Store everybody with one mail each, of which a thousandth did not arrive."""
    now = timezone.now()
    starts = [now + timedelta(days=number - 480) for number in range(TALKS)]
    talks = Talk.objects.bulk_create(
        Talk(
            title=f"Talk {start:%d.%m.%Y}",
            slug=f"talk-{start:%Y-%m-%d}",
            status="published",
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            capacity=1,
        )
        for start in starts
    )
    states = ["confirmed", "waiting", "cancelled"]
    rows = Registration.objects.bulk_create(
        (
            Registration(
                talk=talks[number % TALKS],
                name=f"Person {number}",
                email=f"p{number}@x.example",
                email_key=f"p{number}@x.example",
                state=states[number % 3],
                created_at=now - timedelta(minutes=number),
            )
            for number in range(PEOPLE)
        ),
        batch_size=5000,
    )
    counted = Counter((row.talk_id, row.state) for row in rows)
    for talk in talks:
        talk.seats_taken = counted[talk.pk, "confirmed"]
        talk.waiting_count = counted[talk.pk, "waiting"]
    Talk.objects.bulk_update(talks, ["seats_taken", "waiting_count"])
    mails = OutgoingMail.objects.bulk_create(
        (
            OutgoingMail(
                kind="signed_up",
                state="sent" if number % 1000 else "failed",
                dedupe_key=f"key-{number}",
                created_at=row.created_at,
            )
            for number, row in enumerate(rows)
        ),
        batch_size=5000,
    )
    through = OutgoingMail.registrations.through
    through.objects.bulk_create(
        (
            through(outgoingmail=mail, registration=row)
            for mail, row in zip(mails, rows, strict=True)
        ),
        batch_size=5000,
    )
    connection.cursor().execute("ANALYZE")
    return talks[490]


@pytest.mark.django_db
def test_lists_keep_up_with_empty_ones(admin_client):
    empty = {path: seconds(admin_client, path) for path in (REGISTRATIONS, MAILS)}
    quickest = min(empty.values())
    talk = fill()

    full = {
        path: round(seconds(admin_client, path) / empty.get(path.partition("?")[0], quickest), 1)
        for path in (
            FIRST_PAGE,
            REGISTRATIONS,
            MAILS,
            f"{REGISTRATIONS}?talk__id__exact={talk.pk}",
            f"{REGISTRATIONS}?state__exact=waiting",
            f"{REGISTRATIONS}?mail=unzustellbar",
        )
    }

    assert {path: ratio for path, ratio in full.items() if ratio >= LIMIT} == {}, full
    assert list(violations()) == []
