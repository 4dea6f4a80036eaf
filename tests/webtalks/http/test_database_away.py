"""What a visitor and the log see while the database cannot be reached; against gunicorn."""

import subprocess

import pytest
from django.templatetags.static import static

from tests.server import Server, free_port
from tests.webtalks.http.expected_headers import REFUSAL, SECURITY, expected


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
