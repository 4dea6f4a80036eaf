"""Whose request it is, whatever stands in X-Forwarded-For."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from webtalks.http import visitors

DOCKER = "172.16.0.0/12,192.168.0.0/16"
DOCKERS = f"127.0.0.1,{DOCKER}"


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
            DOCKERS,
            "198.51.100.1",
        ),
        ("127.0.0.1", "192.0.2.66, 198.51.100.1", DOCKERS, "198.51.100.1"),
        # A visitor in the same network as the proxies.
        ("127.0.0.1", "172.17.0.9, 172.17.0.3", DOCKERS, "172.17.0.9"),
        # At an entry that is no address, the last proxy that we know is the answer.
        ("127.0.0.1", "Unfug", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, Unfug", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, , 172.17.0.3", DOCKERS, "172.17.0.3"),
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
        # Some proxies write the visitor's port too.
        ("127.0.0.1", "203.0.113.7:50001", "127.0.0.1", "203.0.113.7"),
        ("127.0.0.1", "[2001:db8:5::7]:50001", "127.0.0.1", "2001:db8:5::"),
        ("127.0.0.1", "[2001:db8:5::7]", "127.0.0.1", "2001:db8:5::"),
        ("127.0.0.1", "[::ffff:198.51.100.1]:1", "127.0.0.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.66:1, 198.51.100.1:2, 172.17.0.3:3", DOCKERS, "198.51.100.1"),
        ("203.0.113.9", "[2001:db8:5::7]:50001", "*", "2001:db8:5::"),
        ("203.0.113.7:50001", "", "127.0.0.1", "203.0.113.7"),
        # A port that is none, and what only looks like an address.
        ("127.0.0.1", "203.0.113.7:port", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "203.0.113:50001", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "2001:db8:5::7:50001", "127.0.0.1", "127.0.0.1"),
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


@pytest.mark.parametrize(
    ("forwarded", "trusted", "is_error"),
    [
        ("Unfug", "127.0.0.1", True),
        ("198.51.100.1, unknown", "127.0.0.1", True),
        ("", "127.0.0.1", False),
        ("198.51.100.1:443", "127.0.0.1", False),
        # What the visitor writes is nobody's fault.
        ("Unfug, 198.51.100.1", "127.0.0.1", False),
        ("Unfug", "192.0.2.1", False),
        ("Unfug", "*", True),
    ],
)
def test_word_of_a_proxy_that_cannot_be_read_is_an_error(
    client, settings, caplog, forwarded, trusted, is_error
):
    settings.TRUSTED_PROXIES = visitors.trusted_proxies(trusted)

    client.get("/healthz", headers={"X-Forwarded-For": forwarded})

    text = "X-Forwarded-For holds no address; all visitors count as the proxy"
    expected = [("ERROR", text)] if is_error else []
    assert [(line.levelname, line.getMessage()) for line in caplog.records] == expected


@pytest.mark.parametrize("port", ["", ":50001"])
@pytest.mark.django_db
def test_lock_of_one_visitor_behind_a_proxy_is_nobody_elses(client, django_user_model, port):
    django_user_model.objects.create_superuser("kim", password="ein gutes Passwort 7")

    def log_in(password, address):
        sent = {"username": "kim", "password": password}
        return client.post("/admin/login/", sent, headers={"X-Forwarded-For": address + port})

    for address, other in (("203.0.113.7", "203.0.113.8"), ("[2001:db8:5::7]", "[2001:db8:6::7]")):
        for _ in range(5):
            log_in("falsch", address)
        assert log_in("ein gutes Passwort 7", address).status_code == 429
        assert log_in("ein gutes Passwort 7", other).status_code == 302
        client.logout()
