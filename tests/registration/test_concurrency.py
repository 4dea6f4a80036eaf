"""Many people at once, against gunicorn and a database of its own (SQLite or PostgreSQL)."""

import http.client
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest
from django.conf import settings

from tests.e2e.conftest import ROOT, free_port

SLUG = "vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg"


class Server:
    """gunicorn with 2 workers × 4 threads on loopback."""

    def __init__(self, directory, database_url):
        self.port = free_port()
        self.environment = os.environ | {
            "DATA_DIR": str(directory),
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "DATABASE_URL": database_url,
            "SITE_URL": f"http://localhost:{self.port}",
            "PORT": str(self.port),
        }

    def manage(self, *arguments):
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout.strip()

    def shell(self, code):
        return self.manage("shell", "--no-imports", "--command", code)

    def __enter__(self):
        self.manage("migrate", "--verbosity=0")
        self.manage("load_talks", "--demo")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:webtalks.gunicorn", "webtalks.wsgi"],
            cwd=ROOT,
            env=self.environment,
        )
        for _ in range(100):
            try:
                self.request("GET", "/readyz")
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise AssertionError("gunicorn does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        content = response.read().decode()
        connection.close()
        return response.status, response.headers, content

    def open_form(self, path):
        """Fetch the page as a browser does; return what a POST to it needs."""
        _, headers, page = self.request("GET", path)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
        return headers["Set-Cookie"].partition(";")[0], {"csrfmiddlewaretoken": token}

    def post(self, path, form, **fields):
        """Send the opened form; return status and place of the answer."""
        cookie, data = form
        status, headers, _ = self.request(
            "POST",
            path,
            urlencode(data | fields),
            {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )
        return status, headers["Location"]

    def sign_up(self, email):
        form = self.open_form("/anmeldung/")
        return self.post("/anmeldung/", form, talks=SLUG, name="Kim Beispiel", email=email)


@pytest.fixture
def server(tmp_path):
    database_url = os.environ.get("DATABASE_URL", "")
    if database_url:
        name = f"concurrency_{os.getpid()}_{free_port()}"
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        database_url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    with Server(tmp_path, database_url) as server:
        yield server


COUNT = f"""
from registration.models import OutgoingMail, Registration as R
rows = R.objects.filter(talk__slug="{SLUG}").order_by("created_at", "pk")
states = "".join(state[0] for state in rows.values_list("state", flat=True))
print(states, OutgoingMail.objects.count())
"""


def test_never_more_seats_than_capacity_and_no_second_row(server):
    server.shell(
        f"from events.models import Talk\nTalk.objects.filter(slug='{SLUG}').update(capacity=10)"
    )

    with ThreadPoolExecutor(40) as pool:
        answers = set(pool.map(server.sign_up, [f"p{n}@stadt.example" for n in range(60)]))
    assert answers == {(302, "/anmeldung/danke/")}
    assert server.shell(COUNT) == f"{'c' * 10}{'w' * 50} 60"

    # The same form twenty times at once: one mail more, no row more.
    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(server.sign_up, ["p1@stadt.example"] * 20))
    assert answers == {(302, "/anmeldung/danke/")}
    assert server.shell(COUNT) == f"{'c' * 10}{'w' * 50} 61"
    assert server.manage("check_invariants") == "Alles stimmt."


def test_cancelling_among_new_sign_ups_loses_and_doubles_no_seat(server):
    server.shell(
        f"from events.models import Talk\nTalk.objects.filter(slug='{SLUG}').update(capacity=5)"
    )
    for number in range(8):
        server.sign_up(f"p{number}@stadt.example")
    tokens = server.shell(
        "from registration.models import Registration\n"
        "from registration import links\n"
        "for row in Registration.objects.order_by('pk')[:5]:\n"
        "    print(links.token(row.key, links.PURPOSE_MINE), row.uuid)"
    )

    pages = [
        (f"/meine-anmeldung/{token}/", uuid) for token, uuid in map(str.split, tokens.splitlines())
    ]
    # Two tabs each: opened before anybody cancels.
    tabs = [(path, server.open_form(path), uuid) for path, uuid in pages * 2]

    with ThreadPoolExecutor(30) as pool:
        new = pool.map(server.sign_up, [f"n{number}@stadt.example" for number in range(20)])
        left = pool.map(lambda tab: server.post(tab[0], tab[1], registration=tab[2]), tabs)
        assert set(new) == {(302, "/anmeldung/danke/")}
        assert set(left) == {(302, path) for path, _ in pages}

    states = server.shell(COUNT).split()[0]
    assert (states.count("c"), len(states)) == (10, 28)  # 5 confirmed, 5 cancelled
    assert server.manage("check_invariants") == "Alles stimmt."
    kinds = server.shell(
        "from registration.models import OutgoingMail\n"
        "from collections import Counter\n"
        "print(sorted(Counter(OutgoingMail.objects.values_list('kind', flat=True)).items()))"
    )
    assert kinds == "[('cancelled', 5), ('promoted', 5), ('signed_up', 28)]"
