"""A mail server of the house: it wants STARTTLS and a log-in; its CA is known to nobody else."""

import ssl
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.conftest import SmtpServer
from tests.deployment.engine import run

# As README has them in SMTP_URL.
HOST, USER, PASSWORD = "mail.example.org", b"user", b"password"


class PostOffice(SmtpServer):
    """Keeps what it gets; containers reach it at the address of this machine."""

    def __init__(self, directory: Path):
        super().__init__()
        self.certificate, key = directory / "house-ca.crt", directory / "house.key"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        about = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        run(*command.split(), *about, "-keyout", key, "-out", self.certificate)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(self.certificate, key)

    def start(self):
        self.controller = Controller(
            self,
            hostname="0.0.0.0",  # noqa: S104 - for the containers
            port=self.port,
            tls_context=self.context,
            require_starttls=True,
            auth_required=True,
            authenticator=self.knows,
        )
        self.controller.start()

    def knows(self, server, session, envelope, mechanism, login) -> AuthResult:
        return AuthResult(success=login == LoginPassword(USER, PASSWORD))

    def got(self, address: str) -> list:
        """Return the envelopes of the mails to this address."""
        return [envelope for envelope in self.messages if envelope.rcpt_tos == [address]]
