"""nginx with the configuration that we ship, in front of servers of the tests.

Only ports, places and the servers behind are put in; Debian's nginx runs it. Each client may have
an address of its own: all of 127.0.0.0/8 is this machine.
"""

import contextlib
import http.client
import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.foreign.tools import program
from tests.server import ROOT, free_port

SHIPPED = ROOT / "webtalks" / "proxy"


def lay_out(directory: Path) -> None:
    """Put the files where the Dockerfile puts them, below `directory`."""
    shutil.copytree(SHIPPED, directory / "srv" / "proxy")
    (directory / "srv" / "proxy" / "static" / "css").mkdir(parents=True)
    for name in ("tokens.css", "site.css"):
        shutil.copy(ROOT / "static" / "css" / name, directory / "srv/proxy/static/css" / name)
    for name in ("buffers", "certificates", "tmp"):
        (directory / name).mkdir()


class Proxy:
    """The shipped nginx on loopback, `http_port` and `https_port`, in front of `ports`."""

    def __init__(self, directory: Path, ports: list[int]):
        self.directory, self.ports = directory, ports
        self.http_port, self.https_port, self.health_port = (free_port() for _ in range(3))
        self.access_log = directory / "access.log"
        self.error_log = directory / "error.log"

    def configuration(self) -> str:
        first, second = (self.ports * 2)[:2]
        text = (SHIPPED / "nginx.conf").read_text()
        for shipped, ours in {
            "web-1:8000": f"127.0.0.1:{first}",
            "web-2:8000": f"127.0.0.1:{second}",
            "listen 8080": f"listen {self.http_port}",
            "listen 8443": f"listen {self.https_port}",
            "[::]:8080": f"[::]:{self.http_port}",
            "[::]:8443": f"[::]:{self.https_port}",
            "listen 127.0.0.1:8081": f"listen 127.0.0.1:{self.health_port}",
            "/srv/proxy": f"{self.directory}/srv/proxy",
            "/buffers/": f"{self.directory}/buffers/",
            "/certificates/": f"{self.directory}/certificates/",
            "/tmp/nginx.pid": f"{self.directory}/tmp/nginx.pid",  # noqa: S108
            "/dev/stdout": str(self.access_log),
        }.items():
            assert shipped in text, f"{shipped} has gone from nginx.conf"
            text = text.replace(shipped, ours)
        return text

    def __enter__(self):
        nginx = program("nginx", "nginx-light")
        program("openssl", "openssl")
        lay_out(self.directory)
        file = self.directory / "srv" / "proxy" / "nginx.conf"
        file.write_text(self.configuration())
        # The shipped command finds nginx here, which then reads the file above.
        wrapper = self.directory / "nginx"
        as_root = "user root; " if os.geteuid() == 0 else ""
        wrapper.write_text(f'#!/bin/sh\nexec {nginx} -c {file} "$1" "{as_root}$2"\n')
        wrapper.chmod(0o755)
        with self.error_log.open("w") as stderr:
            self.process = subprocess.Popen(
                [SHIPPED / "start"],
                env={
                    "PATH": f"{self.directory}:/usr/bin:/bin",
                    "SITE_URL": f"https://localhost:{self.https_port}",
                    "CERTIFICATES": str(self.directory / "certificates"),
                },
                stderr=stderr,
            )
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        for _ in range(100):
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", self.health_port, timeout=5)
                connection.request("GET", "/")
                assert connection.getresponse().status == 204
                connection.close()
                return
            assert self.process.poll() is None, self.error_log.read_text()
            time.sleep(0.1)
        raise AssertionError("nginx does not answer: " + self.error_log.read_text())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
