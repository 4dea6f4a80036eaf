"""A site in processes of its own whose bounces lie in a real mailbox, and what becomes of them."""

import contextlib
import itertools
import json

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


@contextlib.contextmanager
def bounce_site(directory):
    """Set up the site, and run the mailbox; `manage.py` alone is called."""
    with dovecot() as mailbox:
        site = Server(
            directory,
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
    mails = [
        (
            letter(each),
            report(message_id, number=each),
            report(message_id, number=each + number),
            holiday_note(message_id, number=each),
        )
        for each, message_id in enumerate(ids)
    ]
    site.mailbox.deliver(*itertools.chain(*mails))
    with site.mailbox.asked() as client:
        client.store("1", "+FLAGS", r"(\Seen)")
        client.store("5", "+FLAGS", r"(\Deleted)")


def letters(number) -> dict[bytes, list[bytes]]:
    """Return what must be left in the mailbox."""
    left = {b"<letter-%d@stadt.example>" % each: [] for each in range(number)}
    left[b"<letter-0@stadt.example>"], left[b"<letter-1@stadt.example>"] = (
        [b"\\Seen"],
        [b"\\Deleted"],
    )
    return left


def assert_all_are_read_once(site, number):
    """Compare what the site knows and what lies in the mailbox with what `fill` put there."""
    assert json.loads(site.shell(RESULT)) == [number, 0, 4 * number, number, ""]
    assert site.mailbox.contents() == letters(number)
