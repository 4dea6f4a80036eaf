"""An organiser's month, with three roles: from the invitation of two colleagues to the numbers.

They do only what the screens offer, from the first page on, and STEPS says how many clicks,
fields and files each thing takes. The pictures are those of docs/handbuch.md; `make handbook`
puts them there. The scenes stand in tests/e2e/month/.
"""

from datetime import timedelta

import pytest

from events.models import Municipality, Talk, Topic
from tests.e2e.month import afterwards, the_people, the_talk, the_team
from tests.e2e.month.month import DATE, ENTERED, NEW_DATE, PEOPLE, READERS, TITLE, Month
from tests.makers import make_groups, make_interest

# What an organiser does, and how many steps it takes from the first page on (or from a mail's
# link). A number that grows is a way that has become longer.
STEPS = {
    "invite: Redaktion": 7,
    "invite: Teilnehmende": 7,
    "first password": 3,
    "set up the second step": 3,
    "enter a talk": 17,
    "hold the news": 2,
    "let the news go": 2,
    "watch the sign-ups": 2,
    "correct a refused address": 4,
    "settle the towns": 5,
    "help one person": 6,
    "write a message": 6,
    "plan a message, and stop it": 8,
    "release a message, and stop it": 4,
    "resume a message": 2,
    "copy a message, and delete the draft": 6,
    "move the talk": 4,
    "tell the people": 4,
    "find a talk": 3,
    "find talk, message and people": 3,
    "enter the way in": 3,
    "note who was there": 4,
    "write the recap": 3,
    "add material": 4,
    "numbers for the funder": 3,
    "take the list along": 11,
    "letter to somebody who asks": 4,
    "ask for another password": 3,
    "another password": 3,
    "own profile": 1,
    "end the access": 4,
}


@pytest.fixture
def month(browser, own_url, settings, clock, smtp_server):
    for name, land, population in (
        ("Musterstadt", "Niedersachsen", 4_200),
        ("Beispielheim", "Hessen", 9_800),
        ("Neustadt", "Hessen", 9_300),
        ("Neustadt", "Sachsen", 12_400),
    ):
        Municipality.objects.create(name=name, land=land, population=population)
    Topic.objects.create(name="Wohnen & Leben")
    make_groups()
    # What the mails in the pictures lead to.
    settings.SITE_URL = "https://talks.example"
    month = Month(browser, own_url, clock, smtp_server)
    month.the_year_before()
    for email in READERS:
        make_interest(email)
    yield month
    # Before the server ends: it must not wait for a browser that keeps its connections.
    month.ends()


def test_organisers_month(month):
    lead = month.lead()
    redaktion = month.colleague("rike@reihe.example")
    teilnehmende = month.colleague("tilda@reihe.example")

    # The team
    the_team.invites(month, lead, redaktion, "Rike", "Redaktion")
    the_team.invites(month, lead, teilnehmende, "Tilda", "Teilnehmende")
    the_team.comes_in(month, redaktion)
    the_team.comes_in(month, teilnehmende)
    the_team.sets_up_the_second_step(month, teilnehmende)

    # Before the talk
    the_talk.enter(month, redaktion)
    the_talk.hold_and_let_go_the_news(month, redaktion)
    talk = Talk.objects.get(title=TITLE)
    month.people_sign_up(talk)
    month.comes_to(ENTERED + timedelta(days=18))
    the_talk.watch_the_sign_ups(month, redaktion)
    the_people.correct_the_refused_address(month, teilnehmende)
    the_people.settle_the_towns(month, teilnehmende)
    the_people.help_one_person(month, teilnehmende)
    the_people.write_a_message(month, teilnehmende)
    the_people.plan_it(month, teilnehmende)
    the_people.release_it(month, teilnehmende)
    the_people.copy_it(month, teilnehmende)
    the_talk.move_by_a_week(month, redaktion)
    the_people.find_by_the_search(month, redaktion, teilnehmende)

    # The talk
    month.comes_to(NEW_DATE - timedelta(hours=20))
    assert [colleague.mailbox.subjects[-1] for colleague in (lead, redaktion, teilnehmende)] == [
        "Zugangslink fehlt"
    ] * 3
    month.comes_to(NEW_DATE - timedelta(hours=2))
    the_talk.enter_the_way_in(month, teilnehmende)
    month.comes_to(NEW_DATE)

    # Afterwards
    month.comes_to(NEW_DATE + timedelta(days=1))
    afterwards.note_who_was_there(month, teilnehmende)
    afterwards.finish_the_talk(month, redaktion)
    afterwards.count_for_the_funder(month, redaktion)
    afterwards.take_the_list_along(month, teilnehmende)
    afterwards.write_the_letter(month, teilnehmende)

    # The team again
    month.comes_to(NEW_DATE + timedelta(days=2))
    the_team.forgets_the_password(month, teilnehmende)
    the_team.looks_at_the_own_profile(month, teilnehmende)
    the_team.ends_the_access(month, lead, redaktion)

    talk.refresh_from_db()
    assert (talk.starts_at, talk.previous_starts_at) == (NEW_DATE, DATE)
    present = talk.registrations.attended().order_by("pk")
    assert [row.name for row in present] == [*PEOPLE][:4]
    assert month.complaints == []
    assert month.steps == STEPS
