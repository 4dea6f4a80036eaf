"""gunicorn as it runs in production, for tests that need real processes."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """gunicorn with 2 workers × 4 threads on loopback."""

    application = "webtalks.wsgi"

    def __init__(self, directory, database_url="", stderr=None):
        self.stderr = stderr
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
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:webtalks.gunicorn", self.application],
            cwd=ROOT,
            env=self.environment,
            stderr=self.stderr,
            text=True,
        )
        for _ in range(100):
            try:
                self.request("GET", "/healthz")
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
