"""The same refusals by the real server, over raw sockets, with an eye on its memory."""

import re
import socket
import time
from pathlib import Path

import pytest

from tests.server import Server

MB = 1024 * 1024
FORM = "POST /anmeldung/ HTTP/1.1\r\nHost: localhost\r\n"
URLENCODED = "Content-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
CLOSE = "Connection: close\r\n"
FILE = "Content-Type: multipart/form-data; boundary=x\r\n"
GET = "GET {} HTTP/1.1\r\nHost: localhost\r\n{}Connection: close\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("served"))
    server.manage("migrate", "--verbosity=0")
    with server:
        yield server


def memory(server) -> int:
    """Return the bytes that gunicorn and its workers hold."""
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = "".join(Path(f"/proc/{each}/status").read_text() for each in [pid, *children])
    return 1024 * sum(map(int, re.findall(r"VmRSS:\s+(\d+) kB", status)))


def talk(server, *parts) -> bytes:
    """Send the parts as far as the server takes them; return what it answers."""
    with socket.create_connection(("localhost", server.port), timeout=20) as connection:
        try:
            for part in parts:
                connection.sendall(part if isinstance(part, bytes) else part.encode("latin-1"))
        except OSError:
            pass  # it has answered and hung up
        answer = b""
        try:
            while data := connection.recv(65536):
                answer += data
        except ConnectionResetError:
            pass
        return answer


def test_length_alone_is_enough_to_refuse(server):
    began = time.monotonic()

    answer = talk(server, FORM + URLENCODED + CLOSE + f"Content-Length: {10 * MB}\r\n\r\nname=a")

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert "<h1>Das ist zu groß.</h1>".encode() in answer
    assert b"content-security-policy: default-src 'none'" in answer.lower()
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("size", [10, 200])
@pytest.mark.parametrize("head", [URLENCODED, FILE], ids=["form", "file"])
@pytest.mark.parametrize("kind", ["length", "chunks"])
def test_large_body_costs_neither_memory_nor_time(server, size, head, kind):
    before, began = memory(server), time.monotonic()
    if kind == "length":
        start, block = f"Content-Length: {size * MB}\r\n\r\n", b"a" * MB
    else:
        start, block = CHUNKED + "\r\n", b"100000\r\n%s\r\n" % (b"a" * MB)

    answer = talk(server, FORM + head + start, *[block] * size, b"0\r\n\r\n")

    # Who still sends may find the connection closed before the answer can be read.
    assert answer == b"" or answer.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 400 "))
    assert time.monotonic() - began < 20
    assert memory(server) - before < 8 * MB
    assert server.request("GET", "/healthz")[0] == 200


def test_small_chunks_get_an_answer(server):
    answer = talk(
        server,
        FORM + URLENCODED + CHUNKED + CLOSE + "\r\n",
        "4\r\nname\r\n0\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<h1>Diese Anfrage ist nicht lesbar.</h1>" in answer


# name: (what is sent, statuses that are right, whether the page is ours)
RAW = {
    "raw bytes in the query": (GET.format("/archiv/?q=\xff", ""), {400}, False),
    "escaped bytes in the query": (GET.format("/archiv/?q=%ff", ""), {400}, True),
    "NUL in the query": (GET.format("/archiv/?q=%00", ""), {400}, True),
    "NUL in the path": (GET.format("/talks/%00/", ""), {400}, True),
    "escaped bytes in the path": (GET.format("/talks/%ff%fe/", ""), {404}, True),
    "raw bytes in the path": (GET.format("/talks/\xff/", ""), {400, 404}, False),
    "raw bytes in a cookie": (GET.format("/", "Cookie: a=\xff\r\n"), {400}, True),
    "a cookie that is none": (GET.format("/", "Cookie: ;;=;,\r\n"), {200}, True),
    "a foreign host": (GET.format("/", "").replace("localhost", "evil.example"), {400}, True),
    "JSON": (
        FORM
        + "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        {415},
        True,
    ),
    "half a body": (
        FORM + FILE + "Content-Length: 100\r\n\r\n--x\r\n",
        {400, 403},
        True,
    ),
    "a length that is none": (FORM + URLENCODED + "Content-Length: viel\r\n\r\n", {400}, False),
    "a negative length": (FORM + URLENCODED + "Content-Length: -1\r\n\r\n", {400}, False),
    "two lengths": (
        FORM + URLENCODED + "Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
        {400},
        False,
    ),
    "length and chunks": (
        FORM + URLENCODED + CHUNKED + "Content-Length: 4\r\n\r\n0\r\n\r\n",
        {400},
        False,
    ),
    "a broken chunk": (
        FORM + URLENCODED + CHUNKED + "\r\nzz\r\n",
        {400},
        False,
    ),
    "an endless line": (GET.format("/" + "a" * 20_000, ""), {400, 414}, False),
    "an endless header": (GET.format("/", f"X-A: {'a' * 20_000}\r\n"), {400, 431}, False),
    "two hundred headers": (GET.format("/", "X-A: a\r\n" * 200), {400, 431}, False),
    "no request at all": ("Unfug\r\n\r\n", {400}, False),
    "a request from the future": ("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", {400, 505}, False),
}


@pytest.mark.parametrize("name", RAW)
def test_nonsense_is_refused_and_the_server_lives(server, name):
    sent, statuses, is_ours = RAW[name]

    with socket.create_connection(("localhost", server.port), timeout=20) as connection:
        connection.sendall(sent.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)  # there is no more to come
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert int(answer.split(b" ", 2)[1]) in statuses
    assert (b'<html lang="de">' in answer) >= is_ours
    assert server.request("GET", "/healthz")[0] == 200
