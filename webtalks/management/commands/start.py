"""`manage.py start`: the whole site on one machine, one command."""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
# Seconds that gunicorn and the worker get together to end what they are doing. A worker that is
# killed while it waits for the server's answer to a mail sends a copy 20 minutes later. Each step
# of the conversation may take its time-out, but hardly more than one does: GRACE covers one slow
# step (SMTP_TIMEOUT) and the slowest answer to the whole mail (DATA_TIMEOUT) after it.
GRACE = 100
COMMANDS = (
    [sys.executable, "-m", "gunicorn", "-c", "python:webtalks.gunicorn", "webtalks.wsgi"],
    [sys.executable, "manage.py", "worker"],
)


class Command(BaseCommand):
    help = "Bringt die Datenbank auf den Stand und startet Webserver und Mailversand, bis Strg-C."

    def add_arguments(self, parser):
        parser.add_argument(
            "--demo",
            action="store_true",
            help="Lädt Talks und Ortsverzeichnis und legt ein Konto für die Verwaltung an.",
        )

    def handle(self, *args, demo, **options):
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

    def introduce(self, user, password):
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


def check_port():
    """Say at once, and in one line, that the address is taken."""
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
def one_at_a_time():
    """Let a second start in the same DATA_DIR wait until the first has set up everything."""
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        lock = open(settings.DATA_DIR / "start.lock", "w")  # noqa: SIM115
    except OSError as error:
        raise CommandError(f"In {settings.DATA_DIR} lässt sich nichts schreiben.") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def admin_account():
    """Return the demo's administrator and the password to print, creating both once."""
    users = get_user_model().objects
    file = settings.DATA_DIR / "admin-password"
    if not file.exists():
        # 0600 from the first byte on.
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(12) + "\n")
    password = file.read_text().strip()
    user = users.filter(username="admin").first()
    if user is None:
        return users.create_superuser("admin", password=password), password
    return user, password if user.check_password(password) else "(in der Verwaltung geändert)"


def collect_static():
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
    """Run gunicorn and one worker; when one ends or a signal comes, end both.

    Returns 0 after a signal, else 1: whoever started us may start us again. SIGHUP means that the
    terminal was closed; to exchange gunicorn's processes, send it to gunicorn itself.
    """
    processes, stopped = [], []

    def stop(*_):
        stopped.append(time.monotonic())
        for process in processes:
            process.terminate()

    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, stop)
    for command in COMMANDS:
        if not stopped:
            # In sessions of their own, so that Ctrl-C reaches them once, through us.
            processes.append(
                subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603
            )
    # Not os.wait(): it would go on after a signal until one has ended, however long that takes.
    while not stopped and all(process.poll() is None for process in processes):
        time.sleep(0.2)
    end(processes, (stopped or [time.monotonic()])[0] + GRACE)
    return 0 if stopped else 1


def end(processes, deadline):
    """Tell the processes to end, and kill those that have not by then (a monotonic time)."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(deadline - time.monotonic())
        except subprocess.TimeoutExpired:
            process.kill()
