"""gunicorn as it runs in production, for tests that need real processes."""

import contextlib
import functools
import http.client
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlencode, urlsplit

import psycopg
from django.conf import settings

from tests.forked import ROOT, run
from tests.makers import opened


def free_port() -> int:
    """Return a port that stays free although nobody listens yet.

    It is below those that the system gives to connections on their way out.
    """
    port = 10_000 + secrets.randbelow(22_000)
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return free_port()
    return port


def own_database(template: str = "") -> str:
    """Return the address of a new database beside the one of the tests; "" stands for SQLite.

    It is a copy of the database `template`, if one is named by its address.
    """
    database_url = os.environ.get("DATABASE_URL", "")
    if not database_url:
        return ""
    name = f"own_{os.getpid()}_{free_port()}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        copied = f" TEMPLATE {urlsplit(template).path[1:]}" if template else ""
        connection.execute(f"CREATE DATABASE {name}{copied}")
    return urlsplit(database_url)._replace(path=f"/{name}").geturl()


def replace_database(url: str, template: str):
    """Make the database `url` a copy of `template`; nobody may be connected to either."""
    name, copied = (urlsplit(each).path[1:] for each in (url, template))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {copied}")


@functools.cache
def prepared(on_sqlite: bool, demo: bool) -> "Server":
    """Return a site with tables, and the real talks where asked, of which others are copies."""
    directory = tempfile.mkdtemp(dir=os.environ["DATA_DIR"])
    site = Server(directory, "" if on_sqlite else own_database())
    site.manage("migrate", "--verbosity=0")
    if demo:
        site.manage("load_talks", "--demo")
    return site


def thanks(*slugs) -> str:
    """Return where a form for these talks leads."""
    return "/anmeldung/danke/?" + urlencode({"talk": slugs}, doseq=True)


class Visitor:
    """What a browser does on the site at `port` of this machine.

    `source` is the visitor's own address: all of 127.0.0.0/8 is this machine.
    """

    source, timeout = "127.0.0.1", 60

    def __init__(self, port, source="127.0.0.1", timeout=60):
        self.port, self.source, self.timeout = port, source, timeout

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=self.timeout, source_address=(self.source, 0)
        )
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()

    def open_form(self, path):
        """Fetch the page as a browser does; return what a POST to it needs."""
        _, headers, page = self.request("GET", path)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
        # As if a person had taken a minute to fill it in.
        data = {"csrfmiddlewaretoken": token, "opened": opened()}
        return headers["Set-Cookie"].partition(";")[0], data

    def submit(self, path, form, **fields):
        """Send the opened form; return the whole answer."""
        cookie, data = form
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, urlencode(data | fields), headers)

    def post(self, path, form, **fields):
        """Send the opened form; return status and place of the answer."""
        status, headers, _ = self.submit(path, form, **fields)
        return status, headers["Location"]


class Server(Visitor):
    """gunicorn with 2 workers × 4 threads on loopback."""

    application, root = "webtalks.wsgi", ROOT

    def __init__(self, directory, database_url="", *, output=None, **more):
        self.output = output
        self.port = free_port()
        self.environment = os.environ | {
            "DATA_DIR": str(directory),
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "DATABASE_URL": database_url,
            "SITE_URL": f"http://localhost:{self.port}",
            "PORT": str(self.port),
            # All come from one address here.
            "THROTTLE": "off",
            **more,
        }

    def set_up(self, *, demo=False):
        """Give the empty site tables, and the real talks where asked: quickly, as copies."""
        url, directory = (self.environment[name] for name in ("DATABASE_URL", "DATA_DIR"))
        model = prepared(not url, demo)
        if url:
            replace_database(url, model.environment["DATABASE_URL"])
        shutil.copytree(model.environment["DATA_DIR"], directory, dirs_exist_ok=True)

    def manage(self, *arguments) -> str:
        """Run a command of manage.py; return what it says."""
        done = run(["manage.py", *arguments], self.environment, keep=True)
        done.check_returncode()
        return done.stdout.strip()

    def violations(self) -> str:
        """Return what `check_invariants` finds; nothing, as it should be."""
        try:
            self.manage("check_invariants")
        except subprocess.CalledProcessError as found:
            return found.stderr
        return ""

    def shell(self, code):
        return self.manage("shell", "--no-imports", "--command", code)

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:webtalks.gunicorn", self.application],
            cwd=self.root,
            env=self.environment,
            stdout=self.output,
            stderr=subprocess.STDOUT if self.output else None,
            text=True,
        )
        for _ in range(300):  # other tests start processes too
            try:
                self.request("GET", "/healthz")
            except OSError:
                time.sleep(0.1)
            else:
                return self
        self.__exit__()
        raise AssertionError("gunicorn does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def send(self, raw: bytes) -> bytes:
        """Send `raw`, however broken, and return all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(raw)
            with contextlib.suppress(OSError):  # it may have answered and gone already
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))
