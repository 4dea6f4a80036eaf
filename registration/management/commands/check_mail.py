"""`manage.py check_mail`: what of the sender's domain lets mails arrive, in words."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registration.mail.domain import daily, trial
from registration.mail.domain.findings import Finding, Grade, look, mail_server
from registration.mail.domain.names import Names, NotAnswered
from registration.models.mails.bounce_mailbox import BounceMailbox


class Command(BaseCommand):
    help = "Prüft SPF, DMARC, MX und den Weg zum Mailserver und sagt, welcher Eintrag fehlt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--nameserver",
            metavar="ADRESSE[:PORT]",
            help="Fragt diesen Nameserver statt derer, die auf der Maschine eingestellt sind.",
        )

        parser.add_argument(
            "--send",
            action="store_true",
            help="Schickt eine Mail an BOUNCE_ADDRESS und sieht nach, wie sie dort ankommt.",
        )

    def handle(
        self, *args: Any, nameserver: str | None = None, send: bool = False, **options: Any
    ) -> None:
        findings = look(names_of(nameserver))
        if mail_server() and not nameserver:
            daily.keep(findings)
        tried = trial.try_out() if send else []
        # What has arrived knows more.
        known = {one.subject for one in tried}
        findings = [one for one in findings if one.subject not in known] + of_envelope() + tried
        for finding in findings:
            self.stdout.write(in_lines(finding))
        wrong = sum(finding.state == Grade.WRONG for finding in findings)
        if wrong:
            raise CommandError(f"{wrong} von {len(findings)} Punkten sind zu ändern.")


def of_envelope() -> list[Finding]:
    """Say that the mail server refuses the envelope sender; nothing if it takes it."""
    if not BounceMailbox.known().is_refused:
        return []
    text = (
        f"Der Mailserver nimmt {settings.BOUNCE_ADDRESS} nicht als Absender für Rückläufer an; "
        "was zurückkommt, landet beim Absender. Der Anbieter muss dem Konto die Adresse erlauben."
    )
    return [Finding("Absender", Grade.WRONG, text)]


def names_of(nameserver: str | None) -> Names:
    """Return who is asked. Raises CommandError for a name server that is none."""
    try:
        return Names(place_of(nameserver) if nameserver else None)
    except (ValueError, NotAnswered):
        raise CommandError("Der Nameserver lässt sich nicht fragen.") from None


def place_of(typed: str) -> tuple[str, int]:
    """Return address and port of `192.0.2.53`, `192.0.2.53:5353` or `[2001:db8::53]:5353`."""
    parts = urlsplit(f"//{typed}")
    return str(ip_address(parts.hostname or "")), parts.port or 53


def in_lines(finding: Finding) -> str:
    """Return the finding as the console shows it, with the record to copy."""
    lines = [f"{finding.subject}: {finding.state}", f"  {finding.text}"]
    if finding.record:
        heading = "Eintrag" if finding.state == Grade.WRONG else "Vorhanden"
        lines.append(f"  {heading}: {finding.record}")
    return "\n".join(lines)
