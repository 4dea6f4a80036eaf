"""Eight people ask for their certificate at once: readers do not notice, and a PDF is quick."""

import json
import re
import threading
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from tests.server import Server

PEOPLE = """
import json
from datetime import timedelta
from events.models import Talk
from registration.models import Registration, links
from tests.makers import make_registration, make_talk
talk = make_talk()
rows = [make_registration(talk, email=f"p{number}@stadt.example") for number in range(8)]
Registration.objects.update(minutes_present=50)
Talk.objects.filter(pk=talk.pk).update(
    starts_at=talk.starts_at - timedelta(days=30), ends_at=talk.ends_at - timedelta(days=30)
)
tokens = [links.token(row.key, links.PURPOSE_MINE) for row in rows]
print(json.dumps([
    f"/meine-anmeldung/{token}/{row.uuid}/bescheinigung.pdf" for token, row in zip(tokens, rows)
]))
"""
KEY = {"CERTIFICATE_KEY": "1:nur-zum-messen-9sPq2vXw7LrTn4KdYb6mH"}
MB = 1024 * 1024


def memory_of(pid: int) -> int:
    """Return the bytes that the process and its children hold; what they share counts once."""
    folder = Path(f"/proc/{pid}")
    (kilobytes,) = re.findall(r"^Pss: +(\d+) kB", (folder / "smaps_rollup").read_text(), re.M)
    children = (folder / "task" / str(pid) / "children").read_text().split()
    return int(kilobytes) * 1024 + sum(memory_of(int(child)) for child in children)


def ask(site, path):
    """Return status, headers and bytes; `Server.request` takes them for text."""
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=60)) as web:
        web.request("GET", path, headers={"Host": "localhost"})
        response = web.getresponse()
        return response.status, response.headers, response.read()


def test_eight_pdfs_at_once_leave_room_for_readers(tmp_path, database_url, checked):
    site = checked(Server(tmp_path, database_url, WEB_CONCURRENCY="2", WEB_THREADS="4", **KEY))
    site.manage("migrate", "--verbosity=0")
    paths = json.loads(site.shell(PEOPLE))
    got, waits, stop = [], [], threading.Event()

    def fetch(path):
        """Ask like a browser that is told to come back."""
        for _ in range(30):
            began = time.monotonic()
            status, headers, body = ask(site, path)
            if status == 200:
                got.append((body[:4], time.monotonic() - began))
                return
            assert (status, headers["Retry-After"], headers["Refresh"]) == (503, "5", "5")
            time.sleep(0.5)

    def read():
        while not stop.is_set():
            began = time.monotonic()
            assert ask(site, "/")[0] == 200
            waits.append(time.monotonic() - began)

    with site:
        ask(site, "/")
        before = memory_of(site.process.pid)
        reader = threading.Thread(target=read)
        askers = [threading.Thread(target=fetch, args=[path]) for path in paths]
        for thread in [reader, *askers]:
            thread.start()
        for thread in askers:
            thread.join()
        stop.set()
        reader.join()
        began = time.monotonic()
        ask(site, paths[0])
        alone = time.monotonic() - began
        more = memory_of(site.process.pid) - before

    print(f"PDF alone {alone:.2f} s, slowest page {max(waits):.2f} s, {more / MB:.0f} MB more")
    assert [kind for kind, _ in got] == [b"%PDF"] * 8
    assert max(waits) <= 1
    assert alone <= 1.5
    # Both processes have loaded what writes PDFs.
    assert more <= 2 * 150 * MB
