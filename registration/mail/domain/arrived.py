"""What a mail of ours tells that has arrived: who signed it, and how servers passed it on."""

import re
from collections import defaultdict
from email import policy
from email.message import Message
from email.parser import BytesParser
from ipaddress import ip_address, ip_network

from registration.mail.domain.findings import Finding, Grade, are_aligned, domain_of

# RFC 8601 §2.2: method and result, as in `dkim=pass header.d=town.example`.
RESULT = re.compile(r";\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
# RFC 8601 §2.2: comments, which may hold anything.
COMMENT = re.compile(r"\([^()]*\)")
# RFC 6376 §3.5: who has signed.
SIGNED_BY = re.compile(r"(?:^|;)\s*d\s*=\s*([^;\s]+)")
# RFC 3848: how a server got the mail; an S says by TLS, an A that somebody had logged in.
PROTOCOL = re.compile(r"\bwith\s+((?:UTF8)?E?[SL]MTP(S?)A?)\b", re.IGNORECASE)
ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9a-f.:]+)\]", re.IGNORECASE)
# RFC 1918, RFC 4193.
INTERNAL = [
    ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
]
NOT_SAID = "Der Server des Postfachs schreibt nicht in die Mail, was er davon hält."


def judge(raw: bytes) -> list[Finding]:
    """Return what the head of the mail tells; never raises, whatever servers have written."""
    # The old policy hands out headers as they are, and parses none.
    mail = BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True)
    sender, results = domain_of(str(mail["From"] or "")), said_by_receiver(mail)
    return [
        of_signature(mail, sender, results["dkim"]),
        of_result("SPF", results["spf"]),
        of_result("DMARC", results["dmarc"]),
        of_way(mail),
    ]


def said_by_receiver(mail: Message) -> dict[str, set[str]]:
    """Return the results by method; of the server alone that wrote last, the mailbox's own.

    It may write several headers. Those of others are what somebody claims on the way.
    """
    found: dict[str, set[str]] = defaultdict(set)
    values = [COMMENT.sub(" ", str(one)) for one in mail.get_all("Authentication-Results", [])]
    names = [value.partition(";")[0].split() for value in values]
    for value, name in zip(values, names, strict=True):
        if name[:1] == names[0][:1]:
            for method, result in RESULT.findall(value):
                found[method.lower()].add(result.lower())
    return found


def of_signature(mail: Message, sender: str, results: set[str]) -> Finding:
    """Say whether the mail is signed by the sender's domain (RFC 6376, RFC 7489 §3.1.1)."""
    values = [str(one) for one in mail.get_all("DKIM-Signature", [])]
    signers = [domain.lower() for value in values for domain in SIGNED_BY.findall(value)]
    if not signers:
        text = (
            "Die Mail kam ohne Unterschrift an. Schalten Sie DKIM bei Ihrem Mail-Anbieter ein; "
            "er nennt auch den Eintrag für die Domain."
        )
        return Finding("DKIM", Grade.WRONG, text)
    own = [domain for domain in signers if are_aligned(domain, sender)]
    if not own:
        text = (
            f"Unterschrieben hat {signers[0]}, nicht {sender}. Für DMARC zählt das nicht: Ihr "
            "Mail-Anbieter muss mit Ihrer Domain unterschreiben."
        )
        return Finding("DKIM", Grade.WRONG, text)
    if "pass" in results:
        return Finding("DKIM", Grade.FINE, f"{own[0]} hat unterschrieben, und das gilt.")
    if results & {"fail", "permerror", "policy"}:
        text = f"{own[0]} hat unterschrieben, aber das gilt nicht: Der Schlüssel passt nicht."
        return Finding("DKIM", Grade.WRONG, text)
    return Finding("DKIM", Grade.UNKNOWN, f"{own[0]} hat unterschrieben. {NOT_SAID}")


def of_result(method: str, results: set[str]) -> Finding:
    """Say what the receiving server thinks of the mail (RFC 8601 §2.7)."""
    subject = f"{method} beim Empfang"
    if "pass" in results:
        return Finding(subject, Grade.FINE, "Der Server des Postfachs ist zufrieden.")
    if results & {"fail", "softfail", "permerror", "policy"}:
        said = ", ".join(sorted(results))
        return Finding(subject, Grade.WRONG, f"Der Server des Postfachs beanstandet es ({said}).")
    return Finding(subject, Grade.UNKNOWN, NOT_SAID)


def of_way(mail: Message) -> Finding:
    """Say whether the mail was encrypted from server to server (RFC 5321 §4.4, RFC 3848)."""
    hops = [" ".join(str(one).split()) for one in mail.get_all("Received", [])]
    known = [hop for hop in hops if PROTOCOL.search(hop) and not is_internal(hop)]
    if not known:
        return Finding("Weg", Grade.UNKNOWN, "Die Mail sagt nicht, wie sie hergekommen ist.")
    bare = [hop for hop in known if not is_encrypted(hop)]
    if bare:
        part = bare[0].partition(" with ")[0][:200]
        text = f"Ein Stück des Wegs war nicht verschlüsselt: {part}."
        return Finding("Weg", Grade.WRONG, text)
    return Finding("Weg", Grade.FINE, "Die Mail war auf jedem Stück des Wegs verschlüsselt.")


def is_encrypted(hop: str) -> bool:
    """Whether the server says so: by the protocol's name, or in a comment."""
    return any(tls for _, tls in PROTOCOL.findall(hop)) or "TLS" in hop


def is_internal(hop: str) -> bool:
    """Whether it was passed on within a machine or a provider's own network."""
    if found := ADDRESS.search(hop.partition(" by ")[0]):
        try:
            address = ip_address(found[1])
        except ValueError:
            return False
        return address.is_loopback or any(address in network for network in INTERNAL)
    return "localhost" in hop.partition(" by ")[0]
