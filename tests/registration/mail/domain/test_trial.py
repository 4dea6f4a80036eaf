"""What the trial needs, and which mail it takes for its own; tests/foreign has a real mailbox."""

import pytest

from registration.mail.domain.findings import Finding, Grade
from registration.mail.domain.trial import is_it, try_out
from tests.foreign.dovecot import holiday_note

OURS = "<1@town.example>"


def test_says_what_is_missing(settings):
    settings.BOUNCE_ADDRESS = "bounces@town.example"

    assert try_out() == [
        Finding("Probe", Grade.UNKNOWN, "Für eine Probe fehlt noch: SMTP_URL, BOUNCE_URL.")
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (f"Message-ID: {OURS}\r\n\r\n".encode(), True),
        (f"Message-Id:\r\n {OURS}\r\n\r\n".encode(), True),
        (holiday_note(OURS), False),
        (f"Subject: x\r\n\r\nMessage-ID: {OURS}\r\n".encode(), False),
        (b"\xff\0", False),
    ],
)
def test_only_the_mail_itself_is_ours(raw, expected):
    assert is_it(raw, OURS) == expected
