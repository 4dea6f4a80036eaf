"""docs/betrieb.md says what the shipped files and the code do."""

import re
import subprocess
from datetime import timedelta

from django.conf import settings

from registration import invariants, monitoring
from registration.models.heartbeat import LOST_AFTER
from webtalks.management.commands import worker

TEXT = (settings.BASE_DIR / "docs" / "betrieb.md").read_text()
PROXY = settings.BASE_DIR / "webtalks" / "proxy"


def sed(script: str, text: str) -> str:
    return subprocess.run(
        ["sed", "--expression", script], input=text, check=True, capture_output=True, text=True
    ).stdout


def test_each_line_of_the_shipped_sed_file_still_finds_something():
    """Otherwise a change of nginx.conf would leave the machine without containers behind."""
    shipped = (PROXY / "nginx.conf").read_text()
    lines = (PROXY / "debian.sed").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]

    assert [command for command in commands if sed(command, shipped) == shipped] == []
    of_the_container = r"web-\d|/certificates/|/buffers/|/tmp/|/dev/stdout|listen 8\d{3}"
    assert re.findall(of_the_container, sed("\n".join(lines), shipped)) == []


def test_handbook_uses_the_sed_file():
    assert "\nsed --file=/srv/proxy/debian.sed /srv/proxy/nginx.conf > /etc/nginx/" in TEXT
    assert re.findall(r"sed .*-e ", TEXT) == []


def test_alarms_are_those_of_the_desk():
    mail, seen = monitoring.LATE_AFTER.total_seconds(), LOST_AFTER.total_seconds()

    assert f"`webtalks_oldest_due_mail_seconds > {mail:g}`" in TEXT
    assert f"`webtalks_worker_seen_seconds > {seen:g}`" in TEXT
    assert timedelta(minutes=10) == LOST_AFTER
    assert "er hängt seit zehn Minuten" in TEXT


def test_periods_are_those_of_the_settings():
    assert f"`ERASURE_LOG_DAYS` ({settings.ERASURE_LOG_DAYS} Tage)" in TEXT


def test_handbook_says_how_often_the_counters_are_compared():
    assert worker.DUTIES[invariants.report] == timedelta(days=1)
    assert "Einmal am Tag, und wenn er startet, vergleicht der Mailversand" in TEXT
    assert "Invariant broken: …" in TEXT
