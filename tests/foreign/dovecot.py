"""A mailbox on a real IMAP server (dovecot), and what lies in it."""

import contextlib
import imaplib
import shutil
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from tests.foreign.debian import NOBODY, place, running
from tests.foreign.tools import program
from tests.server import free_port

PASSWORD = "geheim ä/%"  # noqa: S105
CONFIGURATION = """
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/log
protocols = imap
listen = 127.0.0.1
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
mail_location = maildir:{mail}
mail_fsync = never
ssl_cert = <{directory}/cert.pem
ssl_key = <{directory}/key.pem
{more}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {encrypted}
  }}
}}
passdb {{
  driver = passwd-file
  args = {directory}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={directory}/home
}}
"""


class Dovecot:
    """The server with the one mailbox `mail`, a maildir into which others may deliver."""

    def __init__(self, directory: Path):
        self.directory, self.mail = directory, directory / "mail"
        self.plain, self.encrypted = free_port(), free_port()
        self.delivered = 0

    def url(self, scheme="imaps", user="rueck@stadt.example", password=PASSWORD, name="") -> str:
        port = self.encrypted if scheme == "imaps" else self.plain
        return f"{scheme}://{quote(user)}:{quote(password, safe='')}@localhost:{port}{name}"

    def prepare(self, more="") -> Path:
        """Write the configuration; return where it stands."""
        for name in ("cur", "new", "tmp"):
            (self.mail / name).mkdir(parents=True)
        make_certificate(self.directory)
        users = self.directory / "users"
        users.write_text(f"rueck@stadt.example:{{PLAIN}}{PASSWORD}\n")
        path = self.directory / "dovecot.conf"
        numbers = {"plain": self.plain, "encrypted": self.encrypted, "more": more}
        path.write_text(CONFIGURATION.format(**vars(self) | numbers))
        self.hand_over()
        return path

    def deliver(self, *mails: bytes) -> None:
        """Put mails into the mailbox, as a mail server does."""
        for mail in mails:
            self.delivered += 1
            name = f"{1_700_000_000 + self.delivered}.{self.delivered}.stadt"
            (self.mail / "new" / name).write_bytes(mail)
        self.hand_over()

    def hand_over(self) -> None:
        """Let the server's user own the mailbox."""
        for path in [self.mail, *self.mail.rglob("*")]:
            with contextlib.suppress(FileNotFoundError):
                shutil.chown(path, NOBODY, NOBODY)

    @contextlib.contextmanager
    def asked(self):
        """Talk to the mailbox as a mail program of the town hall does."""
        client = imaplib.IMAP4_SSL("localhost", self.encrypted, ssl_context=trusting_nobody())
        words = f"\0rueck@stadt.example\0{PASSWORD}".encode()
        client.authenticate("PLAIN", lambda _: words)
        client.select("INBOX")
        try:
            yield client
        finally:
            client.logout()

    def contents(self) -> dict[bytes, list[bytes]]:
        """Return the flags of each mail there by its Message-ID."""
        with self.asked() as client:
            _, answer = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        found = {}
        for part in answer:
            if isinstance(part, tuple):
                flags = imaplib.ParseFlags(part[0])
                found[part[1].partition(b":")[2].strip()] = sorted(set(flags) - {b"\\Recent"})
        return found


def trusting_nobody() -> ssl.SSLContext:
    """Return a context for the test itself, which knows to whom it talks."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def make_certificate(directory: Path, name="localhost") -> None:
    command = [program("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes"]
    command += ["-keyout", directory / "key.pem", "-out", directory / "cert.pem", "-days", "9"]
    command += ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def dovecot(more=""):
    """Run the server; `more` stands in its configuration."""
    with place() as directory:
        server = Dovecot(directory)
        path = server.prepare(more)
        command = ("/usr/sbin/dovecot", "-F", "-c", str(path))
        with running("dovecot", directory, server.encrypted, *command):
            yield server


def letter(number: int, *, text="Guten Tag,\n\nmeine Frage.\n") -> bytes:
    """Return what a citizen writes."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Kim Beispiel <kim@stadt.example>", "rueck@stadt.example"
    mail["Subject"], mail["Message-ID"] = "Frage zur Wärme", f"<letter-{number}@stadt.example>"
    mail.set_content(text)
    return mail.as_bytes()


def report(message_id: str, *, number=1, status="5.1.1", action="failed") -> bytes:
    """Return a report on the mail with this Message-ID, as RFC 3464 has it."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: rueck@stadt.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report-{number}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kim@stadt.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--b
Content-Type: message/rfc822-headers

From: Web-Talks <webtalks@testserver>
To: kim@stadt.example
Subject: Ihre Anmeldung
Message-ID: {message_id}

--b--
""".encode()


def holiday_note(message_id: str, *, number=1) -> bytes:
    """Return an automatic reply to the mail with this Message-ID (RFC 3834)."""
    return f"""\
From: Kim Beispiel <kim@stadt.example>
To: rueck@stadt.example
Subject: Abwesend: Ihre Anmeldung
Auto-Submitted: auto-replied
In-Reply-To: {message_id}
References: {message_id}
Message-ID: <holiday-{number}@stadt.example>

Ich bin im Urlaub.
""".encode()
