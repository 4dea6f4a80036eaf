"""The yardstick of kept pages answers as the site does."""

import pytest

from tests.bench.bare import application

pytestmark = pytest.mark.django_db(transaction=True)


def test_bare_function_answers_with_the_status_headers_and_bytes_of_the_site(
    live_server, client, monkeypatch
):
    monkeypatch.setenv("BENCH_SITE_PORT", live_server.url.rpartition(":")[2])
    page, found = client.get("/"), []

    def answer(**asked):
        body = application({"RAW_URI": "/"} | asked, lambda *head: found.append(head))
        return b"".join(body)

    assert answer() == page.content
    assert answer(HTTP_IF_NONE_MATCH=page["ETag"]) == b""
    (status, headers), (unchanged, _) = found
    assert (status, unchanged) == ("200 OK", "304 Not Modified")
    assert dict(headers) == dict(page.items())
