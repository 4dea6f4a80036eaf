"""When the mailbox is read at all; reading it is tried in tests/foreign/test_bounce_mailbox."""

import pytest
from django.db import connection

from events.models import Series
from registration.mail.bounces import reading
from registration.mail.bounces.mailbox import mailbox_of
from registration.mail.bounces.reading import read_mailbox
from registration.mail.bounces.sharing import shared_address
from registration.models import BounceMailbox

pytestmark = [pytest.mark.django_db]

URL = "imaps://bounce:geheim@imap.stadt.example"


def test_without_a_url_nothing_happens():
    reading.read_due()
    reading.read_mailbox()

    assert (reading.readers, BounceMailbox.objects.count()) == ([], 0)


def read_and_close():
    """Read, and close what Django leaves open: a connection to SQLite in memory."""
    read_mailbox()
    connection.connection.close()


@pytest.mark.django_db(transaction=True)
def test_duty_does_not_wait_for_the_reading(settings, monkeypatch):
    monkeypatch.setattr(reading, "read_mailbox", read_and_close)
    settings.BOUNCE_URL = "imap://u:geheim@localhost:1"
    settings.BOUNCE_ADDRESS = "rueck@stadt.example"

    reading.read_due()
    reading.readers.pop().join(20)

    trouble = (
        "Das Postfach für Rückläufer lässt sich nicht lesen: localhost ist nicht zu erreichen."
    )
    assert BounceMailbox.objects.get().trouble == trouble


@pytest.mark.parametrize(
    ("contact", "bounce_address", "shared"),
    [
        ("", "", "webtalks@stadt.example"),
        ("kontakt@stadt.example", "", ""),
        ("kontakt@stadt.example", "rueck@stadt.example", ""),
        ("Rueck@stadt.example", "rueck@stadt.example", "Rueck@stadt.example"),
        ("rueck+x@stadt.example", "rueck@stadt.example", "rueck+x@stadt.example"),
        ("bounce@stadt.example", "rueck@stadt.example", "bounce@stadt.example"),
        ("bounce@anderswo.example", "rueck@stadt.example", ""),
        ("", "rueck@stadt.example", ""),
    ],
)
def test_mailbox_of_an_address_for_people_is_found(settings, contact, bounce_address, shared):
    settings.BOUNCE_ADDRESS = bounce_address
    settings.DEFAULT_FROM_EMAIL = "Web-Talks <webtalks@stadt.example>"
    mailbox = mailbox_of(URL)
    assert mailbox

    assert shared_address(mailbox, Series(contact_email=contact)) == shared
