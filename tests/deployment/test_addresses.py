"""The proxy knows visitors by their own addresses, on which its limits and the site's rest."""

import subprocess
import sys
from ipaddress import ip_address

import pytest

from tests.deployment.engine import run, wait_for

# A visitor outside of this machine, in a network of their own: what this side and that side have.
NAME = "webtalks-visitor"
ADDRESSES = {4: ("10.219.7.1/24", "10.219.7.2/24"), 6: ("fd99:219::1/64", "fd99:219::2/64")}
HOLD = "import socket, sys; c = socket.create_connection(sys.argv[1:3]); sys.stdin.read()"


@pytest.fixture(scope="module")
def elsewhere():
    run("ip", "netns", "add", NAME)
    try:
        run("ip", "link", "add", "talks0", "type", "veth", "peer", "talks1", "netns", NAME)
        run("ip", "link", "set", "talks0", "up")
        run("ip", "-n", NAME, "link", "set", "talks1", "up")
        for here, there in ADDRESSES.values():
            no_wait = ["nodad"] if ":" in here else []
            run("ip", "address", "add", here, "dev", "talks0", *no_wait)
            run("ip", "-n", NAME, "address", "add", there, "dev", "talks1", *no_wait)
        yield
    finally:
        run("ip", "netns", "delete", NAME)


def clients(table: str) -> set[str]:
    """Return who is connected, by /proc/net/tcp or tcp6: words of four bytes, each backwards."""
    found = set()
    for line in table.splitlines():
        digits, colon, _ = (line.split() + [""] * 3)[2].partition(":")
        if colon:
            words = [digits[start : start + 8] for start in range(0, len(digits), 8)]
            raw = b"".join(bytes.fromhex(word)[::-1] for word in words)
            found.add(str(ip_address(raw)))
    return found


@pytest.mark.parametrize("version", [4, 6])
def test_visitor_is_known_by_the_own_address(elsewhere, machine, version):
    here, there = (address.partition("/")[0] for address in ADDRESSES[version])
    port = machine.settings["HTTPS_PORT"]
    look = "docker compose exec -T proxy cat /proc/net/tcp /proc/net/tcp6"

    with subprocess.Popen(
        ["ip", "netns", "exec", NAME, sys.executable, "-c", HOLD, here, port],
        stdin=subprocess.PIPE,
    ):
        wait_for(lambda: there in clients(machine.type(look)), 10)
