"""What of the sender's domain lets mails arrive: SPF, DMARC, MX, and the way to the mail server.

`manage.py check_mail` and the desk say it in these words. What only a mail that has arrived could
tell, DKIM above all, is „nicht prüfbar“ here.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.utils import parseaddr
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from registration.mail.domain import spf
from registration.mail.domain.names import Names, NotAnswered
from registration.mail.smtp import SMTP_BACKEND

# Seconds for one step of the conversation with the mail server.
TIMEOUT = 10
NO_ANSWER = "Kein Nameserver antwortet. Ob ein Eintrag da ist, lässt sich hier nicht sagen."


# The finding about the domain that mails come back to, where it is another than the sender's.
MX_BACK = "MX für Rückläufer"


class Grade(StrEnum):
    """How one thing stands."""

    FINE = "in Ordnung"
    WRONG = "zu ändern"
    UNKNOWN = "nicht prüfbar"


@dataclass(frozen=True)
class Finding:
    """One thing, in words; with the record to copy where one is missing."""

    subject: str
    state: Grade
    text: str
    # Name, type and value, as the provider's form asks for them.
    record: str = ""


def domain_of(address: str) -> str:
    """Return the domain of `Name <local@domain>` in lower case."""
    return parseaddr(address)[1].rpartition("@")[2].lower()


def are_aligned(one: str, other: str) -> bool:
    """Whether both belong to one owner (RFC 7489 §3.1), as far as their names tell.

    Without the list of public suffixes: two labels in common are enough, as in `stadt.de`.
    """
    labels = [name.split(".")[-2:] for name in (one, other)]
    return one == other or (labels[0] == labels[1] and len(labels[0]) == 2)


def look(names: Names) -> list[Finding]:
    """Return all findings; each is looked for by itself, and none raises.

    SPF judges the envelope sender (RFC 7208 §2.4), DMARC the one that people see.
    """
    sender = domain_of(settings.DEFAULT_FROM_EMAIL)
    envelope = domain_of(settings.BOUNCE_ADDRESS) or sender
    server = mail_server()
    back = (
        []
        if envelope == sender
        else asked(MX_BACK, lambda: [replace(of_mx(names, envelope), subject=MX_BACK)])
    )
    return [
        *asked("SPF", lambda: [of_spf(names, envelope, server)]),
        *asked("DMARC", lambda: [of_dmarc_and_envelope(names, sender, envelope)]),
        *asked("MX", lambda: [of_mx(names, sender)]),
        *back,
        *of_server(server),
        Finding(
            "DKIM",
            Grade.UNKNOWN,
            "Die Unterschrift setzt Ihr Mailserver. Ob er es tut, zeigt nur eine Mail, die "
            "angekommen ist.",
        ),
    ]


def asked(subject: str, look_for: Callable[[], list[Finding]]) -> list[Finding]:
    """Return what is found; without an answer, that it cannot be told."""
    try:
        return look_for()
    except NotAnswered:
        return [Finding(subject, Grade.UNKNOWN, NO_ANSWER)]


def mail_server() -> str:
    """Return the host of SMTP_URL; "" where mails are written to files."""
    mailer = settings.MAILERS["default"]
    return mailer["OPTIONS"]["host"] if mailer["BACKEND"] == SMTP_BACKEND else ""


def of_spf(names: Names, domain: str, server: str) -> Finding:
    """Say whether the record lets the mail server send for the domain."""
    wanted = f'{domain}  TXT  "v=spf1 {f"a:{server}" if server else "mx"} ~all"'
    addresses = names.addresses(server) if server else []
    try:
        record = spf.record_of(names, domain)
        if record is None:
            return Finding(
                "SPF",
                Grade.WRONG,
                f"{domain} hat keinen SPF-Eintrag: Jeder kann sich als diese Adresse ausgeben. "
                "Nennt Ihr Mail-Anbieter einen eigenen (mit „include:“), nehmen Sie den.",
                wanted,
            )
        looks = [spf.Evaluation(names, address) for address in addresses]
        verdicts = [one.verdict(domain) for one in looks]
        anybody = spf.Evaluation(names, "192.0.2.1").verdict(domain)  # RFC 5737: nobody's
    except spf.Broken as fault:
        return Finding("SPF", Grade.WRONG, f"Der SPF-Eintrag von {domain} gilt nicht. {fault}")
    if anybody == spf.SpfVerdict.PASS:
        text = f"Der SPF-Eintrag von {domain} erlaubt allen zu senden. Er schützt vor nichts."
        return Finding("SPF", Grade.WRONG, text, wanted)
    if verdicts and all(verdict == spf.SpfVerdict.PASS for verdict in verdicts):
        return Finding("SPF", Grade.FINE, f"{server} darf für {domain} senden.")
    return Finding(
        "SPF",
        Grade.UNKNOWN,
        f"Der SPF-Eintrag von {domain} nennt {server or 'keinen Server dieser Website'} nicht. "
        "Das ist richtig, wenn Ihr Anbieter über andere Rechner verschickt; sonst fehlt der "
        "Server darin.",
        record,
    )


def of_dmarc(names: Names, domain: str) -> Finding:
    """Say what receivers do with mails that are not from the domain (RFC 7489)."""
    place, tags = dmarc_of(names, domain)
    wanted = f'_dmarc.{domain}  TXT  "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"'
    if not place:
        text = (
            f"{domain} hat keinen DMARC-Eintrag. Große Anbieter nehmen Mails ohne ihn ungern an. "
            "Beginnen Sie mit Berichten (p=none)."
        )
        return Finding("DMARC", Grade.WRONG, text, wanted)
    policy = tags.get("sp" if place != domain and "sp" in tags else "p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        text = f"Der DMARC-Eintrag von {place} sagt nicht, was zu tun ist (p=…)."
        return Finding("DMARC", Grade.WRONG, text, wanted)
    if policy == "none":
        where = "" if "rua" in tags else " Es kommen aber keine Berichte: „rua=mailto:…“ fehlt."
        text = (
            f"{place} sammelt Berichte (p=none) und weist nichts zurück.{where} Zeigen die "
            "Berichte zwei Wochen lang nur eigene Server, setzen Sie p=quarantine, dann p=reject."
        )
        return Finding("DMARC", Grade.FINE, text)
    return Finding(
        "DMARC", Grade.FINE, f"{place} schützt sich vor fremden Absendern (p={policy})."
    )


def of_dmarc_and_envelope(names: Names, sender: str, envelope: str) -> Finding:
    """Add what SPF is worth where the envelope has a domain of its own (RFC 7489 §3.1.2).

    It counts for DMARC only if both have one owner; `aspf=s` wants the same domain.
    """
    found = of_dmarc(names, sender)
    is_strict = dmarc_of(names, sender)[1].get("aspf", "").lower() == "s"
    counts = envelope == sender if is_strict else are_aligned(envelope, sender)
    if counts:
        return found
    text = (
        f" Rückläufer gehen an {envelope}: SPF zählt deshalb für {sender} nicht, nur die "
        "Unterschrift (DKIM)."
    )
    return replace(found, text=found.text + text)


def dmarc_of(names: Names, domain: str) -> tuple[str, dict[str, str]]:
    """Return the domain whose DMARC record holds for `domain`, and its tags; "" without one.

    A domain without a record of its own has that of the nearest domain above it.
    """
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        place = ".".join(labels[start:])
        for text in names.texts(f"_dmarc.{place}"):
            if text.replace(" ", "").lower().startswith("v=dmarc1"):
                return place, dict(tags_in(text))
    return "", {}


def tags_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of `v=DMARC1; p=none`."""
    for tag in text.split(";"):
        name, _, value = tag.partition("=")
        if name.strip():
            yield name.strip().lower(), value.strip()


def of_mx(names: Names, domain: str) -> Finding:
    """Say whether answers and reports can reach the sender's domain (RFC 5321 §5.1, RFC 7505)."""
    hosts = names.mail_hosts(domain)
    if hosts == [""]:
        text = f"{domain} nimmt keine Mails an (leerer MX-Eintrag). Antworten kommen nicht zurück."
        return Finding("MX", Grade.WRONG, text)
    reachable = next((host for host in hosts or [domain] if names.addresses(host)), "")
    if reachable:
        return Finding("MX", Grade.FINE, f"Mails an {domain} nimmt {reachable} an.")
    text = f"Mails an {domain} kommen nirgends an: Es gibt keinen Server, der sie annimmt."
    return Finding("MX", Grade.WRONG, text, f"{domain}  MX  10 mail.{domain}")


def of_server(server: str) -> list[Finding]:
    """Say whether the way to the mail server is encrypted, and to the right one."""
    if not server:
        text = "Es ist kein Mailserver eingestellt (SMTP_URL): Mails werden zu Dateien."
        return [Finding("Mailserver", Grade.WRONG, text)]
    options = settings.MAILERS["default"]["OPTIONS"]
    if not (options.get("use_tls") or options.get("use_ssl")):
        text = (
            f"Der Weg zu {server} ist nicht verschlüsselt. Das ist richtig, wenn der Server auf "
            "derselben Maschine läuft; sonst setzen Sie smtp+starttls:// oder smtps://."
        )
        state = Grade.FINE if server in ("localhost", "127.0.0.1", "::1") else Grade.WRONG
        return [Finding("Mailserver", state, text)]
    try:
        greet(options)
    except ssl.SSLCertVerificationError as error:
        text = f"Das Zertifikat von {server} gilt nicht: {error.verify_message}."
        return [Finding("Mailserver", Grade.WRONG, text)]
    except (OSError, ValueError, ImproperlyConfigured):
        text = f"{server} ist von hier nicht zu erreichen."
        return [Finding("Mailserver", Grade.UNKNOWN, text)]
    return [Finding("Mailserver", Grade.FINE, f"Der Weg zu {server} ist verschlüsselt.")]


def greet(options: dict) -> None:
    """Greet the server over TLS with its certificate checked; log in nowhere, send nothing."""
    context, place = ssl.create_default_context(), (options["host"], options["port"])
    if options.get("use_ssl"):
        with smtplib.SMTP_SSL(*place, timeout=TIMEOUT, context=context) as server:
            server.ehlo()
        return
    with smtplib.SMTP(*place, timeout=TIMEOUT) as server:
        server.starttls(context=context)
