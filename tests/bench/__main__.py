"""`make bench`: what each request costs, both databases, small and large.

Writes docs/benchmarks.md. Times on shared machines mean little; ratios within one run do: each
second of a request follows one of its yardstick, which costs what no site can do without.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl

import django

import tests.environment  # noqa: F401 - settings need it

os.environ["DJANGO_SETTINGS_MODULE"] = "webtalks.settings"
django.setup()

from django.core.management import call_command  # noqa: E402

from tests import postgres  # noqa: E402
from tests.bench import report  # noqa: E402
from tests.bench.against import compare  # noqa: E402
from tests.bench.cases import all_cases, bytes_of, yardstick  # noqa: E402
from tests.bench.figures import Growth, Rebuilt, Row, Turn, Whole, middle  # noqa: E402
from tests.bench.site import Site  # noqa: E402
from tests.bench.wrk import Request  # noqa: E402
from tests.server import ROOT  # noqa: E402

SIZES = {"small": (20, 2_000), "large": (10_000, 1_000_000)}
FILL = "from tests.bench.load_data import fill; fill{}"
# More where a goal hangs on it.
ROUNDS, MORE_ROUNDS = 3, 7


@contextmanager
def filled(url: str, size: str) -> Iterator[Site]:
    """Yield a site on this database ("": SQLite) with as many talks and people as `size` says."""
    with tempfile.TemporaryDirectory(prefix="webtalks-bench-") as directory:
        site = Site(directory, url)
        site.fill(FILL.format(SIZES[size]))
        with site, site.bare:
            yield site


def run(database: str, sites: dict[str, Site]):
    """Yield what was found on one database; the sizes take turns, so noise meets both alike."""
    requests = {size: all_cases(site) for size, site in sites.items()}
    queries = {size: queries_of(site, requests[size]) for size, site in sites.items()}
    for name in requests["small"]:
        turns = {size: [] for size in sites}
        for number in range(MORE_ROUNDS if name in report.AT_MOST else ROUNDS):
            for size, site in sites.items():
                turns[size].append(take_turn(site, name, requests[size][name], f"{size}{number}"))
        for size, site in sites.items():
            length = bytes_of(site, requests[size][name])
            turn = middle(turns[size])
            yield shown(Row(database, size, name, turn, queries[size][name], length))
        # Noise makes no second quicker.
        best = {size: max(turn.page.per_second for turn in turns[size]) for size in sites}
        yield Growth(database, name, best["small"] / best["large"])
    for size, site in sites.items():
        paths = {name: requests[size][name].path for name in report.REBUILT}
        for name, figures in ask_inside(site, "rebuilt", paths).items():
            yield Rebuilt(database, size, name, *figures)
    for size, site in sites.items():
        seconds = site.sign_up_at_once(people=100, seats=10)
        yield Whole(database, size, seconds, site.mails_per_second(), site.page_by_file())


def take_turn(site: Site, name: str, request: Request, run: str) -> Turn:
    other, easy = yardstick(site, name, request)
    return Turn(other.cost(easy), site.cost(request, run))


def shown(found):
    """Return what was found; who waits for the end sees it now."""
    print(report.line(found), flush=True)
    return found


def queries_of(site: Site, requests: dict[str, Request]) -> dict[str, int]:
    asked = [
        [name, r.method.lower(), r.path, dict(parse_qsl(r.bodies[0])) if r.bodies else {}]
        for name, r in requests.items()
    ]
    return ask_inside(site, "queries", asked)


def ask_inside(site: Site, module: str, asked) -> dict:
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


def main(*earlier: str):
    """Measure all, and compare with the commit `earlier` if one is named."""
    # Whoever ends the bench ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    compared = [shown(found) for commit in earlier for found in compare(commit, *SIZES["small"])]
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
    text = report.text(results + compared)
    (ROOT / "docs" / "benchmarks.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
