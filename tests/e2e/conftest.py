"""The real site for the browser: `manage.py start --demo` in an empty directory."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as site_settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from tests.server import ROOT, free_port
from webtalks.http.throttle import limits

# What the scenes assert is explained like a test's own.
pytest.register_assert_rewrite("tests.e2e.month", "tests.e2e.speaking")

# `make test SCREENSHOTS=1` keeps pictures of the pages here; without, they would cost a minute.
SCREENSHOTS = ROOT / "var" / "screenshots"
WITH_SCREENSHOTS = bool(os.environ.get("SCREENSHOTS"))

# Chromium without its windows takes half the CPU; the long run asks for the whole one.
BROWSER = os.environ.get("WEBTALKS_BROWSER", "chromium-headless-shell")

# pytest-playwright runs an event loop in this thread, which Django would take for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass
class Site:
    """A running site, its data directory, and what it printed."""

    url: str
    data_dir: Path
    process: subprocess.Popen

    @property
    def password(self) -> str:
        return (self.data_dir / "admin-password").read_text().strip()

    def mails(self, count: int) -> list:
        """Wait until the worker has written `count` mails; return all, the oldest first."""
        for _ in range(150):
            files = sorted((self.data_dir / "mail").glob("*.eml"), key=lambda f: f.stat().st_mtime)
            if len(files) >= count:
                return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]
            time.sleep(0.1)
        raise AssertionError(f"{len(files)} mails, not {count}")


# What the real talks lack: towns with coordinates, and talks of every standing.
ODD_TALKS = """
from datetime import timedelta
from django.utils import timezone
from events.models import Material, Municipality, Talk, Topic
for name, latitude, longitude in [
    ("Osterburg (Altmark)", 52.78698, 11.75433),
    ("Schwarzenborn", 50.90977, 9.44658),
    ("Luckenwalde", 52.09029, 13.16772),
    ("Vrees", 52.88551, 7.77242),
]:
    Municipality.objects.filter(name=name).update(latitude=latitude, longitude=longitude)
for slug, status, days in [
    ("abgesagt", "cancelled", 30), ("verschoben", "postponed", 40), ("nachher", "published", -90),
    ("gerade", "published", -2),
]:
    start = timezone.now() + timedelta(days=days)
    talk = Talk.objects.create(
        title=f"Beispiel: {slug}", slug=slug, status=status, starts_at=start,
        ends_at=start + timedelta(hours=1), announcement="Worum es geht.",
        recap="So war es.", written_answers="Ja. Und warum.",
        municipality=Municipality.objects.get(name="Vrees"),
    )
    talk.topics.set(Topic.objects.all()[:2])
    Material.objects.create(
        talk=talk, title="Mitschnitt", url="https://example.org/", recording="captioned"
    )
"""


def start_site(data_dir: Path) -> Site:
    port = free_port()
    environment = os.environ | {
        "DATA_DIR": str(data_dir),
        # Collected already: `manage.py start` sees that nothing has changed since.
        "STATIC_ROOT": str(site_settings.STATIC_ROOT),
        "SITE_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "HOST": "127.0.0.1",
        # The browser is one visitor, and quicker than a person.
        "THROTTLE": "off",
        "FORM_MIN_SECONDS": "0",
    }
    environment.pop("DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "start", "--demo"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    site = Site(environment["SITE_URL"], data_dir, process)
    for _ in range(900):  # other tests start processes too
        try:
            urllib.request.urlopen(f"{site.url}/readyz")  # noqa: S310
        except OSError:
            assert process.poll() is None, "the site ended while starting"
            time.sleep(0.1)
        else:
            return site
    raise AssertionError("the site does not answer")


def stop_site(site: Site) -> tuple[int, str]:
    """Send what Ctrl-C sends; return exit code and output."""
    site.process.send_signal(signal.SIGINT)
    output, _ = site.process.communicate(timeout=30)
    return site.process.returncode, output


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Run the site with the real talks and one of each other kind."""
    directory = tmp_path_factory.mktemp("site")
    site = start_site(directory)
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", ODD_TALKS]
    environment = os.environ | {"DATA_DIR": str(directory), "SITE_URL": site.url}
    environment.pop("DATABASE_URL", None)
    subprocess.run(command, cwd=ROOT, env=environment | {"SECRET_KEY": "e2e"}, check=True)
    yield site
    stop_site(site)


class OneByOne(WSGIHandler):
    """Answers one request after the other where all threads share one connection.

    On SQLite two threads would get each other's rows: that is so in this process alone.
    """

    lock = threading.Lock()

    def __call__(self, environ, start_response):
        if connection.vendor != "sqlite":
            return super().__call__(environ, start_response)
        with self.lock:
            return super().__call__(environ, start_response)


@pytest.fixture
def own_url(transactional_db, settings):
    """Serve the site in this process, where the clock can be moved.

    Static files come by WhiteNoise, because `live_server` knows no hashed names.
    """
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = lambda _: OneByOne()
    server.start()
    settings.SITE_URL, settings.ALLOWED_HOSTS = server.url, ["localhost"]
    settings.THROTTLE, settings.FORM_MIN_SECONDS = limits("off"), 0
    yield server.url
    wait_for_answers()
    server.stop()


def wait_for_answers():
    """Wait until the server's threads are at their end, where each closes its database.

    A thread ends a moment after the browser has hung up. On SQLite all share one database, and
    only as long as the server runs: a thread that closes it later fails.
    """
    end = time.monotonic() + 10
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(max(0, end - time.monotonic()))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    flags = (
        "--no-sandbox --disable-gpu --disable-quic --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    return {"executable_path": shutil.which(BROWSER), "args": flags.split()}


# Said of a field that was filled in, quicker than a person can, before it had got the cursor.
HURRY = "Autofocus processing was blocked"
# Said of a request during which the machine got another network, as when a container starts.
MACHINE = "net::ERR_NETWORK_CHANGED"
# Said of axe, which asks a frame without origin, as the preview of a mail. No page of ours does.
AXE = r"Failed to execute 'postMessage' on 'DOMWindow': .* recipient window's origin \('null'\)"


def listen(page, console: list, *, expected=HURRY):
    """Note what the page's console says, but for what matches `expected` or is of no page."""
    known = re.compile(f"{HURRY}|{MACHINE}|{AXE}|{expected}")
    page.on("console", lambda said: known.search(said.text) or console.append(said.text))


class Windows:
    """Browser windows, each with cookies and a store of its own, closed after the test.

    `console` is what the pages of a test have written there, `foreign` what they have asked of
    other hosts.
    """

    def __init__(self, browser, home):
        self.browser, self.home = browser, home
        self.opened, self.console, self.foreign = [], [], []

    def take(self, width, scheme):
        """Return a page that knows nothing of other tests."""
        size = {"width": width, "height": 900}
        page = self.new(size)
        self.opened.append(page)
        page.emulate_media(color_scheme=scheme)
        return page

    def new(self, size):
        page = self.browser.new_context(viewport=size, locale="de-DE").new_page()
        # What the browser itself says of a refused form and a missing page.
        listen(page, self.console, expected=r"status of (404|422)")
        page.on("request", lambda request: self.note_foreign(request.url))
        return page

    def note_foreign(self, url):
        if not url.startswith((self.home, "data:")):
            self.foreign.append(url)

    def tidy(self):
        """Take back the pages of a test that is over, and begin to watch anew."""
        for page in self.opened:
            page.context.close()
        for noted in (self.opened, self.console, self.foreign):
            noted.clear()


@pytest.fixture(scope="session")
def windows(browser, site):
    return Windows(browser, site.url)


@pytest.fixture
def open_page(windows, site):
    """Give a function that opens a page of given width and colour scheme, and watches it.

    At the end of the test
    nothing may stand in the console, and nothing may have been asked of another host.
    """
    windows.tidy()

    def open_page(path="/", *, width=1280, scheme="light"):
        page = windows.take(width, scheme)
        page.goto(site.url + path if path.startswith("/") else path)
        return page

    yield open_page
    assert windows.console == []
    assert windows.foreign == []


# As a phone shows the page by day, a desktop by night; and the other way round.
SCREENS = ((390, "light"), (1280, "dark"))
OTHER_SCREENS = ((390, "dark"), (1280, "light"))


def violations(page, screens=SCREENS) -> list[str]:
    """Return what axe finds on screens of these widths and colour schemes."""
    found = []
    for width, scheme in screens:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        let_fades_end(page)
        result = Axe().run(page)
        found += [result.generate_report()] if result.violations_count else []
    return found


def let_fades_end(page):
    """Wait until no colour is on its way; a fade begins with the second frame."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate("Promise.allSettled(document.getAnimations().map(each => each.finished))")


def screenshot(page, name):
    """Keep a picture of the whole page, where pictures are asked for."""
    if WITH_SCREENSHOTS:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def screenshots(page, name):
    """Keep pictures of the page as a phone and a desktop show it, light and dark.

    Without motion, so that no colour is seen on its way from light to dark.
    """
    if not WITH_SCREENSHOTS:
        return
    page.emulate_media(reduced_motion="reduce")
    let_fades_end(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            screenshot(page, f"{name}-{width}-{scheme}")
