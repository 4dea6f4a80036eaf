"""Hundreds at once on few seats; without the lock each of these promises breaks."""

import pytest

from tests.load.site import BOOKED, at_once

ROUNDS, SEATS, PEOPLE = 20, 10, 200
# Rounds in which a missing guard must show.
TRIES = 5


def crowd(number=PEOPLE, letter="p"):
    return [f"{letter}{n}@stadt.example" for n in range(number)]


def test_never_more_seats_than_capacity(site):
    slugs = site.make_talks(ROUNDS, capacity=SEATS)

    answers = [site.sign_up_at_once(slug, crowd()) for slug in slugs]

    assert answers == [{BOOKED: PEOPLE}] * ROUNDS
    states = "c" * SEATS + "w" * (PEOPLE - SEATS)
    assert site.seats(slugs) == {slug: [states, {"signed_up": PEOPLE}] for slug in slugs}


def test_control_without_the_lock_seats_or_answers_are_wrong(make_site):
    site = make_site("no-lock")
    slugs = site.make_talks(TRIES, capacity=SEATS)

    answers = [site.sign_up_at_once(slug, crowd()) for slug in slugs]

    seats = site.seats(slugs)
    kept = [
        answer == {BOOKED: PEOPLE} and seats[slug][0].count("c") == SEATS
        for slug, answer in zip(slugs, answers, strict=True)
    ]
    assert not all(kept)


def test_same_form_fifty_times_is_one_registration(site):
    slugs = site.make_talks(ROUNDS)

    answers = [site.sign_up_at_once(slug, ["kim@stadt.example"] * 50) for slug in slugs]

    assert answers == [{BOOKED: 50}] * ROUNDS
    assert site.seats(slugs) == {slug: ["c", {"signed_up": 1}] for slug in slugs}


def test_control_without_the_lock_the_double_click_shows(make_site):
    site = make_site("no-lock")
    slugs = site.make_talks(TRIES)

    answers = [site.sign_up_at_once(slug, ["kim@stadt.example"] * 50) for slug in slugs]

    assert answers != [{BOOKED: 50}] * TRIES


def cancel_among_sign_ups(site, slug):
    """Let the ten with a seat leave while a hundred come; return all answers."""
    site.fill(slug, 25)
    form = site.open_form("/anmeldung/")
    pages = [f"{path}{uuid}/abmelden/" for path, uuid in site.mine(slug, SEATS)]
    tabs = [(page, site.open_form(page)) for page in pages]
    new = [lambda email=email: site.sign_up(form, slug, email) for email in crowd(100, letter="n")]
    left = [lambda tab=tab: site.post(*tab)[0] for tab in tabs]
    # Mixed: a cancellation after every tenth sign-up.
    calls = [call for n, gone in enumerate(left) for call in [*new[n * 10 : n * 10 + 10], gone]]
    return at_once(calls)


LEFT = "x" * SEATS + "c" * SEATS + "w" * 105
MAILS = {"signed_up": 125, "cancelled": SEATS, "promoted": SEATS}


@pytest.mark.parametrize("faults", ["", "no-lock"])
def test_cancelling_among_sign_ups_moves_up_the_first(make_site, faults):
    site = make_site(faults)
    rounds = TRIES if faults else ROUNDS
    slugs = site.make_talks(rounds, capacity=SEATS)

    answers = [set(cancel_among_sign_ups(site, slug)) for slug in slugs]

    whole = (answers, site.seats(slugs), site.violations())
    wanted = ([{BOOKED, 302}] * rounds, {slug: [LEFT, MAILS] for slug in slugs}, "")
    if faults:
        assert whole != wanted
    else:
        assert whole == wanted
