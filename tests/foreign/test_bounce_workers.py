"""Two workers as they run in life, and one mailbox: what each reads, the other does not."""

import json
import subprocess
import sys
from contextlib import ExitStack

from tests.foreign.bounce_site import RESULT, assert_all_are_read_once, bounce_site, fill
from tests.foreign.debian import wait_for
from tests.server import ROOT

NUMBER = 30
# `manage.py worker`, which looks into the mailbox all the time, at one mail each time; at its end
# it says at how many.
WORKER = """
from datetime import timedelta
from django.core.management import call_command
from registration.mail.bounces import reading
from webtalks.management.commands import worker

read, numbers = reading._read, [0]

def counted(mailbox, progress):
    before = progress.last_uid
    try:
        return read(mailbox, progress)
    finally:
        numbers[0] += progress.last_uid - before

reading._read = counted
reading.LONGEST_READING = 0
worker.IDLE, worker.DUTIES[reading.read_due] = 0.01, timedelta(seconds=0.01)
call_command("worker")
print(numbers[0])
"""


def started(site, stack) -> subprocess.Popen:
    """Start a worker, which is asked to end at the latest when the test does."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", WORKER]
    process = subprocess.Popen(
        command, env=site.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    stack.callback(process.wait, 30)
    stack.callback(process.terminate)
    return process


def ended(process) -> int:
    """Let the worker end; return how many mails it has looked at."""
    process.terminate()
    return int(process.communicate(timeout=30)[0])


def test_two_workers_count_each_bounce_once_and_touch_no_letter(tmp_path):
    with bounce_site(tmp_path) as site, ExitStack() as stack:
        fill(site, NUMBER)
        workers = [started(site, stack) for _ in range(2)]
        wait_for(lambda: json.loads(site.shell(RESULT))[2] == 4 * NUMBER, seconds=120)
        numbers = [ended(worker) for worker in workers]

        assert (min(numbers) > 5, sum(numbers)) == (True, 4 * NUMBER)
        assert_all_are_read_once(site, NUMBER)
