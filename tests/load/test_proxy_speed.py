"""How quick a page is that the shipped nginx keeps, beside a file of the same size."""

from tests.bench.wrk import Request, measure
from tests.load.test_proxy_pages import ask

ROUNDS = 5
GOAL = 0.4
GZIP = (("Accept-Encoding", "gzip"), ("Host", "localhost"))


def test_kept_page_is_not_much_slower_than_a_file(proxy):
    page = ask(proxy, Accept_Encoding="gzip")[2]
    file = proxy.directory / "srv/proxy/static/css/tokens.css"
    file.write_bytes(page)
    base = f"http://127.0.0.1:{proxy.http_port}"

    def ratio() -> float:
        """Return the throughput of the page divided by that of the file, measured in turns."""
        of_file = measure(base, Request("/static/css/tokens.css", headers=GZIP), "")
        of_page = measure(base, Request("/", headers=GZIP), "")
        return of_page.per_second / of_file.per_second

    middle = sorted(ratio() for _ in range(ROUNDS))[ROUNDS // 2]
    print(f"\nkept page / file through the proxy: {middle:.2f}")
    assert middle >= GOAL
