"""Kept pages: right at once after any change, for everybody the same, in bounded memory."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from events.models import Series, Topic
from tests.conftest import NOW
from tests.makers import make_talk
from tests.server import Server
from webtalks.http import page_cache
from webtalks.http.page_cache import OF_CONTENT, OVERHEAD, KeptPage, KeptPages, PageCache, pages

pytestmark = pytest.mark.django_db

SLUG = "waerme-licht-fuer-gudensberg"
KEPT = [
    "",
    "archiv/",
    "landkarte/",
    "talks/<slug:slug>/",
    "talks/<slug:slug>/termin.ics",
    "talks/<slug:slug>/aushang/",
    "talks/<slug:slug>/ortsschild.png",
    "abonnieren/",
    "einbetten/",
    "feed.xml",
    "api/talks.json",
    "sitemap.xml",
    "robots.txt",
    "kalender.ics",
    "ueber/",
    "impressum/",
    "datenschutz/",
    "barrierefreiheit/",
    "sicherheit/",
    "anmeldung/danke/",
    "anmeldung/links/verschickt/",
    "anmeldung/weitergegeben/",
    "anmeldung/geloescht/",
    "terminhinweise/danke/",
]


def patterns(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        elif entry.app_name != "admin":
            yield from patterns(entry)


def path_of(route) -> str:
    return "/" + route.replace("<slug:slug>", SLUG)


@pytest.fixture
def talk(clock):
    Series.load().save()
    return make_talk()


def test_views_that_are_kept_are_these():
    kept = {str(p.pattern) for p in patterns(get_resolver()) if hasattr(p.callback, "keeping")}

    assert kept == {*KEPT}


@pytest.mark.parametrize("route", KEPT)
def test_kept_page_is_the_page_and_costs_one_query(client, talk, route):
    fresh = client.get(path_of(route))
    with CaptureQueriesContext(connection) as queries:
        kept = client.get(path_of(route) + "?fbclid=1")

    assert fresh.status_code == 200
    assert (kept.content, kept.headers) == (fresh.content, fresh.headers)
    assert kept["Cache-Control"] == "public, max-age=60"
    (query,) = queries
    assert query["sql"] == "SELECT number FROM events_revision WHERE id = 1"


@pytest.mark.parametrize("route", KEPT)
def test_who_has_the_page_gets_304_with_the_same_protection(client, talk, route):
    page = client.get(path_of(route))

    answer = client.get(path_of(route), headers={"If-None-Match": page["ETag"]})

    assert (answer.status_code, answer.content) == (304, b"")
    # What a 304 repeats (RFC 9110 §15.4.5), and the headers of every answer.
    assert dict(answer.headers) == {
        name: value for name, value in page.headers.items() if name not in OF_CONTENT
    }


def test_refused_condition_is_an_answer_to_one_and_kept_by_nobody(client, talk):
    answer = client.get("/", headers={"If-Match": '"another"'})

    assert (answer.status_code, answer["Cache-Control"]) == (412, "no-store")
    assert "Content-Security-Policy" in answer.headers


def test_empty_search_is_led_to_the_page_without_it_however_often(client, talk):
    for path in ("/archiv/?q=", "/archiv/", "/archiv/?q="):
        assert client.get(path).status_code == (302 if path.endswith("=") else 200)


def test_address_longer_than_any_of_ours_is_not_kept(client, talk):
    before = pages.bytes
    for number in range(3):
        client.get(f"/api/talks.json?thema={number}{'a' * 4_000}")

    assert pages.bytes == before


def test_parameters_that_are_read_make_pages_of_their_own(client, talk):
    talk.topics.add(Topic.objects.create(name="Klima"))
    paths = ["/kalender.ics", "/kalender.ics?thema=klima", "/einbetten/?jahr=2025"]

    answers = [client.get(path).content for path in paths * 2]

    assert answers[:3] == answers[3:]
    assert len({*answers}) == 3


def test_search_results_and_what_is_not_found_are_not_kept(client, talk):
    for path in ("/archiv/?q=Licht", "/kalender.ics?thema=nichts", "/talks/nichts/"):
        assert "public" not in client.get(path).headers.get("Cache-Control", "")
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert len(queries) > 1


@pytest.mark.parametrize("path", ["/anmeldung/", "/anmeldung/links/", "/terminhinweise/"])
def test_page_with_a_form_is_never_kept(client, talk, path):
    first, second = client.get(path), client.get(path)

    assert "no-store" in first["Cache-Control"]
    assert first.content != second.content  # each has its own token


def test_organiser_sees_the_same_page_and_gets_no_cookie(client, talk):
    public = client.get("/")
    client.force_login(User.objects.create_superuser("orga"))

    answer = client.get("/")

    assert answer.content == public.content
    assert not answer.cookies


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse("x", status=404),
        HttpResponse("x", headers={"Cache-Control": "no-store"}),
        HttpResponse("x", headers={"Vary": "Accept, Cookie"}),
        StreamingHttpResponse([b"x"]),
    ],
)
def test_answer_that_is_not_for_everybody_never_enters(answer):
    cache = PageCache(lambda request: answer)

    assert cache(RequestFactory().get("/")) is answer
    assert pages.bytes == 0


def test_answer_with_a_cookie_never_enters():
    answer = HttpResponse("x")
    answer.set_cookie("a", "b")

    assert PageCache(lambda request: answer)(RequestFactory().get("/")) is answer
    assert pages.bytes == 0


def test_change_is_seen_at_once(client, talk):
    client.get("/")
    talk.title = "Anders & schön"
    talk.save()

    assert "Anders &amp; schön" in client.get("/").content.decode()


def test_change_that_is_taken_back_changes_nothing(client, talk):
    before = client.get("/").content
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before_change")
        talk.title = "Verworfen"
        talk.save()
        cursor.execute("ROLLBACK TO SAVEPOINT before_change")

    assert client.get("/").content == before


def test_label_flips_at_the_begin_and_the_end_of_sign_up(client, clock):
    Series.load().save()
    opens, closes = NOW + timedelta(seconds=90), NOW + timedelta(hours=5)
    make_talk(registration_opens_at=opens, registration_closes_at=closes)

    def seen(moment):
        clock.move_to(moment)
        answer = client.get("/")
        page = answer.content.decode()
        label = "Anmeldung ab" in page, "Anmeldung offen" in page, "geschlossen" in page
        return label, answer["Cache-Control"]

    not_yet, is_open, is_closed = (True, False, False), (False, True, False), (False, False, True)
    second = timedelta(seconds=1)
    assert seen(NOW) == (not_yet, "public, max-age=60")
    assert seen(opens - second) == (not_yet, "public, max-age=1")
    assert seen(opens - second / 2) == (not_yet, "public, max-age=0")
    assert seen(opens) == (is_open, "public, max-age=60")
    assert seen(closes - second) == (is_open, "public, max-age=1")
    assert seen(closes) == (is_closed, "public, max-age=60")


def test_moment_that_passes_while_a_page_is_rendered_is_not_missed(clock):
    make_talk(starts_in=timedelta(minutes=1))

    def slow(request):
        clock.shift(timedelta(minutes=2))
        return HttpResponse("gerade noch")

    PageCache(slow)(RequestFactory().get("/"))

    answer = PageCache(lambda request: HttpResponse("neu"))(RequestFactory().get("/"))
    assert answer.content == b"neu"


@pytest.mark.parametrize("header", ["evil.example", "evil.example:80", "localhost@evil.example"])
def test_forged_host_is_refused_although_the_page_is_kept(client, talk, header):
    client.get("/")

    assert client.get("/", headers={"Host": header}).status_code == 400


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


def test_memory_is_bounded_and_the_longest_unused_page_goes_first():
    edition = object()
    page = KeptPage(b"x" * (10_000 - OVERHEAD), {})
    kept = KeptPages(max_bytes=30_000)
    for name in "abc":
        kept.put(name, edition, page)
    kept.get("a", edition)
    kept.put("d", edition, page)
    kept.put("d", edition, page)
    kept.put("too big", edition, KeptPage(b"x" * 30_000, {}))

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
    """Two gunicorns that share nothing but the database."""
    one, other = Server(tmp_path, database_url), Server(tmp_path, database_url)
    one.set_up(demo=True)
    with one, other:
        yield one, other


def test_change_on_one_host_is_right_on_the_other_at_once(two_servers):
    def titles():
        # Each host has two processes; enough requests reach both.
        answers = [server.request("GET", "/")[2] for server in two_servers for _ in range(8)]
        return ["Neuer Titel" in page for page in answers]

    assert titles() == [False] * 16
    two_servers[0].shell(
        "from events.models import Talk\n"
        "talk = Talk.objects.published().awaited()[0]\n"
        "talk.title = 'Neuer Titel'\n"
        "talk.save()"
    )
    assert titles() == [True] * 16


def test_limit_of_memory_is_a_setting(settings):
    assert page_cache.pages.max_bytes == settings.PAGE_CACHE_BYTES == 32_000_000
