"""Mails through real mail servers: each that is sent back counts once, for the right person."""

import re

import pytest
from django.urls import reverse

from events.models import Series
from registration.mail.bounces import reading
from registration.mail.deliver import Outcome, deliver_due
from registration.mail.smtp import mailer
from registration.models import BounceMailbox, OutgoingMail, Registration
from registration.models.heartbeat import beat
from tests.foreign.debian import wait_for
from tests.foreign.dovecot import dovecot, letter
from tests.foreign.transfer_agents import exim, postfix
from tests.makers import make_registration, make_talk
from tests.registration.desk.first_page.page import lines, words

pytestmark = [pytest.mark.django_db]

DOMAINS = ["refusing", "nobody", "full", "away", "taking"]
# State, whether it came back, and the status that is kept of it.
TRUTH = {
    "refusing": ("failed", False, "5.1.1"),
    "nobody": ("failed", True, "5."),
    "full": ("sent", False, ""),
    "away": ("sent", False, ""),
    "taking": ("sent", False, ""),
}


# What an organiser reads of the mail on the person's page.
READ = {
    "refusing": "unzustellbar Das Postfach gibt es nicht (550 5.1.1)",
    "nobody": "unzustellbar verschickt am DATE, TIME Uhr Kam zurück: {}, am DATE",
    "full": "verschickt am DATE, TIME Uhr",
    "away": "verschickt am DATE, TIME Uhr",
    "taking": "verschickt am DATE, TIME Uhr",
}
FIRST_PAGE = [
    'Wärme & "Licht" für Gudensberg Ein Platz im vollen Talk ist vielleicht umsonst vergeben: '
    "Die Bestätigung kam zurück.",
    "2 Mails konnten nicht zugestellt werden.",
]


@pytest.fixture
def mailbox(settings, monkeypatch):
    """Run the mailbox; mails of the site come back to it."""
    with dovecot() as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.directory / "cert.pem"))
        settings.BOUNCE_URL = server.url()
        settings.DEFAULT_FROM_EMAIL = "Web-Talks <rueck@stadt.example>"
        settings.BOUNCE_ADDRESS = "rueck@stadt.example"
        Series.objects.create(contact_email="kontakt@stadt.example")
        yield server


def found() -> dict[str, tuple[str, bool, str]]:
    """Return what is known of the mail to each domain, the status as far as the truth goes."""
    known = {}
    for domain in DOMAINS:
        mail = OutgoingMail.objects.get(registrations__email=f"kim@{domain}.example")
        status = TRUTH[domain][2]
        seen = status if status and status in mail.last_error else mail.last_error
        known[domain] = (mail.state, mail.bounced_at is not None, seen)
    return known


def first_page(client) -> list[str]:
    """Return what the first page says of mails and seats."""
    said = [line.text for line in lines(client)]
    return [text for text in said if "Mail" in text or "Bestätigung" in text]


def on_persons_page(client, domain) -> str:
    """Return what stands there of the one mail to the person."""
    row = Registration.objects.get(email=f"kim@{domain}.example")
    page = client.get(reverse("admin:registration_registration_person", args=[row.pk]))
    *_, state = re.findall(r'<td data-label="Stand">(.*?)</td>', page.content.decode(), re.S)
    dated = re.sub(r"\d+\.\d+\.\d{4}", "DATE", words(state))
    return re.sub(r"\d+:\d\d(?= Uhr)", "TIME", dated)


@pytest.mark.parametrize(
    ("agent", "why"),
    [
        (exim, "Der Server lehnt die Mail ab (5.0.0)"),
        (postfix, "Das Postfach gibt es nicht (5.1.1)"),
    ],
)
def test_what_is_refused_returned_delayed_and_answered_is_told_apart(
    admin_client, mailbox, settings, tmp_path, agent, why
):
    talk = make_talk(capacity=len(DOMAINS))
    beat()
    for domain in DOMAINS:
        make_registration(talk, email=f"kim@{domain}.example")
    mailbox.deliver(letter(1))
    with agent(mailbox.mail) as running:
        settings.MAILERS = {"default": mailer(f"smtp://127.0.0.1:{running.port}", tmp_path)}
        outcomes = deliver_due()
        # The returned one, the delayed one, the holiday note, and the letter.
        wait_for(lambda: len(list((mailbox.mail / "new").iterdir())) >= 4, seconds=60)
        first = [path.read_bytes() for path in (mailbox.mail / "new").iterdir()]

    reading.read_mailbox()

    assert sorted(outcomes) == sorted([Outcome.FAILED, *[Outcome.SENT] * 4])
    assert found() == TRUTH
    assert mailbox.contents() == {b"<letter-1@stadt.example>": []}
    assert (BounceMailbox.load().left_alone, BounceMailbox.load().trouble) == (1, "")
    assert first_page(admin_client) == FIRST_PAGE
    read = {each: on_persons_page(admin_client, each) for each in DOMAINS}
    assert read == READ | {"nobody": READ["nobody"].format(why)}
    # The same once more, as a mail server may send it that was broken off.
    mailbox.deliver(*(mail for mail in first if b"letter-1" not in mail))
    reading.read_mailbox()
    assert found() == TRUTH
    assert mailbox.contents() == {b"<letter-1@stadt.example>": []}
