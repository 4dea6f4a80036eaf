"""A mail as it goes over the wire; as a row of the outbox it is an OutgoingMail."""

from email import policy as policies
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMultiAlternatives

from registration.mail.headers import HEADERS

if TYPE_CHECKING:
    from registration.models.registration import Registration


# RFC 2045 §6.7: no line of quoted-printable text is longer. Python's own limit is 78.
LINE = 76


class Mail(EmailMultiAlternatives):
    """A mail with its headers written as strict programs read them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whose talks it states as they are now: once it is sent, these people know.
        self.tells: list[Registration] = []
        # Whose talks it mentions, without a calendar entry.
        self.mentions: list[Registration] = []

    def message(self, *, policy: Policy | None = None) -> EmailMessage:
        """Return the message; all of it is ASCII, because not every server offers 8BITMIME."""
        known = policy if isinstance(policy, EmailPolicy) else policies.default
        ours = known.clone(header_factory=HEADERS, cte_type="7bit", max_line_length=LINE)
        return super().message(policy=ours)
