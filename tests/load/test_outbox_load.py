"""Workers, a thousand mails, kills, refusals, poison, and a mail server that is away."""

import itertools
import socket
import statistics
import threading
import time
from collections import Counter

import pytest

from tests.load.site import BOOKED, FORM, wait_until

MAILS = 1000
# One in so many recipients and so many deliveries is refused for now.
REFUSED_EVERY = 10
# After so many deliveries one more worker is killed.
KILLED_EVERY = 40
POINTS = ("claimed", "rendering", "before-smtp", "accepted", "before-mark")
# A mail that was sent has one try more than refusals; a kill counts as none.
REFUSALS = "SELECT sum(attempts) - count(*) FROM registration_outgoingmail"
# Sign-ups with and without a mail server, so many at a time.
ROUNDS, EACH = 8, 15

# A mail that cannot be rendered, and one whose address cannot be written.
POISON = """
from registration.models import OutgoingMail
first, second, *_ = OutgoingMail.objects.order_by("pk")
OutgoingMail.objects.filter(pk=first.pk).update(kind="no such kind")
email = "a\\nb@stadt.example"
second.registrations.update(email=email, email_key=email)
OutgoingMail.objects.filter(pk=second.pk).update(recipient=email)
"""


def keep_alive(site, workers, is_over, deaths):
    """Start a worker again whenever one was killed, as the operator's supervisor does."""
    while not is_over.is_set():
        for place, process in enumerate(workers):
            if process.poll() is not None:
                deaths.append(process.returncode)
                workers[place] = site.start_worker()
        time.sleep(0.1)


def kill_again_and_again(site, is_over, killed):
    """Kill a worker at one point after the other; between two kills some mails go out.

    Each death is added to `killed`.
    """
    for number, point in enumerate(itertools.cycle(POINTS), 1):
        while len(site.delivered()) < number * KILLED_EVERY:
            if is_over.wait(0.1):
                return
        site.kill_at(point)
        while not site.was_killed_at(point):
            if is_over.wait(0.05):
                return
        killed.append(point)


def test_two_workers_deliver_a_thousand_mails_through_kills_and_refusals(make_site):
    site = make_site(is_served=False)
    (slug,) = site.make_talks(1)
    site.fill(slug, MAILS)
    workers, is_over = [site.start_worker(), site.start_worker()], threading.Event()
    deaths, killed = [], []
    helpers = [
        threading.Thread(target=keep_alive, args=[site, workers, is_over, deaths]),
        threading.Thread(target=kill_again_and_again, args=[site, is_over, killed]),
    ]

    with site.sink(REFUSED_EVERY):
        for helper in helpers:
            helper.start()
        try:
            site.wait_for_mails(300)
        finally:
            is_over.set()
            for helper in helpers:
                helper.join()
            for worker in workers:
                worker.kill()
                worker.wait()

    delivered = site.delivered()
    assert {to for _, to in delivered} == {f"p{number}@stadt.example" for number in range(MAILS)}
    assert {id_ for id_, _ in delivered} == {id_ for id_, _ in site.mails()}
    # One Message-ID a person: whatever came twice is a copy.
    assert len(set(delivered)) == MAILS
    copies = sum(number - 1 for number in Counter(delivered).values())
    refusals = site.number_of(REFUSALS)
    print(f"\n{len(deaths)} kills, {refusals} refusals, {copies} copies:", dict(Counter(killed)))
    assert set(killed) == set(POINTS)
    assert deaths == [-9] * len(deaths)
    assert len(deaths) >= len(POINTS)
    # Only where a worker died between the server's yes and the mark.
    assert copies <= sum(point in ("accepted", "before-mark") for point in killed) + 1
    # The server refuses a recipient in ten, and a content in ten.
    assert refusals > MAILS / REFUSED_EVERY


def test_poison_among_good_mails_stops_nothing(make_site):
    site = make_site(is_served=False)
    (slug,) = site.make_talks(1)
    site.fill(slug, 40)
    site.shell(POISON)

    with site.sink(), site.worker() as worker:
        wait_until(lambda: len(site.delivered()) == 38)
        assert worker.poll() is None

    assert {to for _, to in site.delivered()} == {f"p{n}@stadt.example" for n in range(2, 40)}
    assert Counter(state for _, state in site.mails()) == {"sent": 38, "failed": 1, "queued": 1}


def test_control_poison_that_is_tried_again_at_once_stops_the_queue(make_site):
    site = make_site("no-back-off", is_served=False)
    (slug,) = site.make_talks(1)
    site.fill(slug, 40)
    site.shell(POISON)

    with site.sink(), site.worker():
        time.sleep(8)

    assert site.delivered() == []


def seconds_of(site, slug, prefix, number) -> list[float]:
    """Return how long each sign-up takes; each must be answered as ever."""
    form, times = site.open_form(FORM), []
    for turn in range(number):
        begin = time.perf_counter()
        assert site.sign_up(form, slug, f"{prefix}{turn}@stadt.example") == BOOKED
        times.append(time.perf_counter() - begin)
    return times


@pytest.fixture
def silent_server():
    """Give a function that makes a port answer no word: worse than one that is closed."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def listen(port):
            server.bind(("127.0.0.1", port))
            server.listen(100)

        yield listen


def test_sign_up_does_not_notice_that_the_mail_server_is_away(make_site):
    """Measured by turns, so that noise meets both alike."""
    site = make_site()
    (slug,) = site.make_talks(1)
    well, away = [], []
    with site.worker():
        with site.sink():
            seconds_of(site, slug, "warm", 20)
        for turn in range(ROUNDS):
            with site.sink():
                site.wait_for_mails()  # those of the turn before
                well += seconds_of(site, slug, f"well{turn}-", EACH)
                site.wait_for_mails()
            away += seconds_of(site, slug, f"away{turn}-", EACH)
        with site.sink():
            site.wait_for_mails()

    medians = statistics.median(well), statistics.median(away)
    print(
        "\nWith the mail server, and without: {:.1f}, {:.1f} ms".format(
            *(1000 * m for m in medians)
        )
    )
    assert medians[1] < 1.5 * medians[0] + 0.003
    assert len({to for _, to in site.delivered()}) == 20 + 2 * ROUNDS * EACH


def test_sign_up_does_not_wait_for_a_mail_server_that_says_nothing(make_site, silent_server):
    site = make_site()
    (slug,) = site.make_talks(1)
    silent_server(site.sink_port)
    with site.worker() as worker:
        assert statistics.median(seconds_of(site, slug, "p", 30)) < 1
        assert worker.poll() is None
    assert site.seats([slug]) == {slug: ["c" * 30, {"signed_up": 30}]}


def test_control_sending_in_the_request_makes_the_visitor_wait(make_site, silent_server):
    site = make_site("sending-in-the-request")
    (slug,) = site.make_talks(1)
    silent_server(site.sink_port)

    assert statistics.median(seconds_of(site, slug, "p", 3)) > 2
