"""No log names anybody, while people use the site and while much goes wrong.

The most talkative level, both formats; the database is SQLite or PostgreSQL.
"""

import json
import re
import subprocess
import sys
import time
from urllib.parse import urlencode, urlsplit

import pytest

from tests.conftest import SmtpServer
from tests.mailbox import Mailbox, links
from tests.server import ROOT, Server

SLUG = "vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg"
NAME = "Zyxwella Markerfrau"
MARKERS = ["Zyxwella", "Markerfrau", "zyx.wella", "falsch.zyx", "stadt.example", "geheim"]
KEYS = """
from registration.models import Registration
print(*Registration.objects.values_list("key", flat=True))
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, own_database):
    """Return directory and database of a site with talks, for both formats."""
    directory, database = tmp_path_factory.mktemp("life"), own_database()
    site = Server(directory, database)
    site.set_up(demo=True)
    return directory, database


@pytest.fixture
def smtp():
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


# Both write the same; text, in which a line can be forged, is what a site has unless told.
@pytest.fixture(params=["text", pytest.param("json", marks=pytest.mark.slow)])
def site(request, prepared, tmp_path, smtp):
    with open(tmp_path / "log", "w") as output:
        site = Server(
            *prepared,
            output=output,
            SMTP_URL=f"smtp://127.0.0.1:{smtp.port}",
            LOG_FORMAT=request.param,
            LOG_LEVEL="debug",
            ACCESS_LOG="1",
            WEB_CONCURRENCY="1",
        )
        site.application = "tests.webtalks.broken_wsgi"
        with site:
            yield site


def work(site, smtp, log):
    """Let a worker send what waits, and end."""
    waiting = len(smtp.messages)
    with open(log, "a") as output:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=site.environment,
            stdout=output,
            stderr=output,
        )
    deadline = time.monotonic() + 30
    while len(smtp.messages) == waiting and time.monotonic() < deadline:
        time.sleep(0.1)
    worker.terminate()
    assert worker.wait(30) == 0


def live(site, smtp, log, email):
    """Sign up and use the links; return what must not be found: the tokens of the links."""
    wrong = email.replace("zyx.wella", "falsch.zyx")
    form = site.open_form("/anmeldung/")
    for address in (email, wrong):
        site.post("/anmeldung/?name=Zyxwella", form, talks=SLUG, name=NAME, email=address)
    smtp.answers["RCPT"] = [f"550 <{email}>: {NAME} unknown", f"451 <{wrong}> later, {NAME}"]
    site.post("/anmeldung/links/", site.open_form("/anmeldung/links/"), email=email)
    work(site, smtp, log)
    (message,) = Mailbox(smtp, email).messages
    tokens = set()
    for link in links(message):
        path = urlsplit(link).path
        tokens |= set(re.findall(r"[\w-]{20,}\.[\w-]{20,}", path))
        site.request("GET", f"{path}?mail={email}")
    return tokens | set(site.shell(KEYS).split())


def let_it_go_wrong(site, token, email):
    for path in (f"/{email}/?q={NAME}", f"/?q=%00{email}", f"/meine-anmeldung/{token}/gibt/nicht"):
        site.request("GET", path.replace(" ", "%20"))
    plain = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"name": NAME, "email": email})
    assert site.request("POST", "/kaputt/?mail=zyx.wella", body, plain)[0] == 500
    assert site.request("POST", f"/meine-anmeldung/{token}/", body, plain)[0] == 422
    foreign = plain | {"Origin": "https://evil.example"}
    assert site.request("POST", f"/meine-anmeldung/{token}/", body, foreign)[0] == 403
    site.request("POST", "/kaputt/", "&".join([body] * 600), plain)
    admin = site.open_form("/admin/login/")
    site.post("/admin/login/?next=/admin/", admin, username=email, password="geheim")
    head = f"Host: localhost:{site.port}\r\n\r\n"
    site.send(f"GET /{email} {NAME} HTTP/1.1\r\n{head}".encode())
    site.send(f"GET / HTTP/1.1\r\n{NAME}: {email}\r\n{head}".encode())
    forged = "/x%0A2026-01-01T00:00:00%20ERROR%20site%20-%20forged"
    site.send(f"GET {forged} HTTP/1.1\r\n{head}".encode())
    site.send(f"GET /kaputt/%0Ax HTTP/1.1\r\nHost: {email}\r\n\r\n".encode())


def test_log_of_a_life_names_nobody(site, smtp, tmp_path):
    log = tmp_path / "log"
    email = f"zyx.wella.{site.environment['LOG_FORMAT']}@stadt.example"
    tokens = live(site, smtp, log, email)
    let_it_go_wrong(site, min(token for token in tokens if "." in token), email)
    site.process.terminate()
    site.process.wait(30)

    text = log.read_text()
    found = [marker for marker in [*MARKERS, *tokens] if marker in text]
    assert found == [], [line for line in text.splitlines() if found[0] in line]
    assert [line for line in text.splitlines() if line.startswith("2026-01-01")] == []
    assert "broken" in text, "the error is there, with its place"
    assert "KeyError: …" in text or r"KeyError: \u2026" in text
    assert "/meine-anmeldung/" in text, "requests are there"
    if site.environment["LOG_FORMAT"] == "json":
        told = [json.loads(line) for line in text.splitlines()]
        error = next(entry for entry in told if "exception" in entry)
        assert len(error["request"]) == 32
        assert error["request"] in [
            entry["request"] for entry in told if entry["logger"] == "gunicorn.access"
        ]
    else:
        beginning = r"20\d\d-\d\d-\d\dT[\d:.]+\+00:00 [A-Z]+ [\w.]+ (-|[0-9a-f]{32}) |    \S"
        assert [line for line in text.splitlines() if not re.match(beginning, line)] == []
