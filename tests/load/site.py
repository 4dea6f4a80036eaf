"""The site under load: gunicorn, workers, a mail server; each with a fault where the test asks."""

import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from tests.server import ROOT, Server, free_port

FORM = "/anmeldung/"
THANKS = "/anmeldung/danke/"
BOOKED = (302, THANKS)

MAKE_TALKS = """
from datetime import timedelta
from tests.makers import make_talk
for number in range({number}):
    print(make_talk(slug=f"{name}-{{number}}", speaker="", **{fields}).slug)
"""
SIGN_UP = """
from events.models import Talk
from tests.makers import make_registration
talk = Talk.objects.get(slug="{slug}")
for number in range({people}):
    make_registration(talk, email=f"{prefix}{{number}}@stadt.example")
"""
SEATS = """
import json
from collections import Counter
from registration.models import OutgoingMail, Registration
LETTERS = {{"pending": "p", "confirmed": "c", "waiting": "w", "cancelled": "x"}}
found = {{}}
for slug in {slugs}:
    rows = Registration.objects.filter(talk__slug=slug).order_by("created_at", "pk")
    states = "".join(LETTERS[state] for state in rows.values_list("state", flat=True))
    mails = OutgoingMail.objects.filter(registrations__talk__slug=slug)
    found[slug] = [states, Counter(mails.values_list("kind", flat=True))]
print(json.dumps(found))
"""
# Whose row has no mail, and which mail has no row: of people who were signed up by the form.
UNPAIRED = """
import json
from registration.models import OutgoingMail, Registration
told = OutgoingMail.objects.values("registrations")
print(json.dumps([
    list(Registration.objects.exclude(pk__in=told).values_list("email", flat=True)),
    OutgoingMail.objects.filter(registrations=None).count(),
]))
"""
TOKENS = """
import json
from registration.models import links
from registration.models import Registration
rows = Registration.objects.filter(talk__slug="{slug}").order_by("created_at", "pk")[:{number}]
print(json.dumps([[links.token(row.key, links.PURPOSE_MINE), str(row.uuid)] for row in rows]))
"""
MAILS = """
import json
from registration.models import OutgoingMail
print(json.dumps(list(OutgoingMail.objects.order_by("pk").values_list("message_id", "state"))))
"""
QUEUED = "SELECT count(*) FROM registration_outgoingmail WHERE state = 'queued'"


class Site(Server):
    """gunicorn as in production with no limits for visitors, and a mail server that records."""

    application = "tests.load.wsgi"

    def __init__(self, directory, database_url, faults=""):
        super().__init__(directory, database_url)
        self.directory = Path(directory)
        self.sink_port = free_port()
        self.environment |= {"FAULTS": faults, "SMTP_URL": f"smtp://127.0.0.1:{self.sink_port}"}

    def ask(self, code):
        return json.loads(self.shell(code))

    def make_talks(self, number, name="talk", **fields) -> list[str]:
        return self.shell(MAKE_TALKS.format(number=number, name=name, fields=fields)).split()

    def fill(self, slug, people, prefix="p"):
        """Sign people up past the form."""
        self.shell(SIGN_UP.format(slug=slug, people=people, prefix=prefix))

    def seats(self, slugs) -> dict:
        """Return, by talk, a letter for each row's state in the queue's order, and its mails.

        c confirmed, w waiting, p pending, x cancelled.
        """
        return self.ask(SEATS.format(slugs=slugs))

    def mine(self, slug, number) -> list[tuple[str, str]]:
        """Return the path of Meine Anmeldung and the uuid of the first rows of the talk."""
        found = self.ask(TOKENS.format(slug=slug, number=number))
        return [(f"/meine-anmeldung/{token}/", uuid) for token, uuid in found]

    def sign_up(self, form, slug, email):
        """Return status and path of the answer; None if the connection broke."""
        fields = {"talks": slug, "name": "Kim Beispiel", "email": email}
        try:
            status, place = self.post(FORM, form, **fields)
            return status, place and place.partition("?")[0]
        except OSError:
            return None

    def sign_up_at_once(self, slug, emails) -> Counter:
        form = self.open_form(FORM)
        calls = [lambda email=email: self.sign_up(form, slug, email) for email in emails]
        return Counter(at_once(calls))

    def kill_at(self, point):
        """Let the next process that comes to this point be killed there."""
        (self.directory / f"kill-{point}").touch()

    def was_killed_at(self, point) -> bool:
        return not (self.directory / f"kill-{point}").exists()

    def start_worker(self):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.load.worker"], cwd=ROOT, env=self.environment
        )

    @contextmanager
    def worker(self):
        process = self.start_worker()
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)

    @contextmanager
    def sink(self, every=0):
        """Run the mail server; every so many answers it refuses for now."""
        command = [sys.executable, "-m", "tests.load.sink", str(self.sink_port), self.record]
        process = subprocess.Popen([*command, str(every)], cwd=ROOT)
        wait_until(lambda: answers(self.sink_port))
        try:
            yield
        finally:
            process.kill()
            process.wait()

    @property
    def record(self) -> Path:
        return self.directory / "sink.jsonl"

    def delivered(self) -> list[tuple[str, str]]:
        """Return Message-ID and recipient of everything the mail server took."""
        text = self.record.read_text() if self.record.exists() else ""
        # The last line may be half written.
        return [tuple(json.loads(line)) for line in text.rpartition("\n")[0].splitlines()]

    def wait_for_mails(self, seconds=120):
        """Wait until no mail is left to be sent."""
        wait_until(lambda: self.number_of(QUEUED) == 0, seconds)

    def number_of(self, query) -> int:
        """Ask the database past Django: a process of its own each time would be a load itself."""
        if url := self.environment["DATABASE_URL"]:
            with psycopg.connect(url) as connection:
                return connection.execute(query).fetchone()[0]
        with closing(sqlite3.connect(self.directory / "db.sqlite3", timeout=20)) as connection:
            return connection.execute(query).fetchone()[0]

    def mails(self) -> list[list[str]]:
        return self.ask(MAILS)


def answers(port) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def at_once(calls) -> list:
    """Return the results of the calls, each made by a thread of its own."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)
