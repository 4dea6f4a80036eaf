"""After the talk, with two roles and the people who were there, or were not.

Who was there is read from a report, certificates are fetched on a phone and checked by others,
the material goes out once, nine people answer and five are seen, a town offers to report, and the
year is told to the funder. Everybody does only what the screens offer; STEPS says how many clicks,
fields and files each thing takes, for organisers from the first page on, for guests from a mail's
link or from an address that is printed or shown. The scenes stand in tests/e2e/month/.
"""

from datetime import timedelta

import pytest

from events.models import Municipality, Talk
from registration.models import Feedback
from tests.e2e.month import (
    the_answers,
    the_hour,
    the_material,
    the_paper,
    the_report,
    the_team,
    the_year,
)
from tests.e2e.month.month import DATE, Month
from tests.makers import make_groups

# A number that grows is a way that has become longer.
STEPS = {
    # Organisers
    "show the slide": 3,
    "look at the feedback": 3,
    "note who was there": 5,
    "read the report again, and discard it": 8,
    "print all certificates": 5,
    "write the recap": 3,
    "add material for who signed up": 5,
    "send the material": 2,
    "answer an offer": 3,
    "enter the goals of the year": 11,
    "say what remains of a talk": 5,
    "report for the funder": 4,
    # Guests
    "give feedback": 5,
    "offer to report": 6,
    "fetch the certificate": 2,
    "check a certificate": 5,
    "check a certificate by its picture": 2,
    "open the slides": 1,
    "decline material": 1,
}


@pytest.fixture
def month(browser, own_url, settings, clock, smtp_server, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Municipality.objects.create(name="Musterstadt", land="Hessen", population=4_200)
    make_groups()
    month = Month(browser, own_url, clock, smtp_server)
    yield month
    # Before the server ends: it must not wait for a browser that keeps its connections.
    month.ends()


def test_after_the_talk(month):
    talk = the_hour.is_prepared(month)
    lead = month.lead()
    redaktion = month.colleague("rike@reihe.example")
    teilnehmende = month.colleague("tilda@reihe.example")
    for colleague, name in ((redaktion, "Redaktion"), (teilnehmende, "Teilnehmende")):
        the_team.invites(month, lead, colleague, name, name)
        the_team.comes_in(month, colleague)
    the_team_is_there = dict(month.steps)

    # The last minutes
    month.comes_to(DATE + timedelta(minutes=52))
    address = the_answers.slide_is_shown(month, redaktion, talk)
    the_answers.is_answered(month, address, range(4))
    the_answers.are_seen(month, redaktion, talk, 0)
    the_answers.is_answered(month, address, [4])
    the_answers.are_seen(month, redaktion, talk, 5)
    the_answers.sheet_can_be_printed(redaktion)

    # The day of the talk
    month.comes_to(DATE + timedelta(hours=2))
    the_answers.is_answered(month, address, range(5, 8))
    the_answers.one_offers_to_report(month, address, redaktion)
    the_answers.are_seen(month, redaktion, talk, 5)
    the_answers.offer_is_found(month, redaktion)
    the_paper.is_announced(month)

    # The day after
    month.comes_to(DATE + timedelta(days=1))
    the_report.is_taken_over(month, teilnehmende, talk)
    the_report.changes_nothing_when_read_again(month, teilnehmende, talk)
    code = the_paper.is_fetched(month, the_hour.ALEX, 58)
    the_paper.is_fetched(month, the_hour.CHRIS, 50)
    the_paper.is_explained(month)
    the_paper.is_checked_by_others(month, code)
    the_paper.is_checked_by_its_picture(month, code)
    the_paper.is_printed_for_all(month, teilnehmende, talk)
    the_material.is_written(month, redaktion)

    # Three days after
    teilnehmende.starts()
    assert not teilnehmende.is_asked_to("Unterlagen verschicken")
    month.comes_to(DATE + timedelta(days=3))
    the_material.is_released(month, teilnehmende, talk)
    the_material.is_read_in_two_wordings(month)
    the_material.is_opened(month, the_hour.CHRIS)
    the_material.is_nobody_elses(month, talk)
    the_material.is_declined(month, the_hour.LUCA)

    # Once the feedback is closed
    assert Feedback.objects.filter(talk=talk).count() == 9
    month.comes_to(DATE + timedelta(days=15))
    assert Feedback.objects.filter(talk=talk).count() == 5
    the_answers.are_seen(month, redaktion, talk, 5)
    the_year.goals_are_entered(month, redaktion)
    the_year.sentence_is_written(month, redaktion, talk)
    the_year.is_taken_along(month, redaktion)

    assert Talk.objects.count() == 1
    assert month.complaints == []
    assert {
        name: steps for name, steps in month.steps.items() if name not in the_team_is_there
    } == STEPS
