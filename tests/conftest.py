"""What several test files use: the clock, static files, a mail server."""

import fcntl
import logging
import re
import shutil
import socket
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.conf import settings as site_settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.staticfiles import finders
from django.core.management import call_command
from whitenoise import WhiteNoise

from events.pages.edition import editions
from registration.mail.smtp import SMTP_BACKEND
from tests.server import Server, own_database
from webtalks.http.page_cache import pages
from webtalks.login.reauthentication import PROVED
from webtalks.login.sessions import SEEN, begin
from webtalks.logs.formatters import TextFormatter

BERLIN = ZoneInfo("Europe/Berlin")
# A Wednesday in winter time, between the two talks of the autumn of 2025.
NOW = datetime(2025, 11, 5, 9, 0, tzinfo=BERLIN)


# A test with one of these fixtures asks the database of the run.
ASKS_DATABASE = {"db", "transactional_db", "own_database"}


# What a test is marked with because of the folder in which it lies.
MARKERS = {"e2e": "browser", "foreign": "foreign", "load": "load", "deployment": "deployment"}
# The rooms that only show and take what other rooms keep in the database.
SHOWING = {"pages", "desk", "admin", "speakers"}


def pytest_collection_modifyitems(items):
    """Mark tests by their folder and by what they ask: pyproject.toml says what it means."""
    for item in items:
        folder, *rooms = item.path.relative_to(Path(__file__).parent).parts[:-1] or [""]
        marked, fixtures = item.get_closest_marker, ASKS_DATABASE & set(item.fixturenames)
        if folder in MARKERS and not marked("each_time"):
            item.add_marker(MARKERS[folder])
        if not marked("django_db") and not fixtures:
            item.add_marker("once")
        if not SHOWING.isdisjoint(rooms[:1]) and fixtures <= {"db"} and not marked("once"):
            item.add_marker("pages")


def list_of_static_files() -> str:
    """Return what changes when a static file or the program that compresses them changes."""
    paths = [
        Path(storage.path(name))
        for finder in finders.get_finders()
        for name, storage in finder.list([])
    ]
    lines = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in paths]
    return "\n".join([*sorted(lines), (site_settings.BASE_DIR / "requirements.txt").read_text()])


@pytest.fixture(scope="session", autouse=True)
def static_files(request):
    """Give the static files as collected: pages name them by their content's hash.

    To compress them takes longer than most tests, so they are kept until one has changed.
    """
    directory = request.config.cache.mkdir("static-files")
    site_settings.STATIC_ROOT = directory / "collected"
    known, wanted = directory / "list", list_of_static_files()
    with open(directory / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not known.exists() or known.read_text() != wanted:
            shutil.rmtree(site_settings.STATIC_ROOT, ignore_errors=True)
            call_command("collectstatic", interactive=False, verbosity=0)
            known.write_text(wanted)


@pytest.fixture(scope="session", autouse=True)
def _static_files_found_once(static_files):
    """Let WhiteNoise look through the collected files once, not for each test's client anew.

    That was a third of the CPU time of the tests that ask for pages.
    """
    look, collected, found = (
        WhiteNoise.update_files_dictionary,
        f"{site_settings.STATIC_ROOT}/",
        {},
    )

    def look_once(server, root, prefix):
        if root == collected and prefix in found:
            server.files.update(found[prefix])
            return
        look(server, root, prefix)
        if root == collected:
            found[prefix] = dict(server.files)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", look_once)
        yield


class QuickHasher(Argon2PasswordHasher):
    """Argon2 as the site uses it, with the least effort that it allows."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """Let passwords cost next to nothing; sites in processes of their own use the real hasher."""
    site_settings.PASSWORD_HASHERS = [f"{__name__}.{QuickHasher.__name__}"]


class PersonalData(logging.Handler):
    """Keeps the log lines in which the tests' people, addresses or links can be recognised."""

    # Names are those of the makers; the last is the shape of a signed link's token.
    PATTERN = re.compile(
        r"Kim Beispiel|kim@|@[\w.-]+\.example|[\w-]{22}\.[\w-]{40}", re.IGNORECASE
    )

    def __init__(self):
        super().__init__()
        self.setFormatter(TextFormatter())
        self.lines = []

    def emit(self, record):
        line = self.format(record)
        if self.PATTERN.search(line):
            self.lines.append(line)


@pytest.fixture(scope="session", autouse=True)
def no_personal_data_in_the_log(static_files):
    """Fail at the end if one test of the whole run has logged somebody's data."""
    handler = PersonalData()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    assert handler.lines == []


@pytest.fixture
def clock():
    """Stop the clock at NOW; `clock.move_to(moment)` sets it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class SmtpServer:
    """A mail server on loopback that keeps what it gets and answers as told.

    `answers` maps a step (`MAIL`, `RCPT`, `DATA`) to the answers it gives, one after the other,
    before it accepts. `conversations` counts how often somebody has connected.
    """

    def __init__(self):
        self.messages, self.conversations = [], 0
        self.answers = {"MAIL": [], "RCPT": [], "DATA": []}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def start(self):
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            # Everybody may log in, without encryption.
            authenticator=lambda *_: AuthResult(success=True),
            auth_require_tls=False,
        )
        self.controller.start()

    def stop(self):
        self.controller.stop()

    def _answer(self, step, otherwise="250 OK"):
        return self.answers[step].pop(0) if self.answers[step] else otherwise

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.conversations += 1
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = self._answer("MAIL")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self._answer("RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self._answer("DATA")
        if answer.startswith("250"):
            self.messages.append(envelope)
        return answer


@pytest.fixture
def smtp_server(settings):
    """Run a real mail server and let MAILERS point to it."""
    server = SmtpServer()
    server.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": SMTP_BACKEND,
            "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 5},
        }
    }
    yield server
    server.stop()


@pytest.fixture
def admin_client(admin_client):
    """Be in the admin already, and never idle, wherever a test moves the clock to.

    Tests of the sessions themselves log in on their own.
    """
    session = admin_client.session
    begin(session)
    session[SEEN] = session[PROVED] = datetime.max.replace(tzinfo=BERLIN).timestamp()
    session.save()
    return admin_client


@pytest.fixture(scope="session", name="own_database")
def _own_database():
    """Give the function that makes an empty database for other processes."""
    return own_database


@pytest.fixture
def database_url(own_database):
    """Return the address of an empty database for other processes; "" is SQLite in DATA_DIR."""
    return own_database()


@pytest.fixture
def site_apart(tmp_path, database_url):
    """Give a site with an empty database of its own, on which other processes work."""
    site = Server(tmp_path, database_url)
    site.set_up()
    return site


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Forget what the process keeps under a revision: each test begins with another database."""
    editions.discard()
    pages.discard()
