"""SPF: which servers may send for a domain (RFC 7208).

Only what can be told without a mail: macros and `exists` depend on the sender and are not judged.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network

from registration.mail.domain.names import Names

# RFC 7208 §4.6.4.
MOST_QUESTIONS = 10
TOO_MANY = (
    f"Der Eintrag fragt mehr als {MOST_QUESTIONS} weitere ab. Empfänger lesen ihn dann nicht."
)
QUALIFIERS = "+-~?"
ASKING = {"include", "a", "mx", "ptr", "exists"}


class SpfVerdict(StrEnum):
    """What a record says of an address."""

    PASS = "+"  # noqa: S105 (of SPF, and no password)
    FAIL = "-"
    SOFT = "~"
    NEUTRAL = "?"


class Broken(Exception):
    """A record that receivers cannot read; the German text says why."""


@dataclass
class Evaluation:
    """One look at a domain's record for one address; it counts its questions."""

    names: Names
    address: str
    questions: int = 0
    # What could not be judged here.
    skipped: list[str] = field(default_factory=list)

    def verdict(self, domain: str) -> SpfVerdict | None:
        """Return what the record of `domain` says of the address; None without a record."""
        record = record_of(self.names, domain)
        if record is None:
            return None
        redirect = ""
        for term in record.split()[1:]:
            if term.lower().startswith("redirect="):
                redirect = term[len("redirect=") :]
            elif "=" not in term.partition(":")[0] and self._matches(term, domain):
                return SpfVerdict(term[0] if term[0] in QUALIFIERS else "+")
        if redirect:
            self._count()
            return self._verdict_there(redirect)
        return SpfVerdict.NEUTRAL

    def _matches(self, term: str, domain: str) -> bool:
        mechanism, *prefixes = term.lstrip(QUALIFIERS).split("/", 1)
        name, _, value = mechanism.partition(":")
        name = name.lower()
        if name in ASKING:
            self._count()
        if "%" in value or name in ("ptr", "exists"):
            self.skipped.append(term)
            return False
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            return self._is_in("/".join([mechanism[len("ip4:") :], *prefixes]))
        if name == "include":
            return self._verdict_there(value) == SpfVerdict.PASS
        if name in ("a", "mx"):
            return self._is_of(name, value or domain, *prefixes)
        raise Broken(f"„{term}“ ist kein Bestandteil eines SPF-Eintrags.")

    def _verdict_there(self, domain: str) -> SpfVerdict:
        """Return what another record says; without one all is worthless (RFC 7208 §5.2, §6.1)."""
        verdict = self.verdict(domain)
        if verdict is None:
            raise Broken(
                f"Er verweist auf eine andere Domain, und „{domain}“ hat keinen SPF-Eintrag."
            )
        return verdict

    def _is_in(self, network: str) -> bool:
        try:
            return ip_address(self.address) in ip_network(network, strict=False)
        except ValueError:
            raise Broken(f"„{network}“ ist kein Netz.") from None

    def _is_of(self, name: str, host: str, prefixes: str = "") -> bool:
        """Whether the address is in the net of a host; `24//64` has one length for each kind."""
        hosts = self.names.mail_hosts(host) if name == "mx" else [host]
        if len(hosts) > MOST_QUESTIONS:
            raise Broken(TOO_MANY)
        found = [address for each in hosts if each for address in self.names.addresses(each)]
        of_4, _, of_6 = f"/{prefixes}".partition("//")
        version = ip_address(self.address).version
        length = of_4.strip("/") if version == 4 else of_6
        same = [address for address in found if ip_address(address).version == version]
        return any(self._is_in(f"{each}/{length}" if length else each) for each in same)

    def _count(self) -> None:
        self.questions += 1
        if self.questions > MOST_QUESTIONS:
            raise Broken(TOO_MANY)


def record_of(names: Names, domain: str) -> str | None:
    """Return the SPF record of `domain`, None if it has none. Raises Broken for several."""
    texts = [text for text in names.texts(domain) if is_spf(text)]
    if len(texts) > 1:
        raise Broken("Es gibt mehrere SPF-Einträge. Es darf nur einen geben.")
    return texts[0] if texts else None


def is_spf(text: str) -> bool:
    return text.lower().split(" ")[0] == "v=spf1"
