"""What docs/betrieb.md prints for a machine without containers: nginx, a reload of gunicorn."""

import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.foreign.tools import program
from tests.server import ROOT, Server, free_port

TEXT = (ROOT / "docs" / "betrieb.md").read_text()
# What the commands name, and what the configuration names that they make.
WRITTEN = ("srv", "etc/nginx")
USED = ("srv/proxy", "etc/webtalks-tls", "var/lib/nginx", "var/log/nginx", "run")
CERTIFICATE = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x"


def stub(directory: Path, name: str, script: str):
    (directory / name).write_text(f"#!/bin/sh\n{script}\n")
    (directory / name).chmod(0o755)


def test_commands_for_the_proxy_make_a_configuration_that_nginx_takes(tmp_path):
    """Typed as they are printed, but for the root directory and three ports."""
    (block,) = re.findall(r"^```sh\n(apt install nginx-light\n.*?)^```$", TEXT, re.M | re.DOTALL)
    block = block.replace("/opt/webtalks/", f"{ROOT}/")
    for place in {*WRITTEN, *USED}:
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
    for place in WRITTEN:
        assert f"/{place}/" in block
        block = block.replace(f"/{place}/", f"{tmp_path}/{place}/")
    file = tmp_path / "etc/nginx/nginx.conf"
    moved = {f" /{place}": f" {tmp_path}/{place}" for place in USED}
    moved |= {"listen 80;": f"listen {free_port()};", "listen 443 ": f"listen {free_port()} "}
    moved |= {r"\[::\]:80;": f"[::]:{free_port()};", r"\[::\]:443 ": f"[::]:{free_port()} "}
    moved |= {"1:8081": f"1:{free_port()}"}
    patch = " ".join(f"-e 's|{printed}|{ours}|'" for printed, ours in moved.items())
    nginx = program("nginx", "nginx-light")
    stub(tmp_path, "nginx", f'sed -i {patch} {file}\nexec {nginx} "$@" -c {file}')
    stub(tmp_path, "apt", "")
    stub(tmp_path, "systemctl", 'echo "$@"')
    keys = ["-keyout", "privkey.pem", "-out", "fullchain.pem"]
    where = tmp_path / "etc/webtalks-tls"
    subprocess.run([*CERTIFICATE.split(), *keys], cwd=where, check=True, capture_output=True)

    done = subprocess.run(
        ["sh", "-ec", block],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (0, "reload nginx\n"), done.stderr
    assert re.findall(r"server (\S+:\d+)", file.read_text()) == ["127.0.0.1:8000"]


def children(pid) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def is_gunicorn(pid) -> bool:
    return "gunicorn" in Path(f"/proc/{pid}/cmdline").read_text()


@pytest.fixture
def started(tmp_path):
    """Run `manage.py start` as systemd does, until gunicorn's processes answer."""
    site = Server(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "start"], cwd=ROOT, env=site.environment
    )
    for _ in range(600):
        try:
            site.request("GET", "/healthz")
            break
        except OSError:
            assert process.poll() is None
            time.sleep(0.1)
    yield process
    process.terminate()
    assert process.wait(60) == 0


def test_reload_exchanges_the_web_processes_and_nothing_else(started):
    program("pkill", "procps")
    (reload,) = re.findall(r"^ExecReload=(.+)$", TEXT, re.MULTILINE)
    before = children(started.pid)
    (gunicorn,) = filter(is_gunicorn, before)
    webs = children(gunicorn)

    subprocess.run(shlex.split(reload.replace("$MAINPID", str(started.pid))), check=True)

    deadline = time.monotonic() + 60
    while webs & (now := children(gunicorn)) or len(now) != len(webs):
        assert time.monotonic() < deadline, "the old processes stay"
        time.sleep(0.05)
    assert children(started.pid) == before
