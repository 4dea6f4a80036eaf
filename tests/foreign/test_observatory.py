"""The MDN HTTP Observatory grades our pages behind the shipped nginx with A+, and no deduction.

It judges what browsers are told: Content-Security-Policy, cookies, CORS, HSTS, the way to https,
referrers, scripts of others, types, frames. nginx answers as in production; its certificate, which
nobody has signed, is given to the judge as one to trust.
"""

import functools
import json
import os
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.foreign.tools import node_modules, program
from tests.load.proxy import Proxy
from tests.server import Server, free_port

JUDGE = "tests/foreign/observatory.mjs"
# The pages that a browser may begin with: kept ones, one with a form, the organisers' log-in.
PATHS = ("/", "/archiv/", "/landkarte/", "/impressum/", "/anmeldung/", "/admin/login/")
BEST = "A+"


def judge(http_port: int, https_port: int, *paths: str, trusted="") -> list[dict]:
    """Return what the Observatory says of the paths at these ports of this machine."""
    modules = node_modules("@mdn/mdn-http-observatory")
    command = [program("node", "nodejs"), JUDGE, modules, "localhost"]
    done = subprocess.run(
        [*command, str(http_port), str(https_port), *paths],
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(trusted)},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


@pytest.fixture
def proxy(tmp_path, database_url):
    """Run the shipped nginx in front of a site that knows its address."""
    directories = [tmp_path / name for name in ("site", "proxy")]
    for directory in directories:
        directory.mkdir()
    proxy = Proxy(directories[1], [])
    address = f"https://localhost:{proxy.https_port}"
    server = Server(directories[0], database_url, SITE_URL=address)
    proxy.ports = [server.port]
    server.set_up(demo=True)
    with server, proxy:
        yield proxy


@pytest.fixture
def bare_server(tmp_path):
    """Run a server that says nothing of what browsers must not do, and has no https."""
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title>")
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_pages_get_the_best_grade(proxy):
    certificate = proxy.directory / "certificates" / "fullchain.pem"

    answers = judge(proxy.http_port, proxy.https_port, *PATHS, trusted=certificate)

    for answer in answers:
        print(f"{answer['grade']:2} {answer['score']}  {answer['path']}")
    assert [(each["path"], each["status"], each["grade"]) for each in answers] == [
        (path, 200, BEST) for path in PATHS
    ]
    assert [each["failed"] for each in answers] == [[]] * len(PATHS)
    points = {name: number for each in answers for name, number in each["points"].items()}
    assert [name for name, number in points.items() if number < 0] == []


def test_the_judge_takes_points_off_at_all(bare_server):
    ((answer),) = judge(bare_server.server_port, free_port(), "/")

    assert answer["grade"] == "F"
    assert answer["points"]["csp-not-implemented"] == -25
