"""Whoever stops a process waits longer than what that process may be waiting for.

The numbers are read where they count: in the code, in compose.yaml, in the operators' handbook.
"""

import re

import pytest
import yaml

from registration.mail.smtp import DATA_TIMEOUT, LONGEST_SENDING, SMTP_TIMEOUT
from registration.models.mails.outbox import LEASE
from tests.server import ROOT
from webtalks import gunicorn
from webtalks.management.commands import worker
from webtalks.management.commands.start import GRACE

SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
# One slow step, and then the slowest answer to the whole mail.
ONE_MAIL = SMTP_TIMEOUT + DATA_TIMEOUT


def stop_grace_period(service: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([sm])", SERVICES[service]["stop_grace_period"]).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


def unit_timeout() -> int:
    """Return after how many seconds systemd kills what the handbook's unit has started."""
    unit = re.search(r"```ini\n(\[Unit\].*?)```", (ROOT / "docs/betrieb.md").read_text(), re.S)[1]
    return int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.M)[1])


def test_worker_may_end_its_mail_whoever_stops_it():
    assert SMTP_TIMEOUT <= DATA_TIMEOUT < ONE_MAIL < GRACE < unit_timeout()
    assert stop_grace_period("worker") > ONE_MAIL


@pytest.mark.parametrize("service", ["web-1", "web-2"])
def test_web_process_may_end_its_answers_whoever_stops_it(service):
    assert gunicorn.graceful_timeout < GRACE
    assert gunicorn.graceful_timeout < stop_grace_period(service)


def test_lease_outlasts_the_longest_sending_and_ends_within_five_minutes():
    # MAIL, RCPT; what PatientSMTP.data does under its own time-out: DATA, the mail, the answer.
    assert LONGEST_SENDING == 2 * SMTP_TIMEOUT + 3 * DATA_TIMEOUT
    # What is left is for rendering, and for a worker that looks only now and then.
    assert LONGEST_SENDING + 30 <= LEASE.total_seconds() <= 300 - worker.IDLE - 10
