"""What holds for every reading page: no foreign markup, few queries, no cookie, odd addresses."""

import re
from datetime import timedelta
from html import escape, unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import FormerSlug, Material, Municipality, Series, Speaker, Talk, Topic
from tests.conftest import NOW
from tests.events.public_pages import NOT_FOUND, PAGES, get, text_of
from tests.events.upload_files import CREDIT, jpeg, upload
from tests.makers import make_talk
from webtalks.http.page_cache import pages

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


# Nothing that was typed becomes markup


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '"><img onerror>', "{{ 7|add:7 }}"]
)
def test_stored_markup_is_shown_as_it_was_typed(client, payload):
    def texts(model, **fields):
        """Return a row with the payload in every free text field."""
        values = {
            field.name: payload[: field.max_length or 99]
            for field in model._meta.fields
            if field.get_internal_type() in ("CharField", "TextField")
            and not field.choices
            and field.name not in ("source_key", "slug")
        }
        return model(**values | fields)

    texts(Series).save()
    town = texts(Municipality)
    town.save()
    topic = texts(Topic)
    topic.save()
    for number, starts_at in enumerate([NOW + DAY, NOW - DAY]):
        talk = texts(
            Talk,
            slug=f"talk-{number}",
            municipality=town,
            status="published",
            image=upload(jpeg()),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
        )
        talk.save()
        talk.topics.add(topic)
        texts(Speaker, talk=talk).save()
        texts(Material, talk=talk, url="https://vhw.de/").save()

    for path in [*PAGES, "/talks/talk-0/", "/talks/talk-1/", "/anmeldung/", "/gibt/es/nicht"]:
        html = client.get(path).content.decode()
        # As typed in the text, spelled out in the source.
        assert (path, payload in unescape(html)) == (path, True)
        if payload != escape(payload):
            assert (path, html.count(payload)) == (path, 0)
        scripts = re.findall(r"<script(?! type=\"application/ld.json\">)", html)
        assert (path, scripts, html.count("<img onerror")) == (path, [], 0)


# What a page costs and leaves behind


def fill(number: int):
    """Create `number` coming and `number` past talks with all their parts."""
    topics = [Topic.objects.create(name=f"Thema {place}") for place in range(2)]
    for place in range(number):
        for days in (place + 1, -place - 1):
            talk = make_talk(
                title=f"Talk {days}",
                town=f"Ort {days}",
                starts_in=days * DAY,
                image_credit=CREDIT,
                image=f"bilder/{'0' * 32}/600x400.jpg",
            )
            talk.topics.set(topics)
            Speaker.objects.create(talk=talk, name="Änne Groß", position=1)
            for audience in ("public", "participants"):
                Material.objects.create(
                    talk=talk, title="Folien", url="https://vhw.de/", audience=audience
                )
    Series.load().save()


# How many queries each page may make.
LIMITS = {
    "/": 5,
    "/archiv/": 5,
    "/landkarte/": 4,
    "/talks/talk-1/": 7,
    "/talks/talk-1/aushang/": 3,
    "/kalender.ics": 4,
    "/ueber/": 1,
}


# More than a list shows at once; fifty in the long run.
@pytest.mark.parametrize("many", [14, pytest.param(50, marks=pytest.mark.slow)])
def test_page_asks_the_database_as_often_for_many_talks_as_for_one(client, many):
    def count(path):
        pages.discard()
        with CaptureQueriesContext(connection) as queries:
            get(client, path)
        return len(queries)

    after_change, rebuilt = [], []
    for number in (1, 3, many):
        Talk.objects.all().delete()
        FormerSlug.objects.all().delete()
        Topic.objects.all().delete()
        fill(number)
        after_change.append({})
        rebuilt.append({})
        for path in LIMITS:
            Series.load().save()
            after_change[-1][path] = count(path)
            rebuilt[-1][path] = count(path)

    assert rebuilt == [rebuilt[0]] * 3
    assert [path for path, limit in LIMITS.items() if not 0 < rebuilt[0][path] <= limit] == []
    # Once per change and process: the next moment, the series, the archive's counts.
    assert after_change == [after_change[0]] * 3
    assert [path for path, limit in LIMITS.items() if after_change[0][path] > limit + 2] == []


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_sets_no_cookie_and_asks_for_none(client, method):
    path = make_talk().get_absolute_url()

    for page in [*PAGES, path, f"{path}termin.ics", "/kalender.ics", "/gibt/es/nicht"]:
        response = getattr(client, method)(page)
        assert (page, dict(response.cookies)) == (page, {})
        assert (page, "Cookie" in response.headers.get("Vary", "")) == (page, False)


# How a page may be asked for


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reading_pages_are_only_read(client, method):
    path = make_talk().get_absolute_url()

    for page in [*PAGES, path, f"{path}termin.ics", "/kalender.ics"]:
        response = getattr(client, method)(page)
        assert (page, response.status_code) == (page, 405)
        assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", [*PAGES[1:], "/talks/talk/", "/talks/talk/termin.ics"])
def test_addresses_end_as_they_are_written(client, path):
    make_talk(slug="talk")
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"

    response = client.get(other)

    # A missing slash is added; one too many is a mistake.
    expected = (301, path) if path.endswith("/") else (404, None)
    assert (response.status_code, response.headers.get("Location")) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/talks/Größe/",
        "/talks/" + "a" * 3000 + "/",
        "/talks/a%2Fb/",
        "/talks/..%2f..%2fetc/",
        "/talks/%27%20OR%201=1/",
        "/%F0%9F%98%80/",
        "/%ff%fe/",
        "/archiv/2025/",
        "/index.php",
    ],
)
def test_odd_addresses_are_not_found(client, path):
    make_talk()

    assert NOT_FOUND in text_of(get(client, path, 404))


@pytest.mark.parametrize(
    ("guessed", "meant"),
    [("/talks/", "/archiv/"), ("/termine/", "/"), ("/kalender/", "/abonnieren/")],
)
def test_addresses_that_people_guess_lead_on_for_good(client, guessed, meant):
    for path in (guessed, guessed.rstrip("/")):
        response = client.get(path, follow=True)
        assert response.redirect_chain[-1] == (meant, 301)
        assert response.status_code == 200


def test_missing_page_leads_to_the_talks_and_searches_them(client):
    html = get(client, "/gibt/es/nicht", 404)

    main = html[html.index("<main") : html.index("</main>")]
    assert re.findall(r'<a href="(.*?)">', main) == ["/", "/archiv/"]
    assert '<form role="search" action="/archiv/">' in main
    assert 'type="search" id="q" name="q"' in main


@pytest.mark.parametrize("query", ["?" + "a=1&" * 900, "?q=" + "ä" * 5000, "?=&&;"])
def test_odd_queries_change_nothing(client, query):
    path = make_talk().get_absolute_url()
    canonical = re.compile(r'<link rel="canonical" href="([^"]*)">')

    for page in ("/", "/archiv/", path):
        assert canonical.findall(get(client, page + query)) == [f"http://testserver{page}"]
