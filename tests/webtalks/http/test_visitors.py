"""Whose request it is, whatever stands in X-Forwarded-For."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from webtalks.http import visitors

DOCKER = "172.16.0.0/12,192.168.0.0/16"


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "found"),
    [
        ("203.0.113.9", "198.51.100.1", "127.0.0.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "127.0.0.1", "198.51.100.1"),
        ("172.17.0.3", "198.51.100.1", DOCKER, "198.51.100.1"),
        ("10.0.0.3", "198.51.100.1", DOCKER, "10.0.0.3"),
        ("2001:db8:1:2::2", "198.51.100.1", DOCKER, "2001:db8:1:2::"),
        # The list is read back through our own proxies, and no further.
        (
            "127.0.0.1",
            "192.0.2.66, 198.51.100.1, 172.17.0.3",
            f"127.0.0.1,{DOCKER}",
            "198.51.100.1",
        ),
        ("127.0.0.1", "192.0.2.66, 198.51.100.1", f"127.0.0.1,{DOCKER}", "198.51.100.1"),
        # A visitor in the same network as the proxies.
        ("127.0.0.1", "172.17.0.9, 172.17.0.3", f"127.0.0.1,{DOCKER}", "172.17.0.9"),
        # At an entry that is no address, the last proxy that we know is the answer.
        ("127.0.0.1", "Unfug", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, Unfug", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, , 172.17.0.3", f"127.0.0.1,{DOCKER}", "172.17.0.3"),
        ("127.0.0.1", "Unfug, 198.51.100.1", "127.0.0.1", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "," * 5000, "127.0.0.1", "127.0.0.1"),
        # `*` trusts whoever connects, but no entry before theirs.
        ("203.0.113.9", "198.51.100.1", "*", "198.51.100.1"),
        ("203.0.113.9", "192.0.2.66, 198.51.100.1", "*", "198.51.100.1"),
        ("203.0.113.9", "", "*", "203.0.113.9"),
        # A Unix socket has no address.
        ("", "198.51.100.1", "*", "198.51.100.1"),
        ("", "198.51.100.1", "127.0.0.1", None),
        ("", "", "*", None),
        # One office is one network. An IPv4 address that is written as IPv6 stays what it is.
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "127.0.0.1", "2001:db8:1:2::"),
        ("127.0.0.1", "fe80::1%eth0", "127.0.0.1", "fe80::"),
        ("::ffff:127.0.0.1", "::ffff:198.51.100.1", "127.0.0.1", "198.51.100.1"),
    ],
)
def test_network_of_the_visitor(rf, settings, peer, forwarded, trusted, found):
    settings.TRUSTED_PROXIES = visitors.trusted_proxies(trusted)
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    assert visitors.network(request) == found


def test_every_request_knows_its_visitor(client):
    response = client.get("/healthz", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.1"})

    assert response.wsgi_request.visitor == "198.51.100.1"


def test_proxies_are_addresses_or_networks():
    assert visitors.trusted_proxies("127.0.0.1, 10.0.0.0/8,::1") == [
        "127.0.0.1",
        "10.0.0.0/8",
        "::1",
    ]
    with pytest.raises(ImproperlyConfigured, match="„nginx“ ist weder Adresse noch Netz"):
        visitors.trusted_proxies("nginx")
