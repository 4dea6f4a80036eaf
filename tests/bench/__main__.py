"""`make bench`: throughput as ratios to a constant view, both databases, small and large.

Writes docs/benchmarks.md. Times on shared machines mean little; ratios within one run do: each
second of a page follows one of a constant answer of the same size behind the same middleware.
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import django

import tests.environment  # noqa: F401 - settings need it

os.environ["DJANGO_SETTINGS_MODULE"] = "webtalks.settings"
django.setup()

from django.core.management import call_command  # noqa: E402

from tests import postgres  # noqa: E402
from tests.bench import report  # noqa: E402
from tests.bench.site import FORM, Site  # noqa: E402
from tests.bench.wrk import Measured, Request, measure  # noqa: E402
from tests.server import ROOT, thanks  # noqa: E402

SIZES = {"small": (20, 2_000), "large": (10_000, 1_000_000)}
# More where a goal hangs on it.
ROUNDS, MORE_ROUNDS = 3, 9
TALK = "/talks/muster-talk-0/"
ARCHIVED = "/talks/muster-talk-15/"
PERSON = {"name": "Kim Muster", "email": "pNUMBER@muster.example"}
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Turn:
    """One second of a page, and right before it one of a constant answer of the same size."""

    yardstick: Measured
    page: Measured
    cpu_ms: float

    @property
    def ratio(self) -> float:
        return self.page.per_second / self.yardstick.per_second


@dataclass(frozen=True)
class Row:
    """What one address cost at one size on one database: the middle one of its turns."""

    database: str
    size: str
    name: str
    turn: Turn
    queries: int
    bytes: int


@dataclass(frozen=True)
class Growth:
    """How many times longer one address took at the large size, in the best second of each."""

    database: str
    name: str
    times: float


@dataclass(frozen=True)
class Rebuilt:
    """What a page costs that is not kept, and the first one after the content has changed."""

    database: str
    size: str
    name: str
    queries: int
    ms: float
    queries_after_change: int
    ms_after_change: float


@dataclass(frozen=True)
class Whole:
    """Two figures of a whole site: seconds for 100 forms at once, mails of a worker a second."""

    database: str
    size: str
    rush_seconds: float
    mails_per_second: float


def cases(site: Site) -> dict[str, Request]:
    """Return what is asked of the site, by name."""
    etag = site.request("GET", "/")[1]["ETag"]
    cookie, fields = site.open_form(FORM)
    # As usual: each form for one of several talks. Many for the same one: `sign_up_at_once`.
    bodies = tuple(urlencode(fields | PERSON | {"talks": slug}) for slug in site.bookable()[:5])
    return {
        "Startseite": Request("/"),
        "Talk": Request(TALK),
        "Archiv, erste Seite": Request("/archiv/"),
        "Archiv, letzte Seite": Request(last_page(site)),
        "Suche": Request("/archiv/?q=Mitte"),
        "Formular": Request(FORM),
        "Anmeldung (POST)": Request(FORM, "POST", (("Cookie", cookie), FORM_TYPE), bodies),
        "Danke-Seite": Request(thanks(site.bookable()[0])),
        "/kalender.ics": Request("/kalender.ics"),
        "304": Request("/", headers=(("If-None-Match", etag),)),
    }


def last_page(site: Site) -> str:
    """Return the address of the archive's end: the page behind the last but twelve."""
    return site.shell(
        "from urllib.parse import quote\n"
        "from events.pages.archive import place_of\n"
        "from events.models import Talk\n"
        "oldest = list(Talk.objects.archived().order_by('starts_at', 'pk')[:13])\n"
        "print('/archiv/?vor=' + quote(place_of(oldest[12]), safe=':'))"
    )


@contextmanager
def filled(url: str, size: str):
    """Yield a site on this database ("": SQLite) with as many talks and people as `size` says."""
    talks, people = SIZES[size]
    with tempfile.TemporaryDirectory(prefix="webtalks-bench-") as directory:
        site = Site(directory, url)
        site.manage("migrate", "--verbosity=0")
        site.shell(f"from tests.bench.load_data import fill; fill({talks}, {people})")
        print(f"{talks} talks, {people} registrations", flush=True)
        site.shell("from events.models import Series; Series.load().save()")
        with site:
            yield site


def run(database: str, sites: dict[str, Site]):
    """Yield what was found on one database; the sizes take turns, so noise meets both alike."""
    requests = {size: cases(site) for size, site in sites.items()}
    queries = {size: queries_of(site, requests[size]) for size, site in sites.items()}
    for name in requests["small"]:
        turns = {size: [] for size in sites}
        rounds = MORE_ROUNDS if name in report.GROWS else ROUNDS
        for number in range(rounds):
            for size, site in sites.items():
                turns[size].append(take_turn(site, requests[size][name], f"{size}{number}"))
        for size, site in sites.items():
            middle = sorted(turns[size], key=lambda turn: turn.ratio)[rounds // 2]
            length = bytes_of(site, requests[size][name])
            row = Row(database, size, name, middle, queries[size][name], length)
            print(report.line(row), flush=True)
            yield row
        # Noise makes no second quicker.
        best = {size: max(turn.page.per_second for turn in turns[size]) for size in sites}
        yield Growth(database, name, best["small"] / best["large"])
    for size, site in sites.items():
        paths = {name: requests[size][name].path for name in report.REBUILT}
        for name, figures in ask_inside(site, "rebuilt", paths).items():
            yield Rebuilt(database, size, name, *figures)
    for size, site in sites.items():
        yield Whole(
            database, size, site.sign_up_at_once(people=100, seats=10), site.mails_per_second()
        )


def take_turn(site: Site, request: Request, run: str) -> Turn:
    constant = Request(f"/bench/{bytes_of(site, request)}/")
    yardstick = measure(site.base, constant, "")
    before = site.cpu_seconds()
    measured = measure(site.base, request, run)
    cpu = (site.cpu_seconds() - before) / measured.requests
    return Turn(yardstick, measured, cpu * 1000)


def bytes_of(site, request) -> int:
    """Return the length of the answer; a POST and a 304 are compared with the page itself."""
    path = request.path if request.method == "GET" else FORM
    return len(site.request("GET", path)[2].encode())


def queries_of(site, requests) -> dict[str, int]:
    asked = [
        [name, r.method.lower(), r.path, dict(parse_qsl(r.bodies[0])) if r.bodies else {}]
        for name, r in requests.items()
    ]
    return ask_inside(site, "queries", asked)


def ask_inside(site, module, asked) -> dict:
    """Let a process with the site's settings answer."""
    found = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}"],
        input=json.dumps(asked),
        cwd=ROOT,
        env=site.environment | {"DJANGO_SETTINGS_MODULE": "webtalks.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(found.stdout)


def main():
    call_command("collectstatic", interactive=False, verbosity=0)
    with filled("", "small") as small, filled("", "large") as large:
        results = [*run("SQLite", {"small": small, "large": large})]
    with (
        postgres.server() as one,
        postgres.server() as other,
        filled(one, "small") as small,
        filled(other, "large") as large,
    ):
        results += run("PostgreSQL", {"small": small, "large": large})
    kinds = (Row, Growth, Rebuilt, Whole)
    text = report.text(*([one for one in results if isinstance(one, kind)] for kind in kinds))
    (ROOT / "docs" / "benchmarks.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
