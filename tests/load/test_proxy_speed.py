"""How quick a page is that the shipped nginx keeps, beside a file of the same size."""

from tests.bench.proxied import page_by_file

GOAL = 0.4


def test_kept_page_is_not_much_slower_than_a_file(proxy):
    found = page_by_file(proxy)

    print(f"\nkept page / file through the proxy: {found:.2f}")
    assert found >= GOAL
