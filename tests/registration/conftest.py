"""What several test files use: mails as they arrive, and the invariants."""

from email import message_from_bytes, policy

import pytest

from registration.invariants import violations
from registration.mail.deliver import deliver_due


@pytest.fixture
def delivered_in_order(smtp_server):
    """Give a function that sends what is due and returns the mails, the first sent first."""

    def deliver():
        smtp_server.messages.clear()
        deliver_due()
        return [
            message_from_bytes(envelope.content, policy=policy.default)
            for envelope in smtp_server.messages
        ]

    return deliver


@pytest.fixture
def delivered(delivered_in_order):
    """Give a function that sends what is due and returns each person's newest mail by name."""
    return lambda: {mail["To"].partition("@")[0]: mail for mail in delivered_in_order()}


@pytest.fixture
def _announced_at_once(settings):
    """Let news of a talk go out as soon as it can be seen."""
    settings.ANNOUNCE_AFTER_MINUTES = 0


@pytest.fixture
def invariants():
    """Hold the invariants after every test of a file that asks for it."""
    yield
    assert list(violations()) == []
