"""What the domain name system says of a domain (RFC 1035), within seconds or not at all."""

import dns.exception
import dns.resolver

# Seconds for one question, with all its repetitions.
TIMEOUT = 4.0


class NotAnswered(Exception):
    """No name server has answered: nothing is known, and nothing is wrong."""


class Names:
    """Asks the machine's name servers, or the one at `server` (address, port)."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=server is None)
        except dns.exception.DNSException as error:  # a machine without any
            raise NotAnswered from error
        if server:
            self._resolver.nameservers, self._resolver.port = [server[0]], server[1]
        self._resolver.lifetime = TIMEOUT

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of `name`, each joined from its parts (RFC 7208 §3.3)."""
        parts = sorted(b"".join(record.strings) for record in self._ask(name, "TXT"))
        return [part.decode("ascii", "replace") for part in parts]

    def addresses(self, name: str) -> list[str]:
        """Return the IPv4 and IPv6 addresses of the host `name`."""
        return [record.address for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def mail_hosts(self, domain: str) -> list[str]:
        """Return the hosts that take mail for `domain`, the preferred first; "" is a null MX."""
        records = sorted(self._ask(domain, "MX"), key=lambda record: record.preference)
        return [record.exchange.to_text(omit_final_dot=True).strip(".") for record in records]

    def _ask(self, name: str, kind: str) -> list:
        """Return the records; none where the name or the kind is not there."""
        try:
            return list(self._resolver.resolve(name, kind, raise_on_no_answer=False))
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise NotAnswered(name) from error
