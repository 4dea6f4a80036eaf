"""`manage.py worker`: sends the outgoing mail; any number may run, on any host."""

import logging
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from events.models import failed_saves
from registration import invariants
from registration.desk import notices
from registration.mail import reminders, speaker_reminders
from registration.mail.bounces import reading
from registration.mail.conversation import Rate
from registration.mail.deliver import Outcome, deliver_due
from registration.mail.domain import daily
from registration.models import (
    Registration,
    erasure,
    heartbeat,
    interest,
    limits,
)
from registration.models.after_the_talk import report_line
from registration.models.mails import organiser_message
from registration.privacy import organiser_records, retention
from webtalks.backup import erasure_file

logger = logging.getLogger(__name__)

# Seconds between two looks into an empty outbox.
IDLE = 2
# Seconds for which no mail is tried after its server could not be used; each pause is twice the
# one before, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 15, 900
# A function that looks whether the time has come to do something, and does it.
type Duty = Callable[[], object]
# All of them, and how often each is called.
DUTIES: dict[Duty, timedelta] = {
    reminders.plan_due: timedelta(seconds=20),
    Registration.objects.close_queues: timedelta(seconds=20),
    speaker_reminders.plan_due: timedelta(minutes=5),
    speaker_reminders.tell_of_dates: timedelta(minutes=1),
    interest.announce_due: timedelta(seconds=20),
    organiser_message.release_due: timedelta(seconds=20),
    notices.tell_organisers: timedelta(minutes=5),
    reading.read_due: timedelta(minutes=5),
    retention.carry_out: timedelta(hours=1),
    organiser_records.erase_login_attempts: timedelta(hours=1),
    limits.delete_old_counts: timedelta(minutes=5),
    report_line.delete_old_lines: timedelta(minutes=5),
    organiser_records.erase_history: timedelta(hours=1),
    organiser_records.erase_sessions: timedelta(hours=1),
    erasure.delete_old_entries: timedelta(hours=1),
    # Promised within a minute; a mail server that does not answer takes one SMTP_TIMEOUT of it.
    erasure_file.update: timedelta(seconds=30),
    heartbeat.beat: timedelta(minutes=1),
    invariants.report: timedelta(days=1),
    failed_saves.remove_leftovers: timedelta(days=1),
    daily.look_in_background: timedelta(days=1),
}


class Command(BaseCommand):
    help = "Verschickt die ausgehenden Mails und löscht abgelaufene Angaben, bis es beendet wird."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stopping = False
        self.pause, self.no_mail_before = FIRST_PAUSE, timezone.now()
        self.rate = Rate()
        self.take_on(DUTIES)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--alive-file",
            type=Path,
            metavar="DATEI",
            help="Wird alle 20 Sekunden angefasst; ist sie alt, hängt der Prozess.",
        )

    def take_on(self, duties: dict[Duty, timedelta]) -> None:
        """Call each of these duties now, and again each time when its interval has passed."""
        self.duties = duties
        self.next_time = dict.fromkeys(duties, timezone.now())

    def handle(self, *args: Any, alive_file: Path | None = None, **options: Any) -> None:
        if alive_file:
            self.take_on(DUTIES | {alive_file.touch: timedelta(seconds=20)})
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop)
        while not self.stopping:
            close_old_connections()  # a database that was restarted is found again
            self.wait(self.run_once())

    def stop(self, *_: object) -> None:
        """End after the mail that is just being sent."""
        self.stopping = True

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the worker shall stop."""
        # threading.Event would be neater, but a signal handler that sets it can lock itself out.
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(0.2)

    def run_once(self) -> float:
        """Do what is due; return the seconds to wait. The worker outlives every error.

        It interrupts a long queue of mails whenever a duty is due: a reminder must not wait
        behind a thousand news.
        """
        for duty in self.due():
            self.next_time[duty] = timezone.now() + self.duties[duty]
            self.attempt(duty)
        if self.no_mail_before <= timezone.now():
            self.send_mail()
        return 0 if self.due() else IDLE

    def send_mail(self) -> None:
        """Send the mails that are due. While their server is away, only the mails wait."""
        outcomes = (
            self.attempt(lambda: deliver_due(keep_going=self.may_go_on, rate=self.rate)) or []
        )
        if Outcome.PAUSED not in outcomes or Outcome.SENT in outcomes:
            self.pause = FIRST_PAUSE
        if Outcome.PAUSED in outcomes:
            self.no_mail_before = timezone.now() + timedelta(seconds=self.pause)
            self.pause = min(2 * self.pause, LONGEST_PAUSE)

    def due(self) -> list[Duty]:
        """Return the duties whose time has come; none once the worker shall stop."""
        if self.stopping:
            return []
        return [duty for duty, moment in self.next_time.items() if moment <= timezone.now()]

    def may_go_on(self) -> bool:
        return not self.stopping and not self.due()

    def attempt[Result](self, work: Callable[[], Result]) -> Result | None:
        """Do the work and return what it returns; log an error and return None."""
        try:
            return work()
        except DatabaseError as error:
            logger.error("The database cannot be used: %s", error)
        except Exception:
            logger.exception("The worker goes on after an error")
        return None
