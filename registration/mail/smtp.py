"""Where mail goes: an SMTP server named by SMTP_URL, or files for trying the site out."""

import re
import smtplib
import time
from collections.abc import Sequence
from email import policy
from email.headerregistry import Address
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from events.text import cleaning
from events.text.addresses import canonical_if_sendable

SCHEMES = {
    # scheme: (default port, option that switches on encryption)
    "smtp": (25, None),
    "smtp+starttls": (587, "use_tls"),
    "smtps": (465, "use_ssl"),
}
FILE_BACKEND = "registration.mail.smtp.FileBackend"
SMTP_BACKEND = "registration.mail.smtp.SmtpBackend"
# Seconds before a silent mail server counts as away. Each of its addresses and each step of a
# conversation may take as long. Meanwhile the worker does nothing else, and giving up costs no
# more than another try.
SMTP_TIMEOUT = 30
# Seconds to wait for the answer to a whole mail. If we give up here, the server may have taken the
# mail, and the next try sends a copy. RFC 5321 §4.5.3.2.6 therefore wants ten minutes. But whoever
# stops a worker has to wait as long (GRACE), and a server that examines a mail before it takes it
# answers within a minute.
DATA_TIMEOUT = 60
# Seconds from the first word about a mail to the last answer: MAIL and RCPT; then DATA, the mail
# itself, and the answer to it. To connect may take longer, so the lease is renewed after it.
LONGEST_SENDING = 2 * SMTP_TIMEOUT + 3 * DATA_TIMEOUT

BAD_SMTP_URL = partial(
    ImproperlyConfigured,
    "SMTP_URL muss mit smtp://, smtp+starttls:// oder smtps:// beginnen und einen Server nennen.",
)


def mailer(smtp_url: str, directory: Path) -> dict[str, Any]:
    """Return the MAILERS entry for `smtp_url`; without one, mails become files in `directory`.

    It is `smtp://`, `smtp+starttls://` or `smtps://user:password@host:port`; user and password are
    percent-encoded.
    """
    if not smtp_url:
        return {"BACKEND": FILE_BACKEND, "OPTIONS": {"directory": directory}}
    try:
        url = urlsplit(smtp_url)
        port = url.port
    except ValueError:  # whose text may hold a piece of the password
        raise BAD_SMTP_URL() from None
    if url.scheme not in SCHEMES or not url.hostname:
        raise BAD_SMTP_URL()
    default_port, encryption = SCHEMES[url.scheme]
    options: dict[str, Any] = {
        "host": url.hostname,
        "port": port or default_port,
        "timeout": SMTP_TIMEOUT,
    }
    if url.username:
        options |= {"username": unquote(url.username), "password": unquote(url.password or "")}
    if encryption:
        options[encryption] = True
    return {"BACKEND": SMTP_BACKEND, "OPTIONS": options}


def sender(value: str, variable: str = "MAIL_FROM") -> str:
    """Return the one e-mail address in `value`, in canonical form, with its name if it has one.

    Raises ImproperlyConfigured otherwise: with a sender that cannot be written every mail fails.
    """
    header = policy.default.header_factory("From", cleaning.line(value))
    people = header.addresses
    # A host without a dot stays: a site that is tried out sends from webtalks@localhost.
    address = canonical_if_sendable(people[0].addr_spec) if len(people) == 1 else ""
    if header.defects or not address or not address.isascii():
        raise ImproperlyConfigured(
            f"{variable} ist keine Absenderangabe wie „Name <adresse@stadt.de>“: {value}"
        )
    return str(Address(people[0].display_name, addr_spec=address))


class PatientSMTP(smtplib.SMTP):
    """A conversation that waits longer for the answer to a whole mail than for other answers."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        if self.sock:
            self.sock.settimeout(DATA_TIMEOUT)
        try:
            return super().data(msg)
        finally:
            if self.sock:  # smtplib has closed it if no answer came
                self.sock.settimeout(self.timeout)


class PatientSMTPoverTLS(PatientSMTP, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's backend with our time-outs."""

    @property
    def connection_class(self) -> type[smtplib.SMTP | smtplib.SMTP_SSL]:
        return PatientSMTPoverTLS if self.use_ssl else PatientSMTP


class FileBackend(BaseEmailBackend):
    """Writes each mail as one `.eml` file, which mail programs open."""

    def __init__(self, directory: str | Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.directory = Path(directory)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.directory.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            content = mail.message()
            name = re.sub(r"[^\w.-]", "", content["Message-ID"].partition("@")[0])
            path = self.directory / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}.eml"
            # The file gets its name when it is complete: others wait for `*.eml`.
            partial = path.with_suffix(".partial")
            partial.touch(mode=0o600)
            partial.write_bytes(content.as_bytes())
            partial.rename(path)
        return len(email_messages)
