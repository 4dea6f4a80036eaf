"""`make bench`: throughput as ratios to a constant view, both databases, small and large.

Writes docs/benchmarks.md. Times on shared machines mean little; ratios within one run do: each
page is measured between two runs of a constant answer of the same size behind the same middleware.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from urllib.parse import urlencode

import django

import tests.environment  # noqa: F401 - settings need it

os.environ["DJANGO_SETTINGS_MODULE"] = "webtalks.settings"
django.setup()

from django.core.management import call_command  # noqa: E402

from tests import postgres  # noqa: E402
from tests.bench import report  # noqa: E402
from tests.bench.site import FORM, Site  # noqa: E402
from tests.bench.wrk import Measured, Request, measure  # noqa: E402
from tests.server import ROOT  # noqa: E402

SIZES = {"small": (20, 2_000), "large": (10_000, 1_000_000)}
ROUNDS = 3
TALK = "/talks/muster-talk-0/"
ARCHIVED = "/talks/muster-talk-15/"
PERSON = {"name": "Kim Muster", "email": "pNUMBER@muster.example"}
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Row:
    """What one address cost at one size on one database."""

    database: str
    size: str
    name: str
    ratio: float
    measured: Measured
    cpu_ms: float
    queries: int
    bytes: int


def cases(site: Site) -> dict[str, Request]:
    """Return what is asked of the site, by name."""
    etag = site.request("GET", "/")[1]["ETag"]
    cookie, fields = site.open_form(FORM)
    body = urlencode(fields | PERSON | {"talks": site.slug(0)})
    return {
        "Startseite": Request("/"),
        "Talk": Request(TALK),
        "Archiv, erste Seite": Request("/archiv/"),
        "Archiv, letzte Seite": Request(last_page(site)),
        "Suche": Request("/archiv/?q=Mitte"),
        "Formular": Request(FORM),
        "Anmeldung (POST)": Request(FORM, "POST", (("Cookie", cookie), FORM_TYPE), body),
        "Danke-Seite": Request("/anmeldung/danke/"),
        "/kalender.ics": Request("/kalender.ics"),
        "304": Request("/", headers=(("If-None-Match", etag),)),
    }


def last_page(site: Site) -> str:
    """Return the address of the archive's end: the page behind the last but twelve."""
    return site.shell(
        "from urllib.parse import quote\n"
        "from events.archive import place_of\n"
        "from events.models import Talk\n"
        "oldest = list(Talk.objects.archived().order_by('starts_at', 'pk')[:13])\n"
        "print('/archiv/?vor=' + quote(place_of(oldest[12]), safe=':'))"
    )


def run(database: str, url: str, size: str):
    """Yield the rows of one database at one size, then two figures of the whole."""
    talks, people = SIZES[size]
    with tempfile.TemporaryDirectory(prefix="webtalks-bench-") as directory:
        site = Site(directory, url)
        site.manage("migrate", "--verbosity=0")
        print(
            site.manage("make_load_data", f"--talks={talks}", f"--registrations={people}"),
            flush=True,
        )
        site.manage(
            "shell",
            "--no-imports",
            "--command",
            "from events.models import Series; Series.load().save()",
        )
        with site:
            requests = cases(site)
            queries = queries_of(site, requests)
            for name, request in requests.items():
                row = compare(site, database, size, name, request, queries[name])
                print(report.line(row), flush=True)
                yield row
            yield (
                database,
                size,
                site.sign_up_at_once(people=100, seats=10),
                site.mails_per_second(),
            )


def compare(site, database, size, name, request, queries) -> Row:
    """Measure the request between runs of the constant; the middle one of ROUNDS counts."""
    length = bytes_of(site, request)
    constant = Request(f"/bench/{length}/")
    found = []
    for turn in range(ROUNDS):
        yardstick = measure(site.base, constant, "")
        before = site.cpu_seconds()
        measured = measure(site.base, request, f"{size}{turn}")
        cpu = (site.cpu_seconds() - before) / measured.requests
        found.append((measured.per_second / yardstick.per_second, measured, cpu * 1000))
    ratio, measured, cpu_ms = sorted(found, key=lambda one: one[0])[ROUNDS // 2]
    return Row(database, size, name, ratio, measured, cpu_ms, queries, length)


def bytes_of(site, request) -> int:
    """Return the length of the answer; a POST and a 304 are compared with the page itself."""
    path = request.path if request.method == "GET" else FORM
    return len(site.request("GET", path)[2].encode())


def queries_of(site, requests) -> dict[str, int]:
    asked = [
        [name, r.method.lower(), r.path, {"talks": site.slug(0)} | PERSON if r.body else {}]
        for name, r in requests.items()
    ]
    found = subprocess.run(
        [sys.executable, "-m", "tests.bench.queries"],
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
    results = [one for size in SIZES for one in run("SQLite", "", size)]
    for size in SIZES:
        with postgres.server() as url:
            results += run("PostgreSQL", url, size)
    rows = [one for one in results if isinstance(one, Row)]
    wholes = [one for one in results if not isinstance(one, Row)]
    text = report.text(rows, wholes)
    (ROOT / "docs" / "benchmarks.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
