"""The site under measurement: gunicorn with its yardsticks and CPU time, a worker, a mail sink."""

import math
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.figures import Cost
from tests.bench.proxied import page_by_file
from tests.bench.wrk import Request, measure
from tests.load.proxy import Proxy
from tests.server import ROOT, Server, free_port, thanks

TICKS = os.sysconf("SC_CLK_TCK")
FORM = "/anmeldung/"
BOOKABLE = "from events.models import Talk\ntalks = Talk.objects.bookable()\n"


class Measured(Server):
    """gunicorn as in production, which tells what a request costs."""

    def cost(self, request: Request, run: str = "") -> Cost:
        """Send the request for a second; `run` keeps the addresses in its bodies apart."""
        before = self.cpu_seconds()
        found = measure(f"http://localhost:{self.port}", request, run)
        cpu = (self.cpu_seconds() - before) / found.requests
        return Cost(found.per_second, found.p50, found.p99, cpu * 1000)

    def cpu_seconds(self) -> float:
        """Return the CPU time of gunicorn's processes so far."""
        return sum(cpu_of(pid) for pid in [self.process.pid, *children_of(self.process.pid)])


class Bare(Measured):
    """The yardstick of kept pages, with the answers of the site at `site_port`."""

    application = "tests.bench.bare"

    def __init__(self, directory, site_port):
        super().__init__(directory, BENCH_SITE_PORT=str(site_port))


class Site(Measured):
    """The site with all limits lifted; mails go to a sink. `bare` is its yardstick."""

    application = "tests.bench.wsgi"

    def __init__(self, directory, database_url):
        super().__init__(directory, database_url)
        self.sink_port = free_port()
        self.environment |= {
            "SMTP_URL": f"smtp://127.0.0.1:{self.sink_port}",
            "FORM_MIN_SECONDS": "0",
            # The invented people of long past talks stay.
            "RETENTION_DAYS": "100000",
            "CANCELLED_RETENTION_DAYS": "100000",
        }
        self.bare = Bare(directory, self.port)

    def manage(self, *arguments) -> str:
        # A process of its own, for as long as it takes: a million rows are minutes.
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.check_output(command, cwd=self.root, env=self.environment, text=True)
        return done.strip()

    def fill(self, code: str):
        """Make the tables, and the rows that `code` makes."""
        self.manage("migrate", "--verbosity=0")
        self.shell(code)
        self.shell("from events.models import Series; Series.load().save()")

    def page_by_file(self) -> float:
        """Return how quick the start page is through the proxy, beside a file of its size."""
        with (
            tempfile.TemporaryDirectory(prefix="webtalks-bench-") as directory,
            Proxy(Path(directory), [self.port]) as proxy,
        ):
            return page_by_file(proxy)

    def bookable(self) -> list[str]:
        """Return the slugs of the talks that take sign-ups, the next one first."""
        return self.shell(BOOKABLE + "print(*talks.values_list('slug', flat=True))").split()

    def sign_up_at_once(self, people: int, seats: int) -> float:
        """Return the seconds until so many forms for a talk with few seats are answered.

        It is infinite where one of them is refused.
        """
        slug = self.bookable()[1]
        self.shell(
            f"{BOOKABLE}talk = talks.get(slug={slug!r})\n"
            f"talk.capacity = talk.seats_taken + {seats}\ntalk.save()"
        )
        forms = [self.open_form(FORM) for _ in range(people)]

        def send(number):
            return self.post(
                FORM,
                forms[number],
                talks=slug,
                name="Kim Muster",
                email=f"b{number}@muster.example",
            )

        begin = time.perf_counter()
        with ThreadPoolExecutor(people) as pool:
            answers = set(pool.map(send, range(people)))
        seconds = time.perf_counter() - begin
        return seconds if answers == {(302, thanks(slug))} else math.inf

    def mails_per_second(self, seconds: float = 20) -> float:
        """Let one worker send what waits to a server of its own; return how many a second."""
        sink = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sink", str(self.sink_port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker"], cwd=ROOT, env=self.environment
        )
        try:
            time.sleep(seconds)
        finally:
            worker.terminate()
            worker.wait(60)
            sink.terminate()
        return float(sink.communicate(timeout=60)[0])


def children_of(parent: int) -> list[int]:
    return [
        pid
        for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
        if parent_of(pid) == parent
    ]


def fields_of(pid: int) -> list[str]:
    """Return the fields of /proc/…/stat behind the name, which may hold spaces (proc(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return ["Z", "0", *["0"] * 20]


def parent_of(pid: int) -> int:
    return int(fields_of(pid)[1])


def cpu_of(pid: int) -> float:
    user, system = fields_of(pid)[11:13]
    return (int(user) + int(system)) / TICKS
