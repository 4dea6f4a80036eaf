"""The mailbox that mails come back to, named by BOUNCE_URL, and the conversation with it (IMAP).

Nothing in it changes but what `Conversation.remove` is told to take away.
"""

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from threading import Timer
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from registration.mail.bounces.names import quoted

# Scheme and default port (RFC 8314 §3.2; RFC 9051 §2.1).
SCHEMES = {"imaps": 993, "imap+starttls": 143, "imap": 143}
# The only places to which a password travels openly.
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
# Seconds before a silent server counts as away, at each step.
STEP_TIMEOUT = 20
# Seconds after which a conversation is broken off: less than `bounce_mailbox.LEASE`, so nobody
# else has the mailbox yet.
LONGEST_CONVERSATION = 240
# Bytes of a mail that are read. What a report says, stands before the mail it returns.
MOST_BYTES = 200_000
# Numbers that are asked about at once: their list is shorter than the longest line that imaplib
# reads (1,000,000 bytes).
NUMBERS_AT_ONCE = 50_000

BAD_BOUNCE_URL = partial(
    ImproperlyConfigured,
    "BOUNCE_URL muss mit imaps:// oder imap+starttls:// beginnen und Nutzer, Passwort und Server "
    "nennen, zum Beispiel imaps://nutzer:passwort@mail.stadt.de/INBOX; imap:// gilt nur auf "
    "demselben Rechner.",
)


class Trouble(Exception):
    """Why the mailbox cannot be read, in words for organisers, without anything secret."""


@dataclass(frozen=True)
class Mailbox:
    """Where bounces lie, as BOUNCE_URL says."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    name: str

    def __repr__(self) -> str:
        """Return what may stand in a log: no password."""
        return f"{self.scheme}://{self.host}:{self.port}/{self.name}"


def mailbox_of(bounce_url: str) -> Mailbox | None:
    """Return the mailbox that `bounce_url` names; None without one.

    It is `imaps://` or `imap+starttls://user:password@host:port/mailbox`; user, password and
    mailbox are percent-encoded. Raises ImproperlyConfigured.
    """
    if not bounce_url:
        return None
    try:
        url = urlsplit(bounce_url)
        port = url.port
        user, password = unquote(url.username or ""), unquote(url.password or "")
        name = unquote(url.path.removeprefix("/"), errors="strict") or "INBOX"
    except ValueError:  # whose text may hold a piece of the password
        raise BAD_BOUNCE_URL() from None
    is_whole = url.scheme in SCHEMES and url.hostname and user and password
    is_safe = url.scheme != "imap" or url.hostname in THIS_MACHINE
    has_more = url.query or url.fragment or re.search(r"[\x00-\x1f\x7f]", user + password + name)
    if not (is_whole and is_safe) or has_more:
        raise BAD_BOUNCE_URL()
    host = url.hostname or ""
    return Mailbox(url.scheme, host, port or SCHEMES[url.scheme], user, password, name)


class Conversation:
    """An open conversation about the one mailbox that was selected."""

    def __init__(self, client: imaplib.IMAP4, uid_validity: int, uid_next: int) -> None:
        self._client = client
        self.uid_validity = uid_validity
        # The number that the next mail to come will get (RFC 9051 §2.3.1.1).
        self.uid_next = uid_next
        self.can_remove = "UIDPLUS" in client.capabilities

    def uids_after(self, last_uid: int) -> Iterator[tuple[int, list[int]]]:
        """Yield the mails' numbers above `last_uid`, rising, and up to where they are all."""
        for first in range(last_uid + 1, self.uid_next, NUMBERS_AT_ONCE):
            last = min(first + NUMBERS_AT_ONCE, self.uid_next) - 1
            found = self._do("SEARCH", "UID", f"{first}:{last}")
            numbers = b" ".join(line for line in found if line).split()
            uids = sorted(int(number) for number in numbers if number.isdigit())
            yield last, [uid for uid in uids if first <= uid <= last]

    def fetch(self, uid: int) -> bytes | None:
        """Return the beginning of the mail `uid`, unread as before; None if it is gone.

        PEEK does not set the flag Seen (RFC 9051 §6.4.5).
        """
        answer = self._do("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{MOST_BYTES}>)")
        for part in answer:
            if isinstance(part, tuple) and b"BODY[]" in part[0].upper():
                return part[1]
        return None

    def remove(self, uid: int) -> None:
        """Remove this mail alone (RFC 4315 §2.1): others may be marked for removal too."""
        self._do("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        self._do("EXPUNGE", str(uid))

    def _do(self, command: str, *arguments: str) -> list[Any]:
        state, answer = self._client.uid(command, *arguments)
        if state != "OK":
            raise Trouble(f"Der Server verweigert einen Schritt ({command}).")
        return answer


class BrokenOff(imaplib.IMAP4):
    """A conversation that ends after LONGEST_CONVERSATION, counted from its first word.

    A server that sends a byte now and then holds no step up, but all of them.
    """

    breaking_off: Timer

    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open(*args, **kwargs)
        self.breaking_off = Timer(LONGEST_CONVERSATION, _break_off, [self])
        self.breaking_off.daemon = True
        self.breaking_off.start()


class BrokenOffOverTLS(BrokenOff, imaplib.IMAP4_SSL):
    """The same over TLS from the first octet."""


@contextlib.contextmanager
def talk_to(mailbox: Mailbox) -> Iterator[Conversation]:
    """Open the mailbox; whatever goes wrong with its server becomes Trouble."""
    with _in_our_words(mailbox), contextlib.ExitStack() as closed_at_the_end:
        client = _connect(mailbox)
        closed_at_the_end.callback(_leave, client)
        closed_at_the_end.callback(client.breaking_off.cancel)
        _log_in(client, mailbox)
        yield _select(client, mailbox)


@contextlib.contextmanager
def _in_our_words(mailbox: Mailbox) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Trouble(f"Das Zertifikat von {mailbox.host} gilt nicht.") from error
    except TimeoutError as error:
        raise Trouble(f"{mailbox.host} antwortet nicht.") from error
    except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
        raise Trouble(f"Das Gespräch mit {mailbox.host} ist abgebrochen.") from error


def _connect(mailbox: Mailbox) -> BrokenOff:
    """Connect, encrypted unless it is this machine; the certificate is checked."""
    context = ssl.create_default_context()
    where: dict[str, Any] = {"host": mailbox.host, "port": mailbox.port, "timeout": STEP_TIMEOUT}
    try:
        if mailbox.scheme == "imaps":
            return BrokenOffOverTLS(ssl_context=context, **where)
        client = BrokenOff(**where)
    except (ssl.SSLError, TimeoutError):
        raise
    except OSError as error:
        raise Trouble(f"{mailbox.host} ist nicht zu erreichen.") from error
    if mailbox.scheme == "imap+starttls":
        _encrypt(client, mailbox, context)
    return client


def _encrypt(client: imaplib.IMAP4, mailbox: Mailbox, context: ssl.SSLContext) -> None:
    """Go on in TLS (RFC 9051 §6.2.1), or not at all."""
    try:
        client.starttls(context)
    except BaseException as error:
        client.shutdown()
        if type(error) is imaplib.IMAP4.error:
            raise Trouble(f"{mailbox.host} kann nicht verschlüsseln (STARTTLS).") from error
        raise


def _log_in(client: imaplib.IMAP4, mailbox: Mailbox) -> None:
    """Log in by AUTHENTICATE PLAIN (RFC 4616), which knows all letters, or else by LOGIN."""
    try:
        if "AUTH=PLAIN" in client.capabilities:
            words = f"\0{mailbox.user}\0{mailbox.password}".encode()
            client.authenticate("PLAIN", lambda _: words)
        else:
            client.login(mailbox.user, mailbox.password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeError):
        # Without the error before it, which may quote what was sent.
        raise Trouble(
            f"{mailbox.host} lehnt die Anmeldung ab. Stimmen Nutzer und Passwort in BOUNCE_URL?"
        ) from None


def _select(client: imaplib.IMAP4, mailbox: Mailbox) -> Conversation:
    """Open the mailbox for reading and removing."""
    try:
        state, _ = client.select(quoted(mailbox.name))
    except imaplib.IMAP4.readonly as error:
        raise Trouble(f"Aus „{mailbox.name}“ darf nichts entfernt werden.") from error
    if state != "OK":
        raise Trouble(f"Ein Postfach „{mailbox.name}“ gibt es dort nicht.")
    # Servers name what they can do anew once they know who asks.
    _, [abilities] = client.capability()
    client.capabilities = tuple(str(abilities or b"", "ascii", "replace").upper().split())
    numbers = [client.response(name)[1][0] for name in ("UIDVALIDITY", "UIDNEXT")]
    if not all(number and number.isdigit() for number in numbers):
        raise Trouble(f"{mailbox.host} nummeriert Mails nicht (RFC 9051).")
    return Conversation(client, *[int(number) for number in numbers])


def _leave(client: imaplib.IMAP4) -> None:
    """Log out, and never CLOSE: it would remove what others have marked (RFC 9051 §6.4.1)."""
    with contextlib.suppress(imaplib.IMAP4.error, OSError):
        client.logout()
    with contextlib.suppress(OSError):
        client.shutdown()


def _break_off(client: imaplib.IMAP4) -> None:
    """Let whoever reads from the socket see its end."""
    with contextlib.suppress(OSError):
        client.sock.shutdown(socket.SHUT_RDWR)
