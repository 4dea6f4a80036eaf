"""Each kind of mail as a mail server has got it, for programs that judge it."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes

from django.utils import timezone

from events.models import Series
from registration.mail.deliver import deliver_due, render
from registration.mail.mail import Mail
from registration.models import OutgoingMail
from tests.registration.mail.every_kind import EVERY_KIND

SENDER = '"Städteverein e. V." <webtalks@musterstadt.example>'
HOST = "webtalks.musterstadt.example"


@dataclass
class Sent:
    """A mail as it was written, and the octets that have arrived."""

    written: Mail
    sent_at: datetime
    raw: bytes


def prepare(settings) -> None:
    """Give the site a sender, an address and organisers as a town has them."""
    settings.DEFAULT_FROM_EMAIL = SENDER
    settings.SITE_HOST, settings.SITE_URL = HOST, f"https://{HOST}"
    Series.objects.create(
        contact_email="kontakt@musterstadt.example", organisers="Städteverein e. V."
    )


def send(kind: str, server) -> Sent:
    """Send all that is due; return the newest mail of this kind."""
    mail = OutgoingMail.objects.filter(kind=kind).latest("pk")
    written = render(mail)
    deliver_due()
    (raw,) = (
        envelope.content
        for envelope in server.messages
        if message_from_bytes(envelope.content)["Message-ID"] == mail.message_id
    )
    return Sent(written, timezone.now(), raw)


def send_every_kind(clock, server, settings) -> dict[str, Sent]:
    """Send each kind of mail over loopback; return them by name."""
    prepare(settings)
    found = {}
    for case in EVERY_KIND:
        kind, make = case.values
        make(clock)
        found[case.id] = send(kind, server)
    return found
