import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from tests.forked import run
from tests.server import ROOT, Server, free_port
from webtalks.management.commands.start import admin_account, collect_static


@pytest.mark.django_db
def test_admin_account_is_made_once(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    user, password = admin_account()

    file = tmp_path / "admin-password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert user.check_password(password)
    assert len(password) == 16
    assert admin_account() == (user, password)
    assert get_user_model().objects.count() == 1


@pytest.mark.django_db
def test_changed_password_is_not_printed(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    user, password = admin_account()
    user.set_password("anders als vorher")
    user.save()

    assert admin_account() == (user, "(in der Verwaltung geändert)")
    assert user.check_password("anders als vorher")


def test_static_files_are_collected_only_after_a_change(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "collected"
    # One file: to compress all of them takes seconds.
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "site.css").write_text("body { color: black }")
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    collect_static()
    before = manifest.stat().st_mtime_ns

    collect_static()
    assert manifest.stat().st_mtime_ns == before

    os.utime(manifest, (0, 0))
    collect_static()
    assert manifest.stat().st_mtime_ns > 0


def environment(directory, port):
    return os.environ | {
        "DATA_DIR": str(directory),
        "STATIC_ROOT": str(settings.STATIC_ROOT),
        "PORT": str(port),
        "DATABASE_URL": "",
    }


def start(directory, port):
    return subprocess.Popen(
        [sys.executable, "manage.py", "start"],
        cwd=ROOT,
        env=environment(directory, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refusal(directory, port):
    """Return exit code, output and error of a start that ends before it runs anything."""
    done = run(["manage.py", "start"], environment(directory, port), timeout=30)
    return done.returncode, done.stdout, done.stderr


def children(pid) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.parametrize(
    "signal_name",
    # The others are what a terminal sends; one function of ours hears all three.
    ["SIGTERM", *(pytest.param(name, marks=pytest.mark.slow) for name in ("SIGINT", "SIGHUP"))],
)
def test_early_signal_leaves_nothing_running(tmp_path, signal_name):
    port = free_port()
    Server(tmp_path).set_up()
    process = start(tmp_path, port)
    while not (started := children(process.pid)):
        assert process.poll() is None, process.communicate()
        time.sleep(0.001)

    process.send_signal(getattr(signal, signal_name))
    process.communicate(timeout=30)

    assert process.returncode == 0
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


# Two processes that ignore SIGTERM.
STUBBORN = """
import os, signal, sys, threading, time, django
django.setup()
from webtalks.management.commands import start
ignores = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(20)"
start.GRACE, start.COMMANDS = 2, [[sys.executable, "-c", ignores]] * 2
threading.Timer(3, os.kill, [os.getpid(), signal.SIGTERM]).start()
begin = time.monotonic()
code = start.run_until_stopped()
print(code, 4.9 < time.monotonic() - begin < 7)
"""


def test_processes_that_do_not_end_are_killed_after_one_grace_together():
    settings_module = {"DJANGO_SETTINGS_MODULE": "webtalks.settings"}
    done = run(["-c", STUBBORN], os.environ | settings_module, timeout=60)

    assert done.stdout.split() == ["0", "True"]


def test_taken_port_is_said_in_one_line(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code, output, error = refusal(tmp_path, port)

    assert (code, output) == (1, "")
    assert error == (
        f"CommandError: 127.0.0.1:{port} lässt sich nicht öffnen (Address already in use). "
        "Läuft die Website schon? Ein anderer Port: PORT=8001\n"
    )


def test_directory_that_cannot_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "file").touch()

    code, _, error = refusal(tmp_path / "file", free_port())

    assert code == 1
    assert error == f"CommandError: In {tmp_path / 'file'} lässt sich nichts schreiben.\n"


def test_two_first_starts_at_once_set_up_one_site(tmp_path):
    processes = [start(tmp_path, free_port()) for _ in range(2)]
    for process in processes:
        while not children(process.pid):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.terminate()

    assert [process.wait(30) for process in processes] == [0, 0]
    for process in processes:
        process.communicate()
