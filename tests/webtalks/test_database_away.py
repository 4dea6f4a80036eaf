"""What a visitor and the log see while the database cannot be reached; against gunicorn."""

import subprocess

import pytest

from tests.server import Server, free_port
from webtalks.middleware import HEADERS


@pytest.fixture
def server(tmp_path):
    nobody = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    with Server(tmp_path, nobody, output=subprocess.PIPE) as server:
        yield server


def test_visitor_is_asked_to_come_back_and_the_log_names_no_token(server):
    answers = [server.request("GET", path) for path in ("/", "/meine-anmeldung/geheim.x/")]
    status, _, ready = server.request("GET", "/readyz")

    assert [code for code, _, _ in answers] == [503, 503]
    for _, headers, page in answers:
        assert headers["Retry-After"] == "5"
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert "Die Website ist gerade nicht erreichbar." in page
    assert (status, ready) == (503, '{"database": "away"}')
    server.process.terminate()
    log = server.process.communicate(timeout=30)[0]
    assert "The database cannot be used" in log
    assert "geheim" not in log
