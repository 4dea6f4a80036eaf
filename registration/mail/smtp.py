"""Where mail goes: an SMTP server named by SMTP_URL, or files for trying the site out."""

import re
import smtplib
import time
from email import policy
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

SCHEMES = {
    # scheme: (default port, option that switches on encryption)
    "smtp": (25, None),
    "smtp+starttls": (587, "use_tls"),
    "smtps": (465, "use_ssl"),
}
FILE_BACKEND = "registration.mail.smtp.FileBackend"
SMTP_BACKEND = "registration.mail.smtp.SmtpBackend"
# Seconds before a silent mail server counts as away. Each of its addresses and each step of a
# conversation may take as long; meanwhile the worker does nothing else, and giving up costs
# nothing but another try.
SMTP_TIMEOUT = 30
# For the answer to a whole mail: who gives up here may have sent it, and sends a copy. RFC 5321
# §4.5.3.2.6 therefore wants ten minutes, but whoever stops a worker has to wait as long (GRACE),
# and a server that only looks into a mail before it takes it answers within a minute.
DATA_TIMEOUT = 60

BAD_SMTP_URL = ImproperlyConfigured(
    "SMTP_URL muss mit smtp://, smtp+starttls:// oder smtps:// beginnen und einen Server nennen."
)


def mailer(smtp_url: str, directory: Path) -> dict:
    """Return the MAILERS entry for `smtp_url`; without one, mails become files in `directory`.

    `smtp://`, `smtp+starttls://` and `smtps://user:password@host:port` are understood, user and
    password percent-encoded.
    """
    if not smtp_url:
        return {"BACKEND": FILE_BACKEND, "OPTIONS": {"directory": directory}}
    try:
        url = urlsplit(smtp_url)
        port = url.port
    except ValueError:  # its text may hold a piece of the password
        raise BAD_SMTP_URL from None
    if url.scheme not in SCHEMES or not url.hostname:
        raise BAD_SMTP_URL
    default_port, encryption = SCHEMES[url.scheme]
    options = {"host": url.hostname, "port": port or default_port, "timeout": SMTP_TIMEOUT}
    if url.username:
        options |= {"username": unquote(url.username), "password": unquote(url.password or "")}
    if encryption:
        options[encryption] = True
    return {"BACKEND": SMTP_BACKEND, "OPTIONS": options}


def sender(value: str) -> str:
    """Return `value` if it is one address that mail can come from, with or without a name.

    A sender that cannot be written would make every mail fail.
    """
    header = policy.default.header_factory("From", value)
    addresses = [address.addr_spec for address in header.addresses]
    if header.defects or len(addresses) != 1 or not addresses[0].isascii():
        raise ImproperlyConfigured(
            f"MAIL_FROM ist keine Absenderangabe wie „Name <adresse@stadt.de>“: {value}"
        )
    return value


class PatientAfterData:
    """A conversation that waits longer for the answers to DATA than for others."""

    def data(self, message):
        self.sock.settimeout(DATA_TIMEOUT)
        try:
            return super().data(message)
        finally:
            if self.sock:  # smtplib has closed it if no answer came
                self.sock.settimeout(self.timeout)


class PatientSMTP(PatientAfterData, smtplib.SMTP):
    pass


class PatientSMTPoverTLS(PatientAfterData, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's, with our patience."""

    @property
    def connection_class(self):
        return PatientSMTPoverTLS if self.use_ssl else PatientSMTP


class FileBackend(BaseEmailBackend):
    """Write each message as one `.eml` file that mail programs open."""

    def __init__(self, directory, **kwargs):
        super().__init__(**kwargs)
        self.directory = Path(directory)

    def send_messages(self, messages):
        self.directory.mkdir(parents=True, exist_ok=True)
        for message in messages:
            content = message.message()
            name = re.sub(r"[^\w.-]", "", content["Message-ID"].partition("@")[0])
            path = self.directory / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}.eml"
            # Whole as soon as it has its name: others wait for `*.eml`.
            partial = path.with_suffix(".partial")
            partial.touch(mode=0o600)
            partial.write_bytes(content.as_bytes())
            partial.rename(path)
        return len(messages)
