"""Whatever is refused, the page that says so touches nothing of it: through the WSGI handler."""

import functools
import io
import re

import pytest
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.templatetags.static import static

from tests.server import Server
from tests.webtalks.addresses import addresses
from webtalks.http import error_pages
from webtalks.http.content_type import readable_type

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
CSRF_COOKIE = f"csrftoken={'a' * 32}"
OTHERS = ("/healthz", "/readyz", "/admin/login/", "/gibt/es/nicht/", "/admin/events/talk/add/")

SOMEWHERE = (*OTHERS, "/", "/anmeldung/", "/mitmachen/", "/archiv/", "/static/nichts.css")

# name: (content type, body, query string)
UNREADABLE = {
    **{
        f"charset {name}": (f"{URLENCODED}; charset={name}", b"name=M%C3%BCller", "")
        for name in ("utf-7", "utf-16", "latin-1", "idna", "hex", "zlib", "undefined", "x", "\xff")
    },
    "charset of multipart": (f"{MULTIPART}; boundary=x; charset=utf-7", b"--x--\r\n", ""),
    "charset by RFC 2231": (f"{URLENCODED}; charset*=nobody''utf-8", b"name=Kim", ""),
    "endless type": (f"{URLENCODED}; a={'b' * 20_000}", b"name=Kim", ""),
    "empty boundary and NUL": (f"{MULTIPART}; boundary=", b"x", "a=%00"),
    "NUL beside a cut multipart": (f"{MULTIPART}; boundary=x", b"--x\r\nContent-Di", "a=%00"),
    "cut multipart": (f"{MULTIPART}; boundary=x", b"--x\r\nContent-Di", ""),
    "multipart without its end": (
        f"{MULTIPART}; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nKim\r\n',
        "",
    ),
    "half a letter beside a form": (URLENCODED, b"name=%FF", "a=%C3"),
}

OF_BODIES = {"cut multipart", "multipart without its end"}


# Whoever sends these gets no further than our middleware, except where a view reads the form.
EVERYWHERE = {"charset utf-7", "cut multipart"}


@pytest.fixture
def everywhere(db, settings, tmp_path):
    """Return an example of every public address and of every kind of page of the admin."""
    settings.MEDIA_ROOT = tmp_path
    of_kind = {}
    for address in addresses():
        of_kind.setdefault(address.kind if address.in_admin else address.route, address.path)
    return [*of_kind.values(), *SOMEWHERE]


@pytest.fixture(autouse=True)
def _connection_of_the_test():
    """Keep the connection, in whose transaction the test is, as Django's test client does."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@functools.cache
def handler():
    """Return what gunicorn calls; to make it reads all static files."""
    return WSGIHandler()


def ask(path, content_type="", body=b"", query="", *, method="POST", cookie=CSRF_COOKIE):
    """Send the request as gunicorn hands it over; return status, headers and body."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": query,
        "CONTENT_TYPE": readable_type(content_type),  # as webtalks/wsgi.py does
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": cookie,
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    answer = []
    response = handler()(environ, lambda *start: answer.extend(start))
    content = b"".join(response)
    response.close()
    return int(answer[0].split()[0]), dict(answer[1]), content.decode()


def check_unreadable(paths, caplog, name):
    """Send what is unreadable to each path."""
    # Nobody reads the body of a GET.
    ways = [("POST", CSRF_COOKIE), ("POST", "")]
    if name not in OF_BODIES:
        ways.append(("GET", CSRF_COOKIE))
    for path in paths:
        if name in OF_BODIES and path.startswith("/admin/events/"):
            continue  # files are read when it is known who sends them
        for method, cookie in ways:
            status, headers, page = ask(path, *UNREADABLE[name], method=method, cookie=cookie)

            found = (path, method, status, re.findall("<h1>(.*)</h1>", page))
            assert found == (path, method, 400, ["Diese Anfrage ist nicht lesbar."])
            assert "Content-Security-Policy" in headers
            assert "Set-Cookie" not in headers
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in EVERYWHERE else pytest.mark.slow)
        for name in UNREADABLE
    ],
)
@pytest.mark.once
def test_unreadable_request_gets_our_page_at_every_address(everywhere, caplog, name):
    check_unreadable([*everywhere, static("css/site.css")], caplog, name)


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_request_gets_our_page(db, caplog, name):
    check_unreadable(SOMEWHERE, caplog, name)


@pytest.fixture
def without_static_files(tmp_path):
    """Run gunicorn as if nobody had called `collectstatic`."""
    with open(tmp_path / "log", "w+") as log:
        server = Server(tmp_path, STATIC_ROOT=str(tmp_path), WEB_CONCURRENCY="1", output=log)
        server.set_up()
        with server:
            yield server


def raw(server, path, *headers, body=""):
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *headers]
    return server.send("\r\n".join([*head, "Connection: close", "", body]).encode()).decode()


def test_gunicorn_answers_with_our_words_while_no_page_can_be_rendered(without_static_files):
    cookie = f"Cookie: {CSRF_COOKIE}"
    answers = {
        400: raw(without_static_files, "/", f"Content-Type: {URLENCODED}; charset=utf-7", cookie),
        413: raw(without_static_files, "/", f"Content-Type: {URLENCODED}", body="a" * 1_000_001),
        415: raw(without_static_files, "/", "Content-Type: application/json", cookie),
        404: raw(without_static_files, "/gibt/es/nicht/", f"Content-Type: {URLENCODED}", cookie),
        500: raw(without_static_files, "/anmeldung/", f"Content-Type: {URLENCODED}", cookie),
    }
    by_rfc_2231 = f"Content-Type: {URLENCODED}; charset*=nobody''x"

    answers[400] += raw(without_static_files, "/", by_rfc_2231)
    ready = without_static_files.request("GET", "/readyz")

    for status, answer in answers.items():
        assert answer.startswith(f"HTTP/1.1 {status} ")
        assert re.findall("<h1>(.*)</h1>", answer) in (
            [error_pages.HEADINGS[status]],
            [error_pages.HEADINGS[status]] * 2,
        )
        assert "Content-Security-Policy: default-src 'none'" in answer
    assert (ready[0], '"cannot be rendered"' in ready[2]) == (503, True)


@pytest.mark.parametrize("status", error_pages.HEADINGS)
def test_page_without_style_says_the_same_as_the_template(settings, caplog, status, db):
    whole = error_pages.error_page(None, status)
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [], "APP_DIRS": False}]

    bare = error_pages.error_page(None, status)

    headings = [re.findall("<h1>(.*)</h1>", page.content.decode()) for page in (whole, bare)]
    assert headings == [[error_pages.HEADINGS[status]]] * 2
    assert [page.status_code for page in (whole, bare)] == [status, status]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
