"""The speaker's desk, with an organiser and two speakers: from the mail to the published page.

What the speakers type is typed once: organisers compare it, take it over or answer, and everybody
reads it. STEPS says how many clicks, fields and files each thing takes, for organisers from the
first page on, for speakers from the mail on. The scenes stand in tests/e2e/speaking/.
"""

from datetime import timedelta

import pytest

from tests.e2e.month.month import Month
from tests.e2e.speaking import the_check, the_decision, the_link, the_proposal, the_stranger
from tests.e2e.speaking.speaker import Speaker
from tests.e2e.speaking.the_link import ADDRESSES, ALEX, DATE, ENTERED, SINA

# A number that grows is a way that has become longer.
STEPS = {
    # Organisers
    "mail the links": 8,
    "decide about the texts": 10,
    "take over picture and portrait": 9,
    "take over the rest at once": 3,
    "enter the technical check": 7,
    "decline what a stranger has sent": 4,
    "withdraw a link": 4,
    # Speakers
    "send everything but the slides": 24,
    "look at the preview": 1,
    "send the slides": 2,
}


@pytest.fixture
def month(browser, own_url, settings, clock, smtp_server, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    month = Month(browser, own_url, clock, smtp_server)
    yield month
    # Before the server ends: it must not wait for a browser that keeps its connections.
    month.ends()


def test_from_the_mail_to_the_published_page(month):
    talk = the_link.is_prepared(month)
    redaktion = the_link.organiser(month)
    sina, alex = Speaker(month, ADDRESSES[SINA]), Speaker(month, ADDRESSES[ALEX])
    the_link.is_mailed(month, redaktion, talk)

    # The next day
    month.comes_to(ENTERED + timedelta(days=1))
    the_link.is_opened(month, sina, SINA)
    the_proposal.is_sent(month, sina)
    the_proposal.looks_at_the_preview(month, sina, talk)
    alex.presses_in_mail()
    the_proposal.is_sent_by_the_other(alex)

    # Three weeks before, something is missing
    month.clock.move_to(DATE - timedelta(days=21))
    assert month.sent_by() == sorted(ADDRESSES.values())
    the_proposal.slides_are_sent(month, sina)
    the_proposal.nothing_is_public(sina, talk)

    # The day after, somebody decides
    month.comes_to(DATE - timedelta(days=20))
    the_decision.is_taken_over(month, redaktion, talk)
    the_decision.is_answered(month, sina, alex)
    the_decision.is_public(month, talk)
    the_check.is_entered(month, redaktion, talk)
    the_check.is_known(sina)

    # From now on nothing is missing
    for days in (7, 2):
        month.clock.move_to(DATE - timedelta(days=days))
        assert month.sent_by() == []
    the_stranger.people_sign_up(month, talk)
    stranger = the_stranger.sees_nothing_personal(month, sina)
    the_stranger.changes_nothing_public(month, stranger, talk)
    the_stranger.is_turned_away(month, redaktion, talk)
    the_link.is_withdrawn(month, redaktion, talk, alex, ALEX)

    written = [text for person in (redaktion, sina, alex) for text in person.typed]
    assert len(written) == len(set(written))
    assert month.complaints == []
    assert month.steps == STEPS
