"""One lock that is kept: forms end with 503 and readers are served, against gunicorn."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg
import pytest

from tests.server import Server

SLUG = "vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg"
READERS = ("/", "/archiv/?q=%C3%A4", "/anmeldung/", f"/talks/{SLUG}/")


@pytest.fixture
def server(tmp_path, database_url):
    server = Server(tmp_path, database_url)
    server.set_up(demo=True)
    with server:
        yield server


@contextmanager
def kept_lock(server):
    """Lock the talk in a transaction that does nothing else; SQLite locks everything."""
    if url := server.environment["DATABASE_URL"]:
        with psycopg.connect(url) as connection:
            lock = "SELECT 1 FROM events_talk WHERE slug = %s FOR NO KEY UPDATE"
            assert connection.execute(lock, [SLUG]).fetchone() == (1,)
            yield
            connection.rollback()
        return
    path = f"{server.environment['DATA_DIR']}/db.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def timed(call, *arguments):
    began = time.monotonic()
    status, headers, _ = call(*arguments)
    return status, headers["Retry-After"], time.monotonic() - began


def send(server, form, number):
    fields = {"talks": SLUG, "name": "Kim Beispiel", "email": f"p{number}@stadt.example"}
    return timed(lambda: server.submit("/anmeldung/", form, **fields))


def read(server, until):
    """Ask for pages until the moment comes; return all answers."""
    answers = []
    while time.monotonic() < until:
        answers += [timed(server.request, "GET", path) for path in READERS]
        time.sleep(0.1)
    return answers


def forms_and_readers(server, seconds):
    """Keep the lock while 20 forms are sent and pages are read; return both kinds of answers."""
    form = server.open_form("/anmeldung/")
    with ThreadPoolExecutor(21) as pool, kept_lock(server):
        sent = [pool.submit(send, server, form, number) for number in range(20)]
        pages = pool.submit(read, server, time.monotonic() + seconds)
        return [each.result() for each in sent], pages.result()


@pytest.mark.parametrize(
    "seconds", [pytest.param(60, marks=pytest.mark.slow), pytest.param(4, id="short")]
)
def test_forms_are_asked_to_come_back_and_pages_are_read(server, seconds):
    for path in READERS:
        server.request("GET", path)

    forms, pages = forms_and_readers(server, seconds)

    assert {(status, again) for status, again, _ in forms} == {(503, "5")}
    assert max(took for *_, took in forms) < 10
    assert {status for status, *_ in pages} == {200}
    assert max(took for *_, took in pages) < 1.5  # a second, and what else this machine does
    # As soon as the lock is gone, forms are taken again.
    assert send(server, server.open_form("/anmeldung/"), 1)[0] == 302


def test_commands_have_a_patience_of_their_own(server):
    code = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"

    options = server.shell(code)

    assert "lock_timeout" not in options
    assert ("'timeout': 20" in options) == (not server.environment["DATABASE_URL"])
