"""What several tests of mails use."""

from email import message_from_bytes, policy

import pytest

from registration.delivery import deliver_due


@pytest.fixture
def delivered(smtp_server):
    """Give a function that sends what is due and returns each person's newest mail by name."""

    def deliver():
        smtp_server.messages.clear()
        deliver_due()
        return {
            message["To"].partition("@")[0]: message
            for message in (
                message_from_bytes(envelope.content, policy=policy.default)
                for envelope in smtp_server.messages
            )
        }

    return deliver
