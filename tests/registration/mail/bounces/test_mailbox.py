"""BOUNCE_URL, and servers that answer nothing; all else is tried on a real server.

That is tests/foreign/test_bounce_mailbox.
"""

import contextlib
import socket
import threading
import time
import traceback

import pytest
from django.core.exceptions import ImproperlyConfigured

from registration.mail.bounces import mailbox
from registration.mail.bounces.mailbox import Mailbox, Trouble, mailbox_of, talk_to


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("imaps://u:p@mail.stadt.de", ("imaps", "mail.stadt.de", 993, "u", "p", "INBOX")),
        ("imaps://u:p@mail.stadt.de/", ("imaps", "mail.stadt.de", 993, "u", "p", "INBOX")),
        (
            "imap+starttls://web%40stadt.de:p%C3%A4ss%2F%3A%40@mail.stadt.de:1143/R%C3%BCck/x",
            ("imap+starttls", "mail.stadt.de", 1143, "web@stadt.de", "päss/:@", "Rück/x"),
        ),
        ("imap://u:p@localhost", ("imap", "localhost", 143, "u", "p", "INBOX")),
        ("imap://u:p@[::1]:1143", ("imap", "::1", 1143, "u", "p", "INBOX")),
    ],
)
def test_url_names_a_mailbox(url, parts):
    assert mailbox_of(url) == Mailbox(*parts)
    assert parts[4] not in repr(mailbox_of(url)).removeprefix(parts[0])


def test_without_url_there_is_none():
    assert mailbox_of("") is None


@pytest.mark.parametrize(
    "url",
    [
        "imaps://mail.stadt.de",
        "imaps://geheim@mail.stadt.de",
        "imaps://u:geheim@",
        "imap://u:geheim@mail.stadt.de",
        "pop3s://u:geheim@mail.stadt.de",
        "imaps://u:geheim@mail.stadt.de:99999",
        "imaps://u:geheim@mail.stadt.de:port",
        "imaps://u:ge/heim@mail.stadt.de",
        "imaps://u:geheim#@mail.stadt.de",
        "imaps://u:geheim@mail.stadt.de/?x=1",
        "imaps://u:geheim%0D%0A@mail.stadt.de",
        "imaps://u:geheim@mail.stadt.de/%FF",
        "geheim",
    ],
)
def test_nonsense_is_refused_without_the_password(url):
    with pytest.raises(ImproperlyConfigured) as caught:
        mailbox_of(url)

    assert "geheim" not in str(caught.value)
    assert "geheim" not in "".join(traceback.format_exception_only(caught.value))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@contextlib.contextmanager
def server_that(behaves):
    """Run a server that does this with its one connection; yield its mailbox."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: behaves(listening.accept()[0]), daemon=True)
        thread.start()
        yield Mailbox("imap", "127.0.0.1", listening.getsockname()[1], "u", "p", "INBOX")
        thread.join(10)


def drip(connection):
    """Send a byte of a line without an end, again and again."""
    with contextlib.suppress(OSError), connection:
        connection.sendall(b"* OK IMAP4rev1\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)


def say_nothing(connection):
    with contextlib.suppress(OSError), connection:
        connection.recv(1)


def hang_up(connection):
    connection.close()


@pytest.mark.parametrize(
    ("behaves", "words"),
    [
        (say_nothing, "127.0.0.1 antwortet nicht."),
        (hang_up, "Das Gespräch mit 127.0.0.1 ist abgebrochen."),
    ],
)
def test_server_that_does_not_answer_is_named(monkeypatch, behaves, words):
    monkeypatch.setattr(mailbox, "STEP_TIMEOUT", 0.3)

    with (
        server_that(behaves) as named,
        pytest.raises(Trouble, match=f"^{words}$"),
        talk_to(named),
    ):
        pass


def test_server_that_drips_is_broken_off(monkeypatch):
    monkeypatch.setattr(mailbox, "LONGEST_CONVERSATION", 0.5)
    begun = time.monotonic()

    with (
        server_that(drip) as named,
        pytest.raises(Trouble, match=r"ist abgebrochen\.$"),
        talk_to(named),
    ):
        pass

    assert time.monotonic() - begun < 8
