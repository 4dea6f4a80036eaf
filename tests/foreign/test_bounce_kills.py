"""`kill -9` while the bounce mailbox is read: nothing is counted twice, lost or taken away."""

import json
import os
import subprocess
import sys

import pytest

from tests.foreign.dovecot import dovecot, holiday_note, letter, report
from tests.server import ROOT, Server, own_database

MAKE_MAILS = """
import json
from django.utils import timezone
from registration.models import OutgoingMail
from tests.makers import make_registration, make_talk
talk = make_talk(slug="toll", capacity=1000)
for each in range({number}):
    make_registration(talk, email=f"kim{{each}}@stadt.example")
OutgoingMail.objects.update(state="sent", sent_at=timezone.now(), recipient="")
print(json.dumps(list(OutgoingMail.objects.order_by("pk").values_list("message_id", flat=True))))
"""
RESULT = """
import json
from registration.models import BounceMailbox, OutgoingMail
row = BounceMailbox.load()
bounced = OutgoingMail.objects.exclude(bounced_at=None).filter(kind="signed_up")
print(json.dumps([
    bounced.count(),
    OutgoingMail.objects.filter(kind="bounced").count(),
    row.last_uid, row.left_alone, row.trouble,
]))
"""


@pytest.fixture
def site(tmp_path):
    with dovecot() as mailbox:
        site = Server(
            tmp_path,
            own_database(),
            BOUNCE_URL=mailbox.url(),
            BOUNCE_ADDRESS="rueck@stadt.example",
            SSL_CERT_FILE=str(mailbox.directory / "cert.pem"),
            PYTHONPATH=str(ROOT),
            DJANGO_SETTINGS_MODULE="webtalks.settings",
        )
        site.set_up()
        site.mailbox = mailbox
        yield site


def fill(site, number):
    """Deliver so many letters, reports, the same reports once more, and holiday notes."""
    ids = json.loads(site.shell(MAKE_MAILS.format(number=number)))
    for each, message_id in enumerate(ids):
        site.mailbox.deliver(
            letter(each),
            report(message_id, number=each),
            report(message_id, number=each + number),
            holiday_note(message_id, number=each),
        )
    with site.mailbox.asked() as client:
        client.store("1", "+FLAGS", r"(\Seen)")
        client.store("5", "+FLAGS", r"(\Deleted)")


def killed(site, how) -> int:
    command = [sys.executable, "-m", "tests.foreign.killed_reader", how]
    result = subprocess.run(
        command, env=site.environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return int(result.stdout)


def letters(number) -> dict[bytes, list[bytes]]:
    """Return what must be left in the mailbox."""
    left = {b"<letter-%d@stadt.example>" % each: [] for each in range(number)}
    left[b"<letter-0@stadt.example>"], left[b"<letter-1@stadt.example>"] = (
        [b"\\Seen"],
        [b"\\Deleted"],
    )
    return left


def test_reading_that_is_killed_at_any_step_loses_and_doubles_nothing(site):
    fill(site, 3)

    kills = killed(site, "step")

    assert kills > 10
    assert json.loads(site.shell(RESULT)) == [3, 0, 12, 3, ""]
    assert site.mailbox.contents() == letters(3)


@pytest.mark.parametrize(
    ("number", "fewest"), [(60, 10), pytest.param(600, 100, marks=pytest.mark.slow)]
)
def test_reading_that_is_killed_at_random_loses_and_doubles_nothing(site, number, fewest):
    fill(site, number)

    kills = killed(site, "random")
    while kills < int(os.environ.get("KILLS", fewest)):
        kills += killed(site, "random")

    print(f"{kills} kills")
    assert kills >= fewest
    assert json.loads(site.shell(RESULT)) == [number, 0, 4 * number, number, ""]
    assert site.mailbox.contents() == letters(number)
