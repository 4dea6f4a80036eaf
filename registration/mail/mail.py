"""A mail as it goes over the wire; as a row of the outbox it is an OutgoingMail."""

from email import policy as policies
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMultiAlternatives

if TYPE_CHECKING:
    from registration.models.registration import Registration


class WebAddressHeader(UnstructuredHeader, BaseHeader):
    """A header whose one long word is a web address.

    Python would encode what does not fit into 78 characters (RFC 2047), and no mail program
    takes the result for an address; RFC 5322 §2.1.1 allows 998.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", WebAddressHeader)


class Mail(EmailMultiAlternatives):
    """A mail with its headers written as strict programs read them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whose talks it states as they are now: once it is sent, these people know.
        self.tells: list[Registration] = []

    def message(self, *, policy: Policy | None = None) -> EmailMessage:
        known = policy if isinstance(policy, EmailPolicy) else policies.default
        return super().message(policy=known.clone(header_factory=HEADERS))
