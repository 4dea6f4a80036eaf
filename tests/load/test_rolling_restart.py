"""Web processes are exchanged under load, and nobody behind the proxy notices."""

import itertools
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.load.proxy import Proxy
from tests.server import Server, Visitor, thanks

SLUG = "vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg"
PAGES = ["/", f"/talks/{SLUG}/", "/archiv/", "/kalender.ics"]
RELOADS, STOPS = 50, 8
READERS, SIGNING_UP = 3, 3


class Load:
    """Visitors who read and sign up until told to stop; `answers` counts what they got."""

    def __init__(self, port):
        self.port, self.answers, self.over = port, Counter(), threading.Event()
        self.numbers = itertools.count()
        works = [self.read] * READERS + [self.sign_up] * SIGNING_UP
        self.threads = [threading.Thread(target=self.repeat, args=[work]) for work in works]

    def read(self, visitor, number):
        return "GET", visitor.request("GET", PAGES[number % len(PAGES)])[0]

    def sign_up(self, visitor, number):
        form = visitor.open_form("/anmeldung/")
        person = {"name": "Kim Beispiel", "email": f"p{number}@stadt.example"}
        return "POST", *visitor.post("/anmeldung/", form, talks=SLUG, **person)

    def visitor(self, number):
        return Visitor(self.port, f"127.1.{number // 250 % 250}.{number % 250 + 1}")

    def repeat(self, work):
        while not self.over.is_set():
            number = next(self.numbers)
            try:
                answer = work(self.visitor(number), number)
            except Exception as error:
                answer = (work.__name__, repr(error))
            self.answers[answer] += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    @property
    def failed(self) -> dict:
        good = {("GET", 200), ("POST", 302, thanks(SLUG))}
        return {answer: count for answer, count in self.answers.items() if answer not in good}


def workers(web: Server) -> set[str]:
    pid = web.process.pid
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def reload(web: Server):
    """Let gunicorn exchange its processes, and wait until the old ones are gone."""
    before = workers(web)
    web.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 60
    while before & workers(web) or len(workers(web)) != len(before):
        assert time.monotonic() < deadline, "the old processes stay"
        time.sleep(0.05)


@pytest.fixture
def webs(tmp_path, own_cluster, checked):
    """Run two gunicorns on one PostgreSQL."""
    first, second = (Server(tmp_path / name, own_cluster.url) for name in ("first", "second"))
    checked(first).manage("migrate", "--verbosity=0")
    first.manage("load_talks", "--demo")
    with first, second:
        yield [first, second]


@pytest.fixture
def proxy(tmp_path, webs):
    (tmp_path / "proxy").mkdir()
    with Proxy(tmp_path / "proxy", [web.port for web in webs]) as proxy:
        yield proxy


def registered(web: Server) -> int:
    """Return how many people there are, each with one mail."""
    counts = web.shell(
        "from registration.models import OutgoingMail, Registration as R\n"
        "print(R.objects.count(), R.objects.values('email_key').distinct().count(),"
        " OutgoingMail.objects.count())"
    ).split()
    assert len(set(counts)) == 1, counts
    return int(counts[0])


def test_fifty_reloads_lose_no_request(webs, proxy):
    with Load(proxy.http_port) as load:
        for number in range(RELOADS):
            reload(webs[number % 2])

    print(f"{RELOADS} reloads:", dict(load.answers))
    assert load.failed == {}
    assert load.answers["POST", 302, thanks(SLUG)] == registered(webs[0])


def test_stopping_one_of_two_loses_no_request(webs, proxy):
    with Load(proxy.http_port) as load:
        for number in range(STOPS):
            web = webs[number % 2]
            # As long as it takes nginx to trust the one that is back (fail_timeout); whoever
            # exchanges containers waits longer, for the first health check.
            time.sleep(4)
            web.__exit__()
            assert web.process.returncode == 0
            time.sleep(0.5)
            web.__enter__()

    print(f"{STOPS} stops:", dict(load.answers))
    assert load.failed == {}
    assert load.answers["POST", 302, thanks(SLUG)] == registered(webs[0])


class StoppedWhileLoading(Server):
    application = "tests.load.stopped_while_loading"


def test_process_told_to_stop_while_it_loads_answers_who_waits(tmp_path):
    # Whoever is answered, also while it starts, is answered by such a process.
    with (
        (tmp_path / "log").open("w") as log,
        StoppedWhileLoading(tmp_path, output=log) as site,
    ):
        answers = [site.request("GET", "/healthz")[0] for _ in range(4)]

    assert answers == [200] * 4
    assert (tmp_path / "log").read_text() == ""
