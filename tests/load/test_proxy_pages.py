"""The pages that the shipped nginx keeps, in front of two gunicorns on one database."""

import gzip
import http.client
import json
import time

import pytest
from django.templatetags.static import static

COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}
RENAME = """
from events.models import Talk
talk = Talk.objects.published().awaited()[0]
talk.title = {title!r}
talk.save()
"""


def ask(proxy, path="/", method="GET", host="localhost", **headers):
    """Return status, headers and content as bytes, asked over plain HTTP."""
    proxy.asked += 1
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http_port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Host": host} | named)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def seconds_until(is_so) -> float:
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < 30
        time.sleep(0.05)
    return time.monotonic() - begun


def logged(proxy) -> list[str]:
    return proxy.access_log.read_text().splitlines()


def asked_of_the_site(proxy) -> int:
    """Return how many requests nginx has passed on; it logs each soon after the answer."""
    seconds_until(lambda: len(logged(proxy)) == proxy.asked)
    return sum(", -: - - s" not in line for line in logged(proxy))


def test_change_is_seen_on_both_hosts_and_through_the_proxy(servers, proxy):
    def show(title, *visitors):
        return lambda: all(title.encode() in visitor() for visitor in visitors)

    hosts = [lambda server=server: server.request("GET", "/")[2].encode() for server in servers]
    through = [lambda: ask(proxy)[2], lambda: gzip.decompress(ask(proxy, **COMPRESSED)[2])]
    assert not show("Neuer Titel", *hosts, *through)()

    servers[0].shell(RENAME.format(title="Neuer Titel"))
    changed_at = time.monotonic()

    # Each host has two processes: asked often enough, both answer.
    seconds_until(show("Neuer Titel", *hosts * 8))
    assert time.monotonic() - changed_at < 2
    seconds_until(show("Neuer Titel", *through))
    assert time.monotonic() - changed_at < 7


def test_page_is_kept_by_form_and_query_for_whoever_brings_no_cookie(servers, proxy):
    plain, compressed = ask(proxy), ask(proxy, **COMPRESSED)
    begun = asked_of_the_site(proxy)

    again, head, compressed_again = ask(proxy), ask(proxy, method="HEAD"), ask(proxy, **COMPRESSED)

    assert asked_of_the_site(proxy) == begun
    assert (again[2], head[2], compressed_again[2]) == (plain[2], b"", compressed[2])
    assert gzip.decompress(compressed[2]) == plain[2]
    assert "X-Accel-Expires" not in plain[1]
    assert [answer[1]["Vary"] for answer in (plain, compressed)] == ["Accept-Encoding"] * 2
    known = ask(proxy, If_None_Match=plain[1]["ETag"])
    assert (known[0], known[2]) == (304, b"")
    assert asked_of_the_site(proxy) == begun
    ask(proxy, Cookie="csrftoken=x")
    ask(proxy, "/?fbclid=1")
    assert asked_of_the_site(proxy) == begun + 2
    found = ask(proxy, "/api/talks.json?jahr=2025")[2], ask(proxy, "/api/talks.json")[2]
    assert json.loads(found[0]) != json.loads(found[1])


@pytest.mark.parametrize(
    "path", ["/anmeldung/", "/anmeldung/links/", "/admin/login/", "/archiv/?q=Licht", "/healthz"]
)
def test_page_for_one_person_never_enters(proxy, path):
    first, second = ask(proxy, path), ask(proxy, path)

    assert first[0] == second[0]
    assert asked_of_the_site(proxy) == 2
    if "Set-Cookie" in first[1]:
        assert first[1]["Set-Cookie"] != second[1]["Set-Cookie"]


def test_foreign_host_is_refused_and_spoils_nothing(proxy):
    assert ask(proxy, host="evil.example")[0] == 400
    assert ask(proxy)[0] == 200
    assert ask(proxy, host="evil.example")[0] == 400


def test_part_of_a_file_and_the_question_for_a_change_are_answered(proxy):
    path = static("css/site.css")
    whole = ask(proxy, path)

    part = ask(proxy, path, Range="bytes=0-9")
    known = ask(proxy, path, If_None_Match=whole[1]["ETag"])

    assert (part[0], part[2]) == (206, whole[2][:10])
    assert (known[0], known[2]) == (304, b"")


def test_file_asked_for_before_outlives_its_release(servers, proxy):
    path = static("css/site.css")
    file = ask(proxy, path)[2]
    for server in servers:
        server.__exit__()

    assert (ask(proxy, path)[0], ask(proxy, path)[2]) == (200, file)
    assert ask(proxy, static("css/admin.css"))[0] == 502


def test_page_asked_for_before_outlives_the_site(servers, proxy):
    page = ask(proxy)[2]
    for server in servers:
        server.__exit__()
    time.sleep(5.5)  # older than the proxy may keep it

    assert ask(proxy)[2] == page
    refused = ask(proxy, "/ueber/")
    assert (refused[0], refused[1]["Retry-After"]) == (502, "5")
