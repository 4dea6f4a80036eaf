"""What people do in the same second: hand over, join, while an organiser changes the seats.

Two hand-overs of one person lock the same talks; locked in another order, PostgreSQL finds a
deadlock.
"""

import os

from tests.load.site import BOOKED, at_once

PEOPLE = 15
DATABASE = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"

BOOK_ALL = """
from events.models import Talk
from registration.models import Registration
talks = Talk.objects.filter(slug__in={slugs})
for number in range({people}):
    Registration.objects.sign_up(talks, name="Kim", email=f"k{{number}}@stadt.example")
"""
LINKS = """
import json
from registration.models import links
from registration.models import Registration
purpose = "{purpose}"
rows = Registration.objects.filter(talk__slug__in={slugs}).order_by("pk")
print(json.dumps([[links.token(row.key, purpose), str(row.uuid)] for row in rows]))
"""
# An organiser raises the seats one by one, as the admin does it.
MORE_SEATS = """
from events.models import Talk
from registration.models import Registration
for capacity in range(11, 21):
    talk = Talk.objects.get(slug="{slug}")
    talk.capacity = capacity
    talk.save()
    Registration.objects.promote_waiting(talk)
"""
BEGIN_SOON = """
from datetime import timedelta
from django.utils import timezone
from events.models import Talk
talk = Talk.objects.get(slug="{slug}")
talk.starts_at = timezone.now() + timedelta(minutes=5)
talk.ends_at = talk.starts_at + timedelta(hours=1)
talk.save()
"""
JOINED = """
from registration.models import Registration
print(Registration.objects.exclude(joined_at=None).count())
"""


def hand_over_everything(site):
    """Let everybody hand over both seats at once; return the statuses, and the seats."""
    slugs = site.make_talks(2)
    site.shell(BOOK_ALL.format(slugs=slugs, people=PEOPLE))
    pages = [
        f"/meine-anmeldung/{token}/{uuid}/weitergeben/"
        for token, uuid in site.ask(LINKS.format(slugs=slugs, purpose="meine-anmeldung"))
    ]
    form = site.open_form(pages[0])
    heirs = [{"name": "Lea", "email": f"lea{n}@stadt.example"} for n in range(len(pages))]
    statuses = at_once(
        [
            lambda page=page, heir=heir: site.post(page, form, **heir)[0]
            for page, heir in zip(pages, heirs, strict=True)
        ]
    )
    return statuses, site.seats(slugs)


def test_two_hand_overs_of_one_person_at_once_wait_for_each_other(site):
    statuses, seats = hand_over_everything(site)

    assert statuses == [302] * 2 * PEOPLE
    mails = dict.fromkeys(("given_away", "handed_over"), PEOPLE)
    for states, kinds in seats.values():
        assert states == "c" * PEOPLE
        assert {kind: number for kind, number in kinds.items() if kind in mails} == mails


def test_control_locked_in_another_order_they_meet_a_deadlock(make_site):
    """SQLite has one lock for everything, so no order can be wrong."""
    statuses, _ = hand_over_everything(make_site("no-order"))

    assert (statuses == [302] * 2 * PEOPLE) == (DATABASE == "SQLite")


def test_everybody_joins_in_the_same_minute(site):
    (slug,) = site.make_talks(1, meeting_url="https://konferenz.example/")
    site.fill(slug, 100)
    tokens = site.ask(LINKS.format(slugs=[slug], purpose="teilnehmen"))
    site.shell(BEGIN_SOON.format(slug=slug))
    pages = [f"/teilnehmen/{token}/" for token, _ in tokens]
    form = site.open_form(pages[0])

    # Twice: an impatient click is no second one.
    statuses = at_once([lambda page=page: site.post(page, form)[0] for page in pages * 2])

    assert statuses == [200] * 200
    assert site.shell(JOINED) == "100"


def test_seats_are_raised_among_sign_ups_and_cancellations(site):
    (slug,) = site.make_talks(1, capacity=10)
    site.fill(slug, 30)
    form = site.open_form("/anmeldung/")
    pages = [f"{path}{uuid}/abmelden/" for path, uuid in site.mine(slug, 5)]
    tabs = [(page, site.open_form(page)) for page in pages]
    new = [
        lambda number=number: site.sign_up(form, slug, f"n{number}@stadt.example")
        for number in range(150)
    ]
    left = [lambda tab=tab: site.post(*tab)[0] for tab in tabs]

    answers = at_once([lambda: site.shell(MORE_SEATS.format(slug=slug)), *new, *left])

    assert answers == ["", *[BOOKED] * 150, *[302] * 5]
    states, mails = site.seats([slug])[slug]
    assert states == "x" * 5 + "c" * 20 + "w" * 155
    assert mails == {"signed_up": 180, "cancelled": 5, "promoted": 15}
