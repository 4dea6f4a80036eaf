"""The site with a guard removed, or killed at a named point; only for processes of the tests.

FAULTS names the guards to remove, one word each (see `FAULTS` below). A process is killed by
`kill -9` at a point of `POINTS` as soon as the test has laid the file `kill-<point>` into
DATA_DIR; the process that takes the file dies, so each file kills one.
"""

import os
import signal
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection

from events.models import Talk
from registration.mail import compose, deliver
from registration.models import OutgoingMail, Registration
from registration.models.mails import outbox
from registration.models.mails.outbox import OutgoingMailQuerySet
from registration.models.sign_up import RegistrationManager
from webtalks.management.commands import worker


def die_at(point):
    with suppress(FileNotFoundError):
        Path(settings.DATA_DIR, f"kill-{point}").unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def point(name, owner, attribute, *, before=False):
    """Make `owner.attribute` a place where the process can be killed, after it or before."""
    function = getattr(owner, attribute)

    @wraps(function)
    def deadly(*args, **kwargs):
        if before:
            die_at(name)
        result = function(*args, **kwargs)
        if not before and result is not None:
            die_at(name)
        return result

    setattr(owner, attribute, deadly)


def name_points():
    # The web process: within the transaction, and between commit and answer.
    point("row-written", RegistrationManager, "create")
    point("row-changed", Registration, "_leave")
    point("mail-written", OutgoingMailQuerySet, "enqueue")
    point("committed", RegistrationManager, "sign_up")
    point("committed", Registration, "cancel")
    point("committed", Registration, "hand_over")
    # The worker.
    point("claimed", OutgoingMailQuerySet, "claim")
    point("rendering", compose, "render_to_string")
    point("before-smtp", EmailBackend, "send_messages", before=True)
    point("accepted", EmailBackend, "send_messages")
    point("before-mark", OutgoingMail, "mark", before=True)


def hurry():
    """Let no test wait for minutes: leases, back-off and pauses are short."""
    outbox.LEASE = timedelta(seconds=2)
    deliver.MAX_BACK_OFF = timedelta(seconds=0.5)
    worker.IDLE, worker.FIRST_PAUSE, worker.LONGEST_PAUSE = 0.2, 0.5, 1
    if "timeout" in settings.MAILERS["default"]["OPTIONS"]:
        settings.MAILERS["default"]["OPTIONS"]["timeout"] = 3


def without_lock():
    """PostgreSQL: no lock on the talk's row. SQLite: no write lock at BEGIN."""
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] = "DEFERRED"
    queryset = type(Talk.objects.all())
    queryset.lock = lambda self, pks: list(self.filter(pk__in=pks).order_by("pk"))
    type(Talk.objects).lock = queryset.lock


def without_order():
    """Lock a person's talks one after the other, beginning with the one that is asked for."""

    def lock_first_this_one(self):
        key = self.key
        Talk.objects.lock([self.talk_id])
        mine = Registration.objects.booked().of(self.email_key).values_list("talk_id", flat=True)
        Talk.objects.lock(list(mine))
        self.refresh_from_db()
        self.talk = Talk.objects.get(pk=self.talk_id)
        return self.talk, self.key == key

    Registration._lock = lock_first_this_one


def without_transaction():
    """Write row and mail each on its own."""
    without_lock()
    for owner, verb in (
        (RegistrationManager, "sign_up"),
        (RegistrationManager, "promote_waiting"),
        (Registration, "cancel"),
        (Registration, "hand_over"),
    ):
        setattr(owner, verb, getattr(owner, verb).__wrapped__)


def marked_before_sent():
    """Take a mail for sent once it is claimed."""
    claim = OutgoingMailQuerySet.claim

    def claim_for_good(self):
        mail = claim(self)
        if mail:
            OutgoingMail.objects.filter(pk=mail.pk).update(state="sent")
        return mail

    OutgoingMailQuerySet.claim = claim_for_good
    type(OutgoingMail.objects).claim = claim_for_good
    # Else the worker would notice that the mail is nobody's any more.
    OutgoingMail.renew_lease = lambda self: True


def with_new_message_ids():
    """Give each copy of a mail a Message-ID of its own."""
    render = deliver.render

    def render_anew(mail):
        mail.message_id = outbox.new_message_id()
        return render(mail)

    deliver.render = render_anew


def without_back_off():
    """Try a mail that failed again at once."""
    deliver._retry = lambda mail, error: deliver._release(mail, deliver.Outcome.RETRY, error)


def sending_in_the_request():
    """Send mail before the visitor gets the answer."""
    sign_up = RegistrationManager.sign_up

    def sign_up_and_send(self, *args, **kwargs):
        rows = sign_up(self, *args, **kwargs)
        deliver.deliver_due()
        return rows

    RegistrationManager.sign_up = sign_up_and_send


FAULTS = {
    "no-lock": without_lock,
    "no-order": without_order,
    "no-transaction": without_transaction,
    "marked-before-sent": marked_before_sent,
    "new-message-ids": with_new_message_ids,
    "no-back-off": without_back_off,
    "sending-in-the-request": sending_in_the_request,
}


def install():
    """Call after Django is set up and before anything is asked of the database."""
    hurry()
    for word in os.environ.get("FAULTS", "").split():
        FAULTS[word]()
    name_points()
