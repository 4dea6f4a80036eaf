"""A mail as it goes over the wire."""

from email import policy as policies
from email.headerregistry import HeaderRegistry, UnstructuredHeader

from django.core.mail import EmailMultiAlternatives


class AddressOfPage(UnstructuredHeader):
    """A header whose one long word is an address on the web.

    Python would encode what does not fit into 78 characters (RFC 2047), and no mail program
    takes the result for an address; RFC 5322 §2.1.1 allows 998.
    """

    def fold(self, *, policy):
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", AddressOfPage)


class Mail(EmailMultiAlternatives):
    def message(self, *, policy=policies.default):
        return super().message(policy=policy.clone(header_factory=HEADERS))
