"""How header text goes over the wire: as encoded words that every mail program reads (RFC 2047).

Python's own folding now and then glues two encoded words together, or one to a plain word. Its
lenient parser reads that; strict programs show it raw, and some servers refuse the mail. So text
is either plain or encoded as a whole, and each encoded word stands on a line of its own.
"""

import re
from collections.abc import Sequence
from email.header import Header
from email.headerregistry import (
    Address,
    BaseHeader,
    HeaderRegistry,
    UniqueAddressHeader,
    UnstructuredHeader,
)
from email.policy import Policy
from email.utils import quote
from typing import Any

LINE = 76  # RFC 2047 §2: the longest line that holds an encoded word
WORD = 60  # a longer word is encoded, so that it can be broken
ATOMS = re.compile(r"[A-Za-z0-9 -]+")  # of what RFC 5322 §3.2.3 lets stand without quotes


def encoded(text: str, *, name: str) -> str:
    """Return `text` for the header `name`, folded with LF; plain if it needs no encoding."""
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, LINE, header_name=name).encode(splitchars=" ")


def address(person: Address, *, name: str) -> str:
    """Return `Name <address>` for the header `name`, folded with LF."""
    if not person.display_name:
        return person.addr_spec
    angle = f"<{person.addr_spec}>"
    if ATOMS.fullmatch(person.display_name) or not _is_plain(person.display_name):
        phrase = encoded(person.display_name, name=name)
    else:
        phrase = f'"{quote(person.display_name)}"'  # RFC 5322 §3.2.4
    lines = f"{name}: {phrase}".splitlines()
    fits = len(lines[-1]) + 1 + len(angle) <= LINE
    return f"{phrase} {angle}" if fits else f"{phrase}\n {angle}"


def _is_plain(text: str) -> bool:
    """Whether the text can stand as it is: nothing in it could be taken for an encoded word."""
    is_printable = text.isascii() and text.isprintable() and text == " ".join(text.split())
    return is_printable and "=?" not in text and all(len(word) <= WORD for word in text.split())


class TextHeader(UnstructuredHeader, BaseHeader):
    """Free text: the subject."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take the text as it is: what looks like an encoded word in it was typed like that."""
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Policy) -> str:
        return _on_the_wire(self.name, encoded(str(self), name=self.name), policy)


class PeopleHeader(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]  # init of typeshed
    """Addresses with display names: From, To, Cc, Reply-To."""

    def fold(self, *, policy: Policy) -> str:
        people: Sequence[Address] = self.addresses
        value = ",\n ".join(address(person, name=self.name) for person in people)
        return _on_the_wire(self.name, value, policy)


class WholeHeader(UnstructuredHeader, BaseHeader):
    """A header whose one long word is a web address or an identifier.

    Python would encode what does not fit into 78 characters (RFC 2047), and no mail program
    takes the result for an address; RFC 5322 §2.1.1 allows 998.
    """

    def fold(self, *, policy: Policy) -> str:
        return _on_the_wire(self.name, str(self), policy)


def _on_the_wire(name: str, value: str, policy: Policy) -> str:
    return f"{name}: {value}\n".replace("\n", policy.linesep)


HEADERS = HeaderRegistry()
for _name in ("from", "to", "cc", "reply-to"):
    HEADERS.map_to_type(_name, PeopleHeader)
for _name in ("list-unsubscribe", "message-id"):
    HEADERS.map_to_type(_name, WholeHeader)
HEADERS.map_to_type("subject", TextHeader)
