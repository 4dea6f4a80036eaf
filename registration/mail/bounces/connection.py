"""The way to the mailbox that BOUNCE_URL names (IMAP, RFC 9051)."""

import imaplib
import ssl
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = {
    # scheme: default port
    "imaps": 993,
    "imap+starttls": 143,
    "imap": 143,
}
# Where a password may travel unencrypted: it does not leave the machine.
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")
# Seconds before a silent server counts as away, at each step.
TIMEOUT = 20

BAD_BOUNCE_URL = partial(
    ImproperlyConfigured,
    "BOUNCE_URL muss mit imaps:// oder imap+starttls:// beginnen und Nutzer, Passwort und Server "
    "nennen.",
)


@dataclass(frozen=True)
class Place:
    """A mailbox: its server, who opens it, and the folder."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str


def place(url: str) -> Place:
    """Return the mailbox of `imaps://user:password@host:port/folder`; the folder is INBOX.

    `imap+starttls://` encrypts too; `imap://` is for this machine alone. User, password and
    folder are percent-encoded. Raises ImproperlyConfigured, which never quotes the address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # whose text may hold a piece of the password
        raise BAD_BOUNCE_URL() from None
    host = parts.hostname or ""
    is_open = parts.scheme == "imap" and host not in OWN_MACHINE
    if parts.scheme not in SCHEMES or is_open or not (host and parts.username and parts.password):
        raise BAD_BOUNCE_URL()
    return Place(
        scheme=parts.scheme,
        host=host,
        port=port or SCHEMES[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def connect(url: str) -> imaplib.IMAP4:
    """Return a logged-in conversation with the server of `url`; no folder is selected yet.

    Raises OSError (the certificate included), imaplib.IMAP4.error, or ImproperlyConfigured.
    """
    wanted, context = place(url), ssl.create_default_context()
    server: imaplib.IMAP4
    if wanted.scheme == "imaps":
        server = imaplib.IMAP4_SSL(wanted.host, wanted.port, ssl_context=context, timeout=TIMEOUT)
    else:
        server = imaplib.IMAP4(wanted.host, wanted.port, timeout=TIMEOUT)
    try:
        if wanted.scheme == "imap+starttls":
            server.starttls(context)
        server.login(wanted.user, wanted.password)
    except BaseException:
        server.shutdown()
        raise
    return server


def quoted(text: str) -> str:
    """Return `text` as a quoted string (RFC 9051 §4.3), as folders' names are written."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
