"""PostgreSQL ends and comes back in the middle of sign-ups and reading: nobody restarts anything.

A server of its own, because it is ended; so the database of the run does not matter.
"""

import threading
import time
from dataclasses import dataclass, field

import pytest

from tests.load.site import FORM, Site, at_once, wait_until

RECOVERY_SECONDS = 5


@dataclass
class Crowd:
    """Visitors who sign up and read without a pause, and what they were answered."""

    site: Site
    slug: str
    booked: list = field(default_factory=list)
    refusals: list = field(default_factory=list)
    others: list = field(default_factory=list)

    def __enter__(self):
        self.form = self.site.open_form(FORM)
        self.is_over = threading.Event()
        visitors = [lambda n=n: self.sign_up_again_and_again(n) for n in range(3)]
        visitors += [self.read_again_and_again] * 2
        self.threads = [threading.Thread(target=visitor) for visitor in visitors]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def sign_up_again_and_again(self, visitor):
        number = 0
        while not self.is_over.is_set():
            number += 1
            email = f"p{visitor}.{number}@stadt.example"
            answer = self.site.submit(FORM, self.form, talks=self.slug, name="Kim", email=email)
            if self.note(*answer):
                self.booked.append(email)

    def read_again_and_again(self):
        while not self.is_over.is_set():
            self.note(*self.site.request("GET", f"/talks/{self.slug}/"))

    def note(self, status, headers, page) -> bool:
        if status == 503:
            self.refusals.append((headers["Retry-After"], "gerade nicht erreichbar" in page))
        elif status not in (200, 302):
            self.others.append((status, page))
        return status == 302


def go_through_an_outage(database, crowd, seconds_away):
    """End the server and start it again; return the refusals later than five seconds after."""
    wait_until(lambda: len(crowd.booked) > 50)
    database.stop()
    time.sleep(seconds_away)
    database.start()
    time.sleep(RECOVERY_SECONDS)
    recovered, booked = len(crowd.refusals), len(crowd.booked)
    wait_until(lambda: len(crowd.booked) > booked + 50)
    return crowd.refusals[recovered:]


# A moment, and long enough that whoever made longer and longer pauses would be late.
@pytest.mark.parametrize("seconds_away", [0, 20])
def test_site_goes_on_by_itself_after_the_database_was_away(
    tmp_path, own_cluster, checked, seconds_away
):
    site = checked(Site(tmp_path, own_cluster.url))
    site.manage("migrate", "--verbosity=0")
    (slug,) = site.make_talks(1)
    with site, site.sink(), site.worker() as worker:
        with Crowd(site, slug) as crowd:
            late = go_through_an_outage(own_cluster, crowd, seconds_away)
        site.wait_for_mails()
        assert worker.poll() is None

    assert late == []
    assert set(crowd.refusals) == {("5", True)}
    assert crowd.others == []
    states, mails = site.seats([slug])[slug]
    assert (set(states), mails) == ({"c"}, {"signed_up": len(states)})
    # Whoever was thanked has a mail; of who was not, the server may have kept the form.
    recipients = [to for _, to in site.delivered()]
    assert set(crowd.booked) <= set(recipients)


def test_connections_that_died_unused_are_lent_to_nobody(tmp_path, own_cluster, checked):
    site = checked(Site(tmp_path, own_cluster.url))
    site.manage("migrate", "--verbosity=0")
    (slug,) = site.make_talks(1)
    read = [lambda: site.request("GET", f"/anmeldung/?talk={slug}")[0]] * 16
    with site:
        # Every thread has had its connection.
        assert {status for _ in range(5) for status in at_once(read)} == {200}
        own_cluster.stop()
        own_cluster.start()

        assert [site.request("GET", FORM)[0] for _ in range(20)] == [200] * 20
