"""Kept pages among threads, processes and hosts, and the memory that they take."""

import time

import pytest

from events.models import revision
from tests.server import Server
from webtalks.http import page_cache
from webtalks.http.page_cache import OVERHEAD, KeptPage, KeptPages, Representation

pytestmark = pytest.mark.django_db

STAMPEDE = """
import threading, time
from django.http import HttpResponse
from django.test import RequestFactory
from webtalks.http.page_cache import PageCache
begun, rendered, answers = threading.Barrier(8), [], []
def slow(request):
    rendered.append(request.path)
    time.sleep(0.2)
    return HttpResponse("x")
def ask():
    begun.wait()
    request = RequestFactory().get("/", headers={"host": "localhost"})
    answers.append(PageCache(slow)(request).content)
threads = [threading.Thread(target=ask) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(rendered, answers == [b"x"] * 8)
"""


def test_page_renders_once_however_many_ask_at_once(tmp_path, database_url):
    site = Server(tmp_path, database_url)
    site.set_up()

    assert site.shell(STAMPEDE) == "['/'] True"


def kept_page(size) -> KeptPage:
    return KeptPage(Representation(b"x" * (size - 10), {}), Representation(b"x" * 10, {}))


def test_memory_is_bounded_and_the_longest_unused_page_goes_first():
    edition = object()
    page = kept_page(10_000 - OVERHEAD)
    kept = KeptPages(max_bytes=30_000)
    for name in "abc":
        kept.put(name, edition, page)
    kept.get("a", edition)
    kept.put("d", edition, page)
    kept.put("d", edition, page)
    kept.put("too big", edition, kept_page(30_000))

    assert {name: kept.get(name, edition) for name in "abcd"} == {
        "a": page,
        "b": None,
        "c": page,
        "d": page,
    }
    assert (kept.bytes, kept.get("too big", edition)) == (30_000, None)
    kept.put("e", object(), page)
    assert (kept.bytes, kept.get("a", edition)) == (10_000, None)


@pytest.fixture
def two_servers(tmp_path, database_url):
    """Two gunicorns that share nothing but the database; the first has two processes."""
    one = Server(tmp_path, database_url)
    other = Server(tmp_path, database_url, WEB_CONCURRENCY="1")
    one.set_up()
    one.shell("from tests.makers import make_talk\nmake_talk()")
    with one, other:
        yield one, other


def test_change_on_one_host_is_right_on_the_other_after_a_second(two_servers):
    def titles():
        # Enough requests reach both processes of the first.
        answers = [server.request("GET", "/")[2] for server in two_servers for _ in range(8)]
        return ["Neuer Titel" in page for page in answers]

    assert titles() == [False] * 16
    two_servers[0].shell(
        "from events.models import Talk\n"
        "talk = Talk.objects.published().awaited()[0]\n"
        "talk.title = 'Neuer Titel'\n"
        "talk.save()"
    )
    time.sleep(revision.LOOK_EVERY)
    assert titles() == [True] * 16


def test_limit_of_memory_is_a_setting(settings):
    assert page_cache.pages.max_bytes == settings.PAGE_CACHE_BYTES == 32_000_000
