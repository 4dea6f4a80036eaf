"""`kill -9` at named points: no change without its mail, no mail without its change.

Where the test removes the transaction or the lease, the promise breaks.
"""

import pytest

from tests.load.site import BOOKED, UNPAIRED

# The gate kills a web process and a worker; the other buttons and the controls have a long run.
IN_THE_GATE = pytest.mark.each_time

KIM = "kim@stadt.example"
# Whether the change is there after a process was killed at this point of a sign-up.
SIGN_UP = {"row-written": False, "mail-written": False, "committed": True}
# The same for cancelling and handing over; the mail is written in the middle.
LEAVE = {"row-changed": False, "mail-written": False, "committed": True}


def killed(site, point, call):
    """Press a button whose process is killed at this point; then the site must answer again."""
    site.kill_at(point)
    with pytest.raises(OSError, match=r".*"):
        call()
    assert site.was_killed_at(point)
    assert site.request("GET", "/healthz")[0] == 200


def sign_up_into(site, points):
    """Kill each sign-up at its point; return seats and mails by talk, before and after a retry."""
    slugs = dict(zip(points, site.make_talks(len(points)), strict=True))
    form = site.open_form("/anmeldung/")
    for point, slug in slugs.items():
        fields = {"talks": slug, "name": "Kim Beispiel", "email": KIM}
        killed(site, point, lambda fields=fields: site.post("/anmeldung/", form, **fields))
    before = site.seats(list(slugs.values()))
    answers = [site.sign_up(form, slug, KIM) for slug in slugs.values()]
    assert answers == [BOOKED] * len(slugs)
    after = site.seats(list(slugs.values()))
    return [{point: found[slug] for point, slug in slugs.items()} for found in (before, after)]


@IN_THE_GATE
def test_sign_up_that_is_killed_leaves_row_and_mail_or_neither(site):
    before, after = sign_up_into(site, SIGN_UP)

    nothing, whole = ["", {}], ["c", {"signed_up": 1}]
    assert before == {point: whole if done else nothing for point, done in SIGN_UP.items()}
    assert after == dict.fromkeys(SIGN_UP, whole)
    assert site.ask(UNPAIRED) == [[], 0]


def test_control_without_the_transaction_a_row_stays_without_its_mail(make_site):
    site = make_site("no-transaction")

    before, _ = sign_up_into(site, ["row-written"])

    assert before == {"row-written": ["c", {}]}


def leave_into(site, points, way):
    """Kill who leaves a full talk with a queue, and press the button again."""
    slugs = dict(zip(points, site.make_talks(len(points), name=way, capacity=1), strict=True))
    found = {}
    for point, slug in slugs.items():
        site.fill(slug, 2, prefix=f"{way}-{point}")
        ((path, uuid),) = site.mine(slug, 1)
        page = f"{path}{uuid}/{way}/"
        form = site.open_form(page)
        lea = {"name": "Lea Beispiel", "email": f"lea-{point}@stadt.example"}
        killed(site, point, lambda page=page, form=form, lea=lea: site.post(page, form, **lea))
        before = site.seats([slug])[slug]
        again = site.post(page, form, **lea)[0]
        found[point] = [before, again, site.seats([slug])[slug]]
    return found


UNTOUCHED = ["cw", {"signed_up": 2}]
LEFT = ["xc", {"signed_up": 2, "cancelled": 1, "promoted": 1}]
GIVEN = ["cw", {"signed_up": 2, "given_away": 1, "handed_over": 1}]


def test_cancelling_that_is_killed_frees_the_seat_with_both_mails_or_not_at_all(site):
    found = leave_into(site, LEAVE, "abmelden")

    assert found == {
        point: [LEFT if done else UNTOUCHED, 302, LEFT] for point, done in LEAVE.items()
    }


def test_hand_over_that_is_killed_tells_both_or_nobody(site):
    points = {"mail-written": False, "committed": True}

    found = leave_into(site, points, "weitergeben")

    # Where it was done before the kill, the former person's link is dead.
    assert found == {"mail-written": [UNTOUCHED, 302, GIVEN], "committed": [GIVEN, 404, GIVEN]}


def test_control_without_the_transaction_a_seat_is_freed_for_nobody(make_site):
    site = make_site("no-transaction")

    found = leave_into(site, ["row-changed"], "abmelden")

    assert found["row-changed"][0] == ["xw", {"signed_up": 2}]


# How often the mail goes out whose worker is killed at this point.
WORKER = {"claimed": 1, "rendering": 1, "before-smtp": 1, "accepted": 2, "before-mark": 2}


def kill_workers(site, points):
    """Let one mail meet each point; return how often each was delivered and under which IDs."""
    (slug,) = site.make_talks(1)
    with site.sink():
        for point in points:
            site.fill(slug, 1, prefix=point)
            site.kill_at(point)
            with site.worker() as worker:
                assert worker.wait(60) == -9
            with site.worker():
                site.wait_for_mails()
    delivered = site.delivered()
    mails = [[id_ for id_, to in delivered if to == f"{point}0@stadt.example"] for point in points]
    return {point: (len(ids), len({*ids})) for point, ids in zip(points, mails, strict=True)}


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(["before-smtp", "accepted"], marks=IN_THE_GATE, id="short"),
        pytest.param([*WORKER], id="long"),
    ],
)
def test_worker_that_is_killed_loses_nothing_and_copies_under_the_same_message_id(
    make_site, points
):
    site = make_site(is_served=False)

    assert kill_workers(site, points) == {point: (WORKER[point], 1) for point in points}
    assert {state for _, state in site.mails()} == {"sent"}


def test_control_mail_marked_before_it_is_sent_is_lost(make_site):
    site = make_site("marked-before-sent", is_served=False)

    assert kill_workers(site, ["before-smtp"]) == {"before-smtp": (0, 0)}


def test_control_message_id_of_each_try_makes_two_mails_of_one(make_site):
    site = make_site("new-message-ids", is_served=False)

    assert kill_workers(site, ["accepted"]) == {"accepted": (2, 2)}
