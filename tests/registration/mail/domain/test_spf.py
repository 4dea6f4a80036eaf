"""SPF as receivers read it: the examples of RFC 7208, appendix A, and what breaks a record."""

import pytest

from registration.mail.domain import spf
from registration.mail.domain.names import Names
from tests.registration.mail.domain.name_server import name_server

A = "192.0.2.10"
HOSTS = {
    ("example.com", "A"): ["192.0.2.10", "192.0.2.11"],
    ("example.com", "MX"): ["10 mail-a.example.com.", "20 mail-b.example.com."],
    ("mail-a.example.com", "A"): ["192.0.2.129"],
    ("mail-a.example.com", "AAAA"): ["2001:db8::129"],
    ("mail-b.example.com", "A"): ["192.0.2.130"],
    ("other.example", "TXT"): ['"v=spf1 ip4:203.0.113.0/24 -all"'],
    ("loop.example", "TXT"): ['"v=spf1 include:loop.example -all"'],
    ("many.example", "MX"): [f"10 mail-{number}.example." for number in range(11)],
}


def verdict(record, address):
    zone = HOSTS | {("town.example", "TXT"): ['"other text"', *(f'"{text}"' for text in record)]}
    with name_server(zone) as place:
        return spf.Evaluation(Names(place), address).verdict("town.example")


@pytest.mark.parametrize(
    ("record", "address", "expected"),
    [
        ("v=spf1 +all", "192.0.2.1", "+"),
        ("v=spf1 a:example.com -all", A, "+"),
        ("v=spf1 a:example.com -all", "192.0.2.12", "-"),
        ("v=spf1 mx:example.com ~all", "192.0.2.130", "+"),
        ("v=spf1 mx:example.com ~all", A, "~"),
        ("v=spf1 mx:example.com/30 -all", "192.0.2.131", "+"),
        ("v=spf1 mx:example.com/30 -all", "192.0.2.132", "-"),
        ("v=spf1 mx:example.com//64 -all", "2001:db8::1", "+"),
        ("v=spf1 mx:example.com//64 -all", "192.0.2.131", "-"),
        ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", "-"),
        ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", "+"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::7", "+"),
        ("v=spf1 include:other.example ?all", "203.0.113.9", "+"),
        ("v=spf1 include:other.example ?all", A, "?"),
        ("v=spf1 redirect=other.example", A, "-"),
        ("v=spf1 -ip4:192.0.2.10 a:example.com", A, "-"),
        ("v=spf1 ip4:198.51.100.1", A, "?"),
        ("V=SPF1 A:Example.com -ALL", A, "+"),
        ("v=spf1 exists:%{i}.example -all", A, "-"),
        ("v=spf1 exp=why.example unknown=yes -all", A, "-"),
    ],
)
def test_record_says_of_an_address(record, address, expected):
    assert verdict([record], address) == expected


def test_domain_without_a_record():
    assert verdict(["v=spf10 -all"], A) is None


@pytest.mark.parametrize(
    ("records", "why"),
    [
        (["v=spf1 -all", "v=spf1 mx -all"], "mehrere SPF-Einträge"),
        (["v=spf1 ip4:192.0.2.500 -all"], "„192.0.2.500“ ist kein Netz"),
        (["v=spf1 mail.example -all"], "„mail.example“ ist kein Bestandteil"),
        (["v=spf1 include:loop.example -all"], "mehr als 10"),
        (["v=spf1 mx:many.example -all"], "mehr als 10"),
        (["v=spf1 include:nowhere.example -all"], "„nowhere.example“ hat keinen SPF-Eintrag"),
        (["v=spf1 redirect=nowhere.example"], "„nowhere.example“ hat keinen SPF-Eintrag"),
    ],
)
def test_broken_record_says_why(records, why):
    with pytest.raises(spf.Broken, match=why):
        verdict(records, A)
