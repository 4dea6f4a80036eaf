"""The largest pictures that are taken: little memory, and nobody who signs up waits for them."""

import json
import re
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tests.events.upload_files import CREDIT, encoded, noise
from tests.html_form import form_data
from tests.load.site import FORM
from tests.server import Server, thanks

LOG_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from webtalks.login.sessions import begin
user = User.objects.create_superuser("orga")
session = SessionStore()
session[SESSION_KEY] = user.pk
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
begin(session)
session.save()
print(session.session_key)
"""
MAKE_TALKS = """
import json
from datetime import timedelta
from django.utils import timezone
from tests.makers import make_talk
begins = timezone.localtime().replace(hour=10, minute=0) + timedelta(days=21)
talks = [make_talk(town=None, starts_at=begins) for _ in range(4)]
print(json.dumps([[talk.pk, talk.slug] for talk in talks]))
"""
BOUNDARY = "grenze"
# Megabytes above the resting process: for one picture, and for three that come at once.
ONE, THREE = 250, 300
# Seconds for which a sign-up may wait.
LONGEST_WAIT = 0.3


def large(fmt="JPEG", mode="RGB", **options) -> bytes:
    """Return a picture of as many pixels as its format may have."""
    size = (8_660, 5_773) if fmt == "JPEG" else (5_164, 3_872)
    return encoded(noise(size, mode), fmt, **options)


def one_colour(mode, **options) -> bytes:
    return encoded(Image.new(mode, (5_164, 3_872)), "PNG", **options)


PICTURES = {
    "jpeg": lambda: large(quality=60),
    "progressive": lambda: large(quality=60, progressive=True),
    "cmyk": lambda: large(mode="CMYK", quality=30),
    "transparent png": lambda: encoded(noise((5_164, 3_872), "RGBA").quantize(16), "PNG"),
    "rgba png": lambda: one_colour("RGBA"),
    "png with a transparent colour": lambda: one_colour("RGB", transparency=(0, 0, 0)),
    "16 bit": lambda: one_colour("I;16"),
    "webp": lambda: large("WEBP", quality=50, method=0),
    "transparent webp": lambda: large("WEBP", "RGBA", quality=50, method=0),
    "avif": lambda: large("AVIF", quality=40, speed=10),
    "transparent avif": lambda: large("AVIF", "RGBA", quality=40, speed=10),
    "tall": lambda: encoded(noise((3_500, 14_000)), quality=60),
}


class Desk(Server):
    """gunicorn with one process, and an organiser who is logged in."""

    def begin(self):
        self.key = self.shell(LOG_IN)
        self.talks = json.loads(self.shell(MAKE_TALKS))

    def headers(self, **more):
        return {"Cookie": "; ".join([f"sessionid={self.key}", *more.pop("cookies", [])]), **more}

    def upload(self, pk: int, content: bytes) -> tuple[int, str]:
        """Send the form of a talk with a picture; return status and page."""
        path = f"/admin/events/talk/{pk}/change/"
        _, headers, page = self.request("GET", path, headers=self.headers())
        fields = form_data(page, "talk_form") | {"image_credit": [CREDIT]}
        cookie = headers["Set-Cookie"].partition(";")[0]
        body = multipart(fields, content)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        sent = self.headers(cookies=[cookie], **{"Content-Type": kind})
        status, _, page = self.request("POST", path, body, sent)
        return status, page

    def held(self, name: str) -> int:
        """Return in megabytes what /proc says of the one process under the master."""
        (child,) = self.children()
        line = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{child}/status").read_text())
        return int(line[1]) // 1024

    def children(self) -> list[str]:
        done = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return done.stdout.split()

    def forget_peak(self):
        (child,) = self.children()
        Path(f"/proc/{child}/clear_refs").write_text("5")


def multipart(fields: dict[str, list[str]], picture: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    parts = [
        f'{head}{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in values
    ]
    image = f'{head}image"; filename="bild"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
    return b"".join([*parts, image, picture, f"\r\n--{BOUNDARY}--\r\n".encode()])


@pytest.fixture
def desk(tmp_path, database_url):
    site = Desk(tmp_path, database_url, WEB_CONCURRENCY="1", WEB_THREADS="8")
    site.set_up()
    site.begin()
    with site:
        assert site.upload(site.talks[0][0], encoded(noise((800, 600))))[0] == 302
        yield site


@pytest.mark.parametrize("name", PICTURES)
def test_one_picture_takes_little_memory(desk, name):
    content = PICTURES[name]()
    assert len(content) < 15_000_000
    desk.forget_peak()
    resting = desk.held("VmRSS")

    status, _ = desk.upload(desk.talks[0][0], content)

    grown = desk.held("VmHWM") - resting
    print(f"{name}: {len(content) / 1e6:.1f} MB file, {grown} MB more")
    assert status == 302
    assert grown <= ONE


@pytest.mark.parametrize("name", ["jpeg", "webp"])
def test_nobody_waits_for_three_pictures_at_once(desk, name):
    content = PICTURES[name]()
    forms = [desk.open_form(FORM) for _ in range(60)]
    slug = desk.talks[3][1]
    desk.forget_peak()
    resting, waits = desk.held("VmRSS"), []

    with ThreadPoolExecutor(3) as organisers:
        uploads = [organisers.submit(desk.upload, pk, content) for pk, _ in desk.talks[:3]]
        time.sleep(0.3)
        for number, form in enumerate(forms):
            if all(upload.done() for upload in uploads):
                break
            time.sleep(0.05)
            begin = time.monotonic()
            answer = desk.post(
                FORM, form, talks=slug, name="Kim Beispiel", email=f"kim{number}@stadt.example"
            )
            waits.append(time.monotonic() - begin)
            assert answer == (302, thanks(slug))
        assert [upload.result()[0] for upload in uploads] == [302] * 3

    grown = desk.held("VmHWM") - resting
    print(f"{len(waits)} sign-ups, {statistics.median(waits):.3f}–{max(waits):.3f} s, {grown} MB")
    assert len(waits) >= 5
    assert max(waits) <= LONGEST_WAIT
    assert grown <= THREE
