"""A worker that is told to stop while a slow mail server takes a mail, and one that hangs."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time

from tests.conftest import SmtpServer
from tests.load.site import wait_until
from tests.server import ROOT, Server

SECONDS = 3
TWO_MAILS = """
from datetime import timedelta
from django.utils import timezone
from events.models import Talk
from registration.models import Registration
now = timezone.now()
talk = Talk.objects.create(title="Ä & \\"B\\"", status="published",
    starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=1))
for name in ("eins", "zwei"):
    Registration.objects.sign_up([talk], name="Kim", email=f"{name}@stadt.example")
"""
STATES = """
from registration.models import OutgoingMail
print(*OutgoingMail.objects.order_by("pk").values_list("state", "attempts"))
"""


class SlowSmtpServer(SmtpServer):
    """Takes SECONDS for a mail, and says when it has begun."""

    def __init__(self):
        super().__init__()
        self.has_begun = threading.Event()

    async def handle_DATA(self, server, session, envelope):
        self.has_begun.set()
        await asyncio.sleep(SECONDS)
        return await super().handle_DATA(server, session, envelope)


def test_worker_ends_the_mail_under_way_and_leaves_the_next(tmp_path, checked):
    smtp = SlowSmtpServer()
    site = checked(Server(tmp_path))
    site.environment["SMTP_URL"] = f"smtp://127.0.0.1:{smtp.port}"
    site.manage("migrate", "--verbosity=0")
    site.shell(TWO_MAILS)
    command = [sys.executable, "manage.py", "worker"]
    smtp.start()
    worker = subprocess.Popen(command, cwd=ROOT, env=site.environment)
    try:
        assert smtp.has_begun.wait(60)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(SECONDS + 20) == 0
        recipients = [envelope.rcpt_tos for envelope in smtp.messages]
    finally:
        worker.kill()
        smtp.stop()

    assert recipients == [["eins@stadt.example"]]
    assert site.shell(STATES) == "('sent', 1) ('queued', 0)"


def test_worker_gives_a_sign_of_life_until_it_hangs(tmp_path, checked):
    site, file = checked(Server(tmp_path)), tmp_path / "alive"
    site.manage("migrate", "--verbosity=0")
    command = [sys.executable, "manage.py", "worker", "--alive-file", file]
    worker = subprocess.Popen(command, cwd=ROOT, env=site.environment)
    try:
        wait_until(file.exists)
        os.utime(file, (0, 0))
        wait_until(lambda: file.stat().st_mtime > 0)
        worker.send_signal(signal.SIGSTOP)
        os.utime(file, (0, 0))
        time.sleep(25)
        assert file.stat().st_mtime == 0
        worker.send_signal(signal.SIGCONT)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()
