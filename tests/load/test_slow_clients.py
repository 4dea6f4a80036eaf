"""A thousand slow clients, from 250 addresses, leave the site to everybody else."""

import contextlib
import resource
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.load.proxy import Proxy
from tests.server import Server, Visitor

SLOW, VISITS, ABREAST = 1000, 200, 2
SECONDS = 1
PAUSE = 2
HEADERS = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /anmeldung/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname="
)
# More than fits into the buffers of the kernel; cheap to answer, as slowness is what counts here.
FONT = "vendor/bricolage-grotesque-5.3.0/bricolage-grotesque-latin-wght-normal.woff2"
READ = f"GET /static/{FONT} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 4


class SlowClients:
    """Keep SLOW connections busy: headers and bodies come byte by byte, answers stay unread.

    Whoever is cut off comes again.
    """

    def __init__(self, port):
        self.port, self.over, self.sockets, self.count = port, threading.Event(), {}, 0
        self.thread = threading.Thread(target=self.run)

    def connect(self):
        kind = (HEADERS, BODY, READ)[self.count % 3]
        client = socket.socket()
        if kind is READ:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.bind((f"127.2.0.{self.count % 250 + 1}", 0))
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", self.port))
        self.sockets[client] = kind
        self.count += 1

    def go_on(self, client, kind, just_connected):
        try:
            if just_connected:
                client.send(kind)
            elif kind is READ:
                client.recv(1)
            else:
                client.send(b"a")
                client.recv(1)
                raise ConnectionError("answered or closed, so no longer slow")
        except BlockingIOError:
            pass
        except OSError:
            self.sockets.pop(client)
            client.close()

    def run(self):
        new = set()
        while not self.over.wait(PAUSE):
            for client, kind in list(self.sockets.items()):
                self.go_on(client, kind, client in new)
            before = set(self.sockets)
            for _ in range(SLOW - len(self.sockets)):
                self.connect()
            new = set(self.sockets) - before
        for client in self.sockets:
            client.close()

    def __enter__(self):
        self.thread.start()
        time.sleep(5 * PAUSE)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def seconds(port, number) -> float:
    """Return how long a visit to the start page took; a failure is longer than all."""
    begin = time.monotonic()
    visitor = Visitor(port, f"127.3.0.{number % 250 + 1}", timeout=5)
    with contextlib.suppress(OSError):
        if visitor.request("GET", "/")[0] == 200:
            return time.monotonic() - begin
    return float("inf")


def visit(port, visits) -> list[float]:
    with ThreadPoolExecutor(ABREAST) as pool:
        return list(pool.map(lambda number: seconds(port, number), range(visits)))


def share_in_time(port, visits) -> float:
    return sum(time < SECONDS for time in visit(port, visits)) / visits


@pytest.fixture
def web(tmp_path, checked):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    server = checked(Server(tmp_path))
    server.manage("migrate", "--verbosity=0")
    server.manage("load_talks", "--demo")
    with server:
        yield server
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_slow_clients_take_nothing_from_the_others(web, tmp_path):
    (tmp_path / "proxy").mkdir()
    with Proxy(tmp_path / "proxy", [web.port]) as proxy:
        visit(proxy.http_port, 10)  # both processes have begun
        with SlowClients(proxy.http_port) as slow:
            share = share_in_time(proxy.http_port, VISITS)
            held = len(slow.sockets)

    print(f"{held} slow clients: {share:.1%} of the others within {SECONDS} s")
    assert held == SLOW
    assert share >= 0.99


def test_slow_clients_stop_gunicorn_without_the_proxy(web):
    """The control: the same clients, and nobody in between."""
    visit(web.port, 10)
    with SlowClients(web.port):
        share = share_in_time(web.port, 20)

    print(f"without the proxy: {share:.1%} within {SECONDS} s")
    assert share < 0.5
