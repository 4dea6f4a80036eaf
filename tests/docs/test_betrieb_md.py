"""docs/betrieb.md says what the shipped files and the code do."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from registration import certificate_keys as keys
from registration import invariants, monitoring
from registration.desk.presence import report_tables
from registration.mail import smtp
from registration.mail.domain import findings, spf
from registration.mail.domain.findings import Grade
from registration.models.heartbeat import LOST_AFTER
from webtalks.backup.dump import LEFT_OUT
from webtalks.http import database_away
from webtalks.management.commands import worker

NAMES = ("CERTIFICATE_KEY", "CERTIFICATE_KEY_FORMER")
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


def test_table_that_backups_leave_out_is_named():
    assert [f"`{table}`" in TEXT for table in LEFT_OUT] == [True]
    assert [f"--exclude-table-data={table}" in TEXT for table in LEFT_OUT] == [True]


def test_what_holds_after_a_talk_is_what_the_code_does():
    words = " ".join(TEXT.split())

    lines = f"{report_tables.MAX_ROWS:,}".replace(",", ".")
    assert f"bis {report_tables.MAX_BYTES // 10**6} MB und {lines} Zeilen" in words
    assert f"ohne Angabe {settings.PRESENCE_PERCENT} Prozent der Zeit" in words
    assert f"bis {settings.FEEDBACK_DAYS} Tage danach möglich" in words
    assert f"werden nach {settings.OFFER_MONTHS} Monaten gelöscht" in words
    assert database_away.RETRY_AFTER == 5
    assert "fragt nach fünf Sekunden von selbst wieder" in words
    assert f"mindestens {keys.SHORTEST_SECRET} zufällige Zeichen" in words
    assert f"eine Nummer von 0 bis {keys.HIGHEST_NUMBER}" in words


def test_keys_are_written_as_the_handbook_says(settings):
    current, former = (re.search(rf"^ +{name}='(\d+):", TEXT, re.MULTILINE)[1] for name in NAMES)
    secrets = ["abcdefghij" * 4, "klmnopqrst" * 4]
    settings.CERTIFICATE_KEY, settings.CERTIFICATE_KEY_FORMER = (
        f"{number}:{secret}" for number, secret in zip([current, former], secrets, strict=True)
    )

    assert [key.number for key in keys.known()] == [1, 0]
    assert list(keys.mistakes()) == []


def test_handbook_says_how_often_the_counters_are_compared():
    assert worker.DUTIES[invariants.report] == timedelta(days=1)
    assert "Einmal am Tag, und wenn er startet, vergleicht der Mailversand" in TEXT
    assert "Invariant broken: …" in TEXT


def test_words_of_the_check_of_mails_are_explained():
    section = TEXT.partition("\n## E-Mail von Null")[2].partition("\n## ")[0]

    assert re.findall(r"^\| „([^“]+)“", section, re.MULTILINE) == [*Grade]


def test_addresses_and_records_for_mails_are_those_that_the_site_takes():
    values = dict(re.findall(r"^ +(\w+)='([^']+)'$", TEXT, re.MULTILINE))
    options = smtp.mailer(values["SMTP_URL"], Path())["OPTIONS"]
    records = re.findall(r"musterstadt\.example  TXT  \"(v=[^\"]+)\"", TEXT)

    assert options["username"] == "webtalks@musterstadt.example"
    assert smtp.sender(values["MAIL_FROM"]) == values["MAIL_FROM"]
    assert smtp.sender(values["BOUNCE_ADDRESS"]) == values["BOUNCE_ADDRESS"]
    assert [spf.is_spf(record) for record in records] == [True, False, False]
    assert dict(findings.tags_in(records[2]))["rua"] == "mailto:dmarc@musterstadt.example"
