"""How quick a kept page is through the shipped nginx, beside a file of the same size."""

import http.client
from statistics import median

from tests.bench.wrk import Request, measure
from tests.load.proxy import Proxy

ROUNDS = 5
FILE = "/static/css/tokens.css"
HEADERS = {"Accept-Encoding": "gzip", "Host": "localhost"}


def page_by_file(proxy: Proxy) -> float:
    """Return the throughput of the start page divided by that of the file, measured in turns."""
    (proxy.directory / f"srv/proxy{FILE}").write_bytes(start_page(proxy))
    base = f"http://127.0.0.1:{proxy.http_port}"

    def per_second(path: str) -> float:
        return measure(base, Request(path, headers=tuple(HEADERS.items())), "").per_second

    return median(per_second("/") / per_second(FILE) for _ in range(ROUNDS))


def start_page(proxy: Proxy) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http_port)
    connection.request("GET", "/", headers=HEADERS)
    page = connection.getresponse().read()
    connection.close()
    return page
