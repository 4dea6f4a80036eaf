"""`manage.py start`: the whole site on one machine, one command."""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
# Seconds that gunicorn and the worker get together to finish their work. A worker that is killed
# while it waits for the mail server's answer makes another one send the mail again, as soon as its
# lease is over. Each step of the conversation may take as long as its time-out, but hardly ever
# more than one does. So GRACE covers one slow step (SMTP_TIMEOUT) and after it the slowest answer
# to the whole mail (DATA_TIMEOUT).
GRACE = 100
COMMANDS = (
    [sys.executable, "-m", "gunicorn", "-c", "python:webtalks.gunicorn", "webtalks.wsgi"],
    [sys.executable, "manage.py", "worker"],
)


class Command(BaseCommand):
    help = "Bringt die Datenbank auf den Stand und startet Webserver und Mailversand, bis Strg-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo",
            action="store_true",
            help="Lädt Talks und Ortsverzeichnis und legt ein Konto für die Verwaltung an.",
        )

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        check_port()
        with one_at_a_time():
            call_command("migrate", verbosity=0)
            collect_static()
            if demo:
                call_command("load_talks", demo=True, stdout=self.stdout)
                call_command("import_municipalities", stdout=self.stdout)
                self.introduce(*admin_account())
        self.stdout.flush()
        sys.exit(run_until_stopped())

    def introduce(self, user: User, password: str) -> None:
        """Print where the demo is, and how to log in."""
        lines = {
            "Website": settings.SITE_URL + "/",
            "Verwaltung": settings.SITE_URL + reverse("admin:index"),
            "Name": user.get_username(),
            "Passwort": password,
            "Mails": str(settings.DATA_DIR / "mail") if not os.environ.get("SMTP_URL") else "SMTP",
        }
        self.stdout.write("")
        for label, value in lines.items():
            self.stdout.write(f"  {label + ':':<12}{value}")
        self.stdout.write("\n  Beenden mit Strg-C.\n")


def check_port() -> None:
    """Raise CommandError if the address is taken; gunicorn would say so late and at length."""
    with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            raise CommandError(
                f"{HOST}:{PORT} lässt sich nicht öffnen ({error.strerror}). "
                "Läuft die Website schon? Ein anderer Port: PORT=8001"
            ) from error


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second start in the same DATA_DIR wait until the first has set up everything."""
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        lock = open(settings.DATA_DIR / "start.lock", "w")  # noqa: SIM115
    except OSError as error:
        raise CommandError(f"In {settings.DATA_DIR} lässt sich nichts schreiben.") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def admin_account() -> tuple[User, str]:
    """Return the demo's administrator and the password to print, creating both once."""
    file = settings.DATA_DIR / "admin-password"
    if not file.exists():
        # Nobody else may read the file (0600), from its first byte on.
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(12) + "\n")
    password = file.read_text().strip()
    user = User.objects.filter(username="admin").first()
    if user is None:
        return User.objects.create_superuser("admin", password=password), password
    return user, password if user.check_password(password) else "(in der Verwaltung geändert)"


def collect_static() -> None:
    """Collect the static files unless nothing has changed since."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    newest = max(
        Path(storage.path(name)).stat().st_mtime
        for finder in finders.get_finders()
        for name, storage in finder.list([])
    )
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        call_command("collectstatic", interactive=False, verbosity=0)


def run_until_stopped() -> int:
    """Run gunicorn and one worker; when one of them ends or a signal comes, end both.

    Returns the exit code: 0 after a signal, else 1, so that systemd starts the site again. SIGHUP
    means that the terminal was closed; to exchange gunicorn's processes, send it to gunicorn.
    """
    processes: list[subprocess.Popen[bytes]] = []
    stopped_at: list[float] = []

    def stop(*_: object) -> None:
        stopped_at.append(time.monotonic())
        for process in processes:
            process.terminate()

    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, stop)
    for command in COMMANDS:
        if not stopped_at:
            processes.append(run(command))
    # os.wait() would wait on after a signal until a process has ended, however long that takes.
    while not stopped_at and all(process.poll() is None for process in processes):
        time.sleep(0.2)
    begin = stopped_at[0] if stopped_at else time.monotonic()
    end(processes, deadline=begin + GRACE)
    return 0 if stopped_at else 1


def run(command: list[str]) -> subprocess.Popen[bytes]:
    """Run the command in a session of its own, so that Ctrl-C reaches it once, through us."""
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603


def end(processes: Iterable[subprocess.Popen[bytes]], deadline: float) -> None:
    """Tell the processes to end; kill those that still run at the deadline (monotonic seconds)."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(deadline - time.monotonic())
        except subprocess.TimeoutExpired:
            process.kill()
