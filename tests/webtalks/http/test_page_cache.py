"""Kept pages: right after any change, for everybody the same, in bounded memory."""

import gzip
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from events.models import Series, Topic, revision
from tests.conftest import NOW
from tests.makers import make_talk
from tests.server import ROOT
from webtalks.http.page_cache import (
    OF_CONTENT,
    PageCache,
    pages,
)

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
    "vorschaubild.png",
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
    "anmeldung/adresse/geaendert/",
    "anmeldung/geloescht/",
    "terminhinweise/danke/",
    "talks/<slug:slug>/rueckmeldung/danke/",
    "talks/<slug:slug>/rueckmeldung/folie/",
    "mitmachen/danke/",
    "vortragen/",
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


def test_proxy_keeps_these_pages_alone():
    shipped = (ROOT / "webtalks/proxy/nginx.conf").read_text()
    kept_by_nginx = re.compile("|".join(re.findall(r"~(\^\S+\$) pages;", shipped)))
    every_path = {path_of(str(pattern.pattern)) for pattern in patterns(get_resolver())}

    assert {path for path in every_path if kept_by_nginx.search(path)} == {
        path_of(route) for route in KEPT
    }


@pytest.mark.once
def test_kept_page_is_the_page(client, talk):
    for path in map(path_of, KEPT):
        fresh = client.get(path)
        kept = client.get(path + "?fbclid=1")
        gzipped = client.get(path, headers={"Accept-Encoding": "br, gzip"})

        assert (path, fresh.status_code) == (path, 200)
        assert (path, kept.content, kept.headers) == (path, fresh.content, fresh.headers)
        lifetime = (kept["Cache-Control"], kept["X-Accel-Expires"])
        assert (path, *lifetime) == (path, "public, max-age=60", "5")
        assert (path, gzip.decompress(gzipped.content)) == (path, kept.content)
        of_the_form = {"ETag", "Content-Length", "Content-Encoding"}
        same = [
            {name: value for name, value in answer.items() if name not in of_the_form}
            for answer in (kept, gzipped)
        ]
        assert (path, same[0]) == (path, same[1])
        assert (path, gzipped["ETag"]) != (path, kept["ETag"])


@pytest.mark.django_db(transaction=True)
def test_kept_page_costs_no_query(client, talk, monkeypatch):
    monkeypatch.setattr(revision, "LOOK_EVERY", 60)
    for route in KEPT:
        client.get(path_of(route))

    with CaptureQueriesContext(connection) as queries:
        answers = [client.get(path_of(route)).status_code for route in KEPT]

    assert (answers, list(queries)) == ([200] * len(KEPT), [])


@pytest.mark.once
@pytest.mark.parametrize(
    ("header", "is_compressed"),
    [
        ("gzip", True),
        ("deflate, gzip;q=0.5", True),
        ("gzip;q=0.01", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("gzippy", False),
    ],
)
def test_page_is_compressed_for_whoever_understands_it(client, talk, header, is_compressed):
    answer = client.get("/", headers={"Accept-Encoding": header})

    assert answer.headers.get("Content-Encoding") == ("gzip" if is_compressed else None)
    assert answer["Vary"] == "Accept-Encoding"


@pytest.mark.once
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_who_has_the_page_gets_304_with_the_same_protection(client, talk, encoding):
    takes = {"Accept-Encoding": encoding}
    for path in map(path_of, KEPT):
        page = client.get(path, headers=takes)

        answer = client.get(path, headers=takes | {"If-None-Match": page["ETag"]})

        assert (path, answer.status_code, answer.content) == (path, 304, b"")
        # What a 304 repeats (RFC 9110 §15.4.5), and the headers of every answer.
        assert (path, dict(answer.headers)) == (
            path,
            {name: value for name, value in page.headers.items() if name not in OF_CONTENT},
        )


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
        label = "Anmeldung ab" in page, "Kostenfrei anmelden" in page, "geschlossen" in page
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
