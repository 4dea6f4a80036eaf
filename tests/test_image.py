"""The Dockerfile's two images: what they hold, and what they run as."""

import http.server
import json
import re
import shlex
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.utils.csp import build_policy

from tests.image import BUILD, FINAL, PARTS, PROXY, image_environment, instructions
from tests.server import ROOT
from webtalks.http.headers import HEADERS, ResponseHeaders

NGINX = (ROOT / "webtalks" / "proxy" / "nginx.conf").read_text()


def test_images_are_built_in_stages():
    assert [part[0] for part in PARTS] == [
        ("ARG", "BASE_IMAGE=debian:trixie-slim"),
        ("FROM", "${BASE_IMAGE} AS build"),
        ("FROM", "${BASE_IMAGE} AS proxy"),
        # The last one is what is built where no target is named.
        ("FROM", "${BASE_IMAGE}"),
    ]
    assert instructions(FINAL, "COPY") == [
        "--from=build /opt/venv /opt/venv",
        "--from=build /app /app",
    ]
    assert instructions(FINAL, "CMD") == ['["web"]']


@pytest.mark.parametrize(("part", "number"), [(FINAL, 10001), (PROXY, 10002)])
def test_image_does_not_run_as_root(part, number):
    (user,) = instructions(part, "USER")
    creating = [rest for rest in instructions(part, "RUN") if "useradd" in rest]
    last = max(index for index, (name, _) in enumerate(part) if name in ("RUN", "COPY"))

    assert user == f"{number}:{number}"
    assert [re.search(r"--uid (\d+)", rest)[1] for rest in creating] == [str(number)]
    # Whatever is installed belongs to root.
    assert part.index(("USER", user)) > last


def test_proxy_image_gets_what_nginx_names():
    places = set(re.findall(r"/(?:srv/proxy|buffers|certificates)\b", NGINX))

    assert instructions(PROXY, "COPY") == [
        "webtalks/proxy /srv/proxy",
        "static/css/tokens.css static/css/site.css /srv/proxy/static/css/",
    ]
    assert places == {"/srv/proxy", "/buffers", "/certificates"}
    (making,) = [rest for rest in instructions(PROXY, "RUN") if "install -d" in rest]
    assert making.split()[-2:] == ["/buffers", "/certificates"]
    assert set(re.findall(r"/errors/\w+\.html", NGINX)) == {
        f"/errors/{page.name}" for page in (ROOT / "webtalks/proxy/errors").iterdir()
    }


def test_proxy_writes_into_its_volume_only():
    """Each of the five has a place of its own in nginx, which is read-only in the container."""
    places = dict(re.findall(r"^ +(\w+)_temp_path (\S+);$", NGINX, re.MULTILINE))

    assert set(places) == {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}
    assert [place for place in places.values() if not place.startswith("/buffers/")] == []
    assert re.search(r"^pid /tmp/", NGINX, re.MULTILINE)


def test_proxy_sends_the_headers_of_the_site():
    text = (ROOT / "webtalks/proxy/headers.conf").read_text()
    sent = dict(re.findall(r'^add_header (\S+) "(.*)" always;$', text, re.MULTILINE))

    assert sent == HEADERS | {"Content-Security-Policy": build_policy(settings.SECURE_CSP)}


def test_proxy_says_what_the_site_says_of_tls(rf, settings):
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600  # as on every https site
    site = ResponseHeaders(lambda request: HttpResponse())(rf.get("/", secure=True))

    (ours,) = re.findall(r'map \$https \$transport_security \{\s+on "(.*)";', NGINX)
    text = (ROOT / "webtalks/proxy/headers.conf").read_text()

    assert site["Strict-Transport-Security"] == ours
    assert "\nadd_header Strict-Transport-Security $transport_security always;\n" in text


@pytest.mark.parametrize("listens", [True, False])
def test_healthcheck_of_the_proxy(listens):
    (rest,) = instructions(PROXY, "HEALTHCHECK")
    command = json.loads(rest.partition(" CMD ")[2])
    with http.server.HTTPServer(("127.0.0.1", 0), NoContent) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        port = str(server.server_port if listens else 1)
        done = subprocess.run(
            [part.replace("8081", port) for part in command], capture_output=True
        )
        server.timeout = 0.1
        if not listens:
            socket.create_connection(server.server_address).close()
        thread.join()

    assert (done.returncode == 0) is listens


class NoContent(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        """Keep quiet."""


def test_image_holds_no_secret():
    arguments = [rest for part in PARTS for rest in instructions(part, "ARG")]

    assert set(arguments) == {"BASE_IMAGE=debian:trixie-slim", "PIP_CERT", "SSL_CERT_FILE"}
    assert instructions(BUILD, "ENV") == []
    assert set(image_environment()) == {
        *("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"),
        *("DATA_DIR", "STATIC_ROOT", "HOST", "PORT", "XDG_CACHE_HOME"),
    }


def test_image_installs_by_hash_and_keeps_no_caches():
    runs = [rest for part in PARTS for rest in instructions(part, "RUN")]
    (pip,) = [shlex.split(rest) for rest in runs if "/bin/pip " in rest]
    apt = [rest for rest in runs if "apt-get" in rest]

    assert {"--require-hashes", "--no-cache-dir"} <= set(pip)
    assert len(apt) == 3
    assert [rest for rest in apt if "rm -rf /var/lib/apt/lists/*" not in rest] == []


def test_image_gets_the_site_and_nothing_else():
    copied = {source for rest in instructions(BUILD, "COPY") for source in rest.split()[:-1]}
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}
    directories = settings.TEMPLATES[0]["DIRS"] + settings.STATICFILES_DIRS

    assert copied == {
        *("LICENSE", "manage.py", "requirements.txt"),
        # The admin shows them.
        *("docs/handbuch.md", "docs/handbuch"),
        *packages,
        *(path.name for path in directories),
    }
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied


def test_image_gets_no_file_that_no_running_site_reads():
    (making,) = [rest for rest in instructions(BUILD, "RUN") if "collectstatic" in rest]
    removed = re.match(r"rm -r (\S+) &&", making)[1]
    ignored = (ROOT / ".dockerignore").read_text().split()
    files = subprocess.check_output(
        ["git", "ls-files", "events", "registration", "webtalks"], cwd=ROOT, text=True
    ).split()
    endings = {rule.removeprefix("**/*") for rule in ignored if rule.startswith("**/*.")}

    assert removed == "webtalks/proxy"
    assert {
        file
        for file in files
        if not file.startswith(f"{removed}/") and Path(file).suffix not in {".py", *endings}
    } == {
        *("events/data/municipalities.csv", "events/data/talks.json"),
        *("events/data/ordinary_words.txt", "events/data/skyline.png"),
        *(f"events/locale/de/LC_MESSAGES/{name}.mo" for name in ("django", "djangojs")),
    }


@pytest.fixture
def site():
    """Serve /readyz for talks.example.org with the status in `site.status`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = (self.path, self.headers["Host"])
            is_right = asked == ("/readyz", "talks.example.org:8443")
            self.send_response(self.server.status if is_right else 400)
            self.end_headers()

        def log_message(self, *args):
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def healthcheck(port: int) -> int:
    (rest,) = instructions(FINAL, "HEALTHCHECK")
    python, *arguments = json.loads(rest.partition(" CMD ")[2])
    assert python == "python"
    done = subprocess.run(
        [sys.executable, *arguments],
        env={"PORT": str(port), "SITE_URL": "https://talks.example.org:8443/"},
        capture_output=True,
    )
    return done.returncode


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (301, 1)])
def test_healthcheck_asks_the_site(site, status, code):
    site.status = status

    assert healthcheck(site.server_port) == code


def test_healthcheck_of_a_site_that_is_not_there(site):
    site.server_close()

    assert healthcheck(site.server_port) == 1
