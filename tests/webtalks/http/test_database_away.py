"""What a visitor and the log see while the database cannot be reached; against gunicorn."""

import subprocess
import time

import pytest
from django.templatetags.static import static

from tests.postgres import cluster
from tests.server import Server, free_port
from tests.webtalks.http.expected_headers import REFUSAL, SECURITY, expected


@pytest.fixture
def own_cluster():
    with cluster() as database:
        yield database


def ask(server, *paths):
    """Return status and Cache-Control of each, asked again and again."""
    answers = [[server.request("GET", path)[:2] for _ in range(12)] for path in paths]
    return [
        {(status, headers.get("Cache-Control")) for status, headers in asked} for asked in answers
    ]


def test_last_pages_are_shown_while_the_database_is_away(tmp_path, own_cluster):
    site = Server(tmp_path, own_cluster.url, WEB_CONCURRENCY="1")
    site.manage("migrate", "--verbosity=0")
    paths = ["/", "/ueber/", "/anmeldung/", "/healthz", "/readyz"]
    with site:
        assert ask(site, "/") == [{(200, "public, max-age=60")}]
        own_cluster.stop()
        time.sleep(1)
        away = ask(site, *paths)
        own_cluster.start()
        time.sleep(2)
        back = ask(site, *paths[:2])

    refused = {(503, "no-store")}
    assert away[:3] == [{(200, "public, max-age=0")}, refused, refused]
    assert [{status for status, _ in asked} for asked in away[3:]] == [{200}, {503}]
    assert back == [{(200, "public, max-age=60")}] * 2


@pytest.fixture
def server(tmp_path):
    nobody = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    with Server(tmp_path, nobody, output=subprocess.PIPE) as server:
        yield server
    server.process.stdout.close()


# What gunicorn adds to each answer.
GUNICORNS = {"Server": "gunicorn", "Connection": "keep-alive"}

OF_A_STYLE_SHEET = ("Content-Type", "Cache-Control", "Vary", "ETag", "Last-Modified")


def whole(headers) -> dict:
    """Return all headers that came over the wire, but for clock and transport."""
    transport = ("Date", "Content-Length", "Transfer-Encoding", "Expires")
    return {name: value for name, value in headers.items() if name not in transport}


def test_visitor_is_asked_to_come_back_and_the_log_names_no_token(server):
    answers = [
        server.request("GET", path)
        for path in ("/", "/meine-anmeldung/geheim.x/", "/gibt/es/nicht")
    ]
    status, _, ready = server.request("GET", "/readyz")

    assert [code for code, _, _ in answers] == [503, 503, 503]
    for _, headers, page in answers:
        assert whole(headers) == GUNICORNS | expected(REFUSAL | {"Retry-After": "5"})
        assert "Die Website ist gerade nicht erreichbar." in page
    assert (status, ready) == (503, '{"database": "away"}')
    server.process.terminate()
    log = server.process.communicate(timeout=30)[0]
    assert "The database cannot be used" in log
    assert "geheim" not in log


def test_headers_arrive_whole_and_alone(server):
    style_sheet = server.request("GET", static("css/site.css"))
    health = server.request("GET", "/healthz")

    assert [answer[0] for answer in (style_sheet, health)] == [200, 200]
    health_headers = expected("health")
    del health_headers["Expires"]
    assert whole(health[1]) == GUNICORNS | health_headers
    security = {name: style_sheet[1][name] for name in SECURITY}
    assert security == SECURITY
    assert {*whole(style_sheet[1])} == {*GUNICORNS, *SECURITY, *OF_A_STYLE_SHEET}
