"""What nginx passes on, replaces, refuses and logs, with the configuration that we ship."""

import contextlib
import http.client
import http.server
import json
import re
import ssl
import threading
import time

import pytest

from tests.load.proxy import Proxy
from webtalks.http.headers import HEADERS

TOKEN = "geheimes-token"
# What ResponseHeaders sends over TLS (tests/test_image.py compares them).
HSTS = {"Strict-Transport-Security": "max-age=31536000"}


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked, and with the header in `self.server.extra`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        size = int(self.headers["Content-Length"] or 0)
        body = self.rfile.read(size)
        asked = {"path": self.path, "headers": self.headers.items(), "size": len(body)}
        self.server.asked.append(self.command)
        if self.server.cuts_off:
            self.close_connection = True
            return
        answer = json.dumps(asked).encode()
        self.send_response(404 if self.path in self.server.unknown else 200)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture
def echoes():
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in range(2)]
    threads = [threading.Thread(target=server.serve_forever, args=[0.01]) for server in servers]
    for server, thread in zip(servers, threads, strict=True):
        server.asked, server.cuts_off, server.unknown = [], False, set()
        thread.start()
    yield servers
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def proxy(tmp_path, echoes):
    with Proxy(tmp_path, [server.server_port for server in echoes]) as proxy:
        yield proxy


def ask(proxy, method, path, body=None, headers=None, tls=True):
    """Return status, headers as a list of pairs, and body."""
    trusting = ssl.create_default_context(cafile=proxy.directory / "certificates/fullchain.pem")
    connection = (
        http.client.HTTPSConnection("localhost", proxy.https_port, timeout=10, context=trusting)
        if tls
        else http.client.HTTPConnection("localhost", proxy.http_port, timeout=10)
    )
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, answer.getheaders(), content


@pytest.mark.parametrize(("tls", "scheme"), [(True, "https"), (False, "http")])
def test_what_clients_say_of_themselves_is_replaced(proxy, tls, scheme):
    lies = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "https" if scheme == "http" else "http",
        "X-Forwarded-Ssl": "on",
        "X-Forwarded-Protocol": "ssl",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
    }

    _, _, content = ask(proxy, "GET", "/x?y=%C3%A4", headers=lies | {"Host": "a.de:1"}, tls=tls)

    asked = json.loads(content)
    assert asked["path"] == "/x?y=%C3%A4"
    assert sorted(map(tuple, asked["headers"])) == [
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
        ("Host", "a.de:1"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Proto", scheme),
    ]


def test_headers_of_the_site_pass_untouched(proxy):
    status, headers, _ = ask(proxy, "GET", "/")

    expected = {**HEADERS, "Content-Security-Policy": "default-src 'none'"}
    assert status == 200
    assert sorted(pair for pair in headers if pair[0] in expected) == sorted(expected.items())


@pytest.mark.parametrize(
    ("method", "path", "size", "status"),
    [
        ("POST", "/anmeldung/", 1_000_000, 200),
        ("POST", "/anmeldung/", 1_100_000, 413),
        ("POST", "/admin/events/talk/add/", 46 * 2**20, 200),
        ("POST", "/admin/events/talk/add/", 51 * 2**20, 413),
        ("GET", "/" + "a" * 5000, 0, 414),
    ],
)
def test_size_is_limited(proxy, method, path, size, status):
    answer, _, content = ask(proxy, method, path, b"a" * size)

    assert answer == status
    assert ("Kleinstadt Web-Talks" in content) == (status != 200)


def test_own_pages_are_german_and_carry_the_headers(proxy, echoes, settings):
    for server in echoes:
        server.cuts_off = True

    status, headers, content = ask(proxy, "GET", "/")

    assert status == 502
    assert "Die Website ist gerade nicht erreichbar." in content
    csp = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())
    expected = {**HEADERS, "Content-Security-Policy": csp, "Retry-After": "5", **HSTS}
    assert sorted(pair for pair in headers if pair[0] in expected) == sorted(expected.items())
    # Over plain HTTP nobody may say it (RFC 6797, section 7.2).
    _, headers, _ = ask(proxy, "GET", "/", tls=False)
    assert HSTS.keys().isdisjoint(dict(headers))
    for name in ("tokens", "site"):
        status, headers, _ = ask(proxy, "GET", f"/static/css/{name}.css")
        assert (status, dict(headers)["Content-Type"]) == (200, "text/css; charset=utf-8")


def test_form_is_never_sent_twice(proxy, echoes):
    for server in echoes:
        server.cuts_off = True

    assert ask(proxy, "POST", "/anmeldung/", b"a=b")[0] == 502
    assert sum((server.asked for server in echoes), []) == ["POST"]


def test_page_is_asked_of_the_other_one(proxy, echoes):
    echoes[0].cuts_off = True

    assert {ask(proxy, "GET", "/")[0] for _ in range(4)} == {200}
    assert echoes[0].asked != []


def test_static_file_of_one_release_is_asked_of_the_other_one(proxy, echoes):
    """While one of two is exchanged, each knows only what its own release has collected."""
    new, old, gone = (f"/static/css/site.{name}.css" for name in ("new", "old", "gone"))
    echoes[0].unknown, echoes[1].unknown = {new, gone, "/talks/x/"}, {old, gone}

    asked = {path: {ask(proxy, "GET", path)[0] for _ in range(4)} for path in (new, old, gone)}
    pages = [ask(proxy, "GET", "/talks/x/")[0] for _ in range(4)]

    assert asked == {new: {200}, old: {200}, gone: {404}}
    # A page that one of them does not have is asked once.
    assert sorted(pages) == [200, 200, 404, 404]
    assert {ask(proxy, "GET", "/")[0] for _ in range(4)} == {200}


def test_form_goes_to_the_other_one_where_nobody_listens(proxy, echoes):
    echoes[0].shutdown()  # while it still waits for somebody, its port would stay open
    echoes[0].server_close()

    assert {ask(proxy, "POST", "/anmeldung/", b"a=b")[0] for _ in range(4)} == {200}
    assert echoes[1].asked == ["POST"] * 4


def test_logs_hold_no_token_and_no_address(proxy, echoes):
    paths = [
        f"/meine-anmeldung/{TOKEN}/",
        f"/meine%2Danmeldung/{TOKEN}/",
        f"//bestaetigen/{TOKEN}",
        f"/talks/x/?vorschau={TOKEN}",
        f"/{TOKEN.upper()}",
    ]
    for path in paths:
        ask(proxy, "GET", path, headers={"Referer": f"https://x/{TOKEN}", "User-Agent": TOKEN})
    for server in echoes:
        server.cuts_off = True
    ask(proxy, "POST", paths[0], b"a=b")
    ask(proxy, "POST", paths[0], b"a" * 1_100_000)

    deadline = time.monotonic() + 10  # a refused body is read to its end before it is logged
    lines = []
    while len(lines) < len(paths) + 2 and time.monotonic() < deadline:
        lines = proxy.access_log.read_text().splitlines()
    assert [re.sub(r"^\S+ | B .*$", "", line) for line in lines][-2:] == [
        f"POST /meine-anmeldung {status} {size}"
        for status, size in (
            (502, (proxy.directory / "srv/proxy/errors/503.html").stat().st_size),
            (413, (proxy.directory / "srv/proxy/errors/413.html").stat().st_size),
        )
    ]
    assert len(lines) == len(paths) + 2
    logged = proxy.access_log.read_text() + proxy.error_log.read_text()
    assert TOKEN not in logged.lower()
    assert " 127.0.0.1 " not in logged


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
@pytest.mark.parametrize(
    ("version", "is_spoken"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)]
)
def test_tls_begins_with_1_2(proxy, version, is_spoken):
    context = ssl.create_default_context(cafile=proxy.directory / "certificates/fullchain.pem")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    connection = http.client.HTTPSConnection("localhost", proxy.https_port, context=context)
    # The refusal is the server's own: the client would have spoken it.
    alert = pytest.raises(ssl.SSLError, match="TLSV1_ALERT_PROTOCOL_VERSION")
    with contextlib.closing(connection), contextlib.nullcontext() if is_spoken else alert:
        connection.connect()
        assert is_spoken
