"""SQLite on a full disk: 503 and a page in German, and all goes on once there is room again.

The files of the web processes may not grow any more (RLIMIT_FSIZE): to SQLite a write that fails
(SQLITE_IOERR, SQLITE_FULL), and unlike a disk that is really full it needs no root.
"""

import resource
from collections import Counter

import pytest

from tests.bench.site import children_of
from tests.load.site import BOOKED, FORM, Site

WORDS = "Frage " * 300


def sign_up_until(site, slug, form, condition, limit=400):
    """Sign people up until an answer fulfils the condition; return all answers by status."""
    answers = Counter()
    for number in range(limit):
        status, headers, page = site.submit(
            FORM,
            form,
            talks=slug,
            name="Kim Beispiel",
            email=f"p{number}@stadt.example",
            **{"question-1": WORDS[:900]},  # the only talk
        )
        answers[status, headers["Retry-After"], "gerade nicht erreichbar" in page] += 1
        if condition(answers):
            return answers
    raise AssertionError(answers)


REFUSED = (503, "5", True)
DONE = (302, None, False)


def fill_up_and_recover(site, fill, make_room):
    """Sign up while the disk fills; then there is room again."""
    (slug,) = site.make_talks(1)
    form = site.open_form(FORM)
    fill(site)
    full = sign_up_until(site, slug, form, lambda answers: answers[REFUSED] >= 10)
    reading = {site.request("GET", f"/talks/{slug}/")[0] for _ in range(20)}
    make_room(site)
    after = [site.sign_up(form, slug, f"n{number}@stadt.example") for number in range(20)]
    states, mails = site.seats([slug])[slug]
    assert set(full) <= {REFUSED, DONE}
    assert reading == {200}
    assert after == [BOOKED] * 20
    assert (states, mails) == ("c" * (full[DONE] + 20), {"signed_up": full[DONE] + 20})


def largest_file(site) -> int:
    return max(path.stat().st_size for path in site.directory.glob("db.sqlite3*"))


def limit_files(site, size):
    for process in children_of(site.process.pid):
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture
def sqlite_site(tmp_path, checked):
    """Give a site on SQLite, whatever the database of the run is."""
    site = checked(Site(tmp_path, database_url=""))
    site.manage("migrate", "--verbosity=0")
    with site:
        yield site


def test_files_that_may_not_grow(sqlite_site):
    fill_up_and_recover(
        sqlite_site,
        lambda site: limit_files(site, largest_file(site) + 20_000),
        lambda site: limit_files(site, resource.RLIM_INFINITY),
    )
