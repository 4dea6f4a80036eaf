"""The reading pages: what stands on them, what they cost, and what they never show."""

import re
from datetime import date, timedelta
from html import escape, unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Material, Municipality, Series, Speaker, Talk, Topic
from events.views import PERIODS
from tests.conftest import NOW
from tests.events.uploads import jpeg, upload
from tests.makers import TITLE, make_talk
from webtalks import settings as project_settings
from webtalks.pagecache import pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
PAGES = [
    "/",
    "/archiv/",
    "/landkarte/",
    "/abonnieren/",
    "/ueber/",
    "/impressum/",
    "/datenschutz/",
    "/barrierefreiheit/",
]
NOT_FOUND = "Diese Seite gibt es nicht."
SIGN_UP = "/anmeldung/?talk="
CREDIT = "© Stadt Größenau/Änne Groß"


def get(client, path, status=200) -> str:
    response = client.get(path)
    assert (path, response.status_code) == (path, status)
    return response.content.decode()


def text_of(html: str) -> str:
    """Return what a reader sees of `html`, in one line."""
    main = re.search(r"<main.*?</main>", html, re.DOTALL).group()
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def title_of(html: str) -> str:
    return unescape(re.search(r"<title>(.*?)</title>", html, re.DOTALL).group(1))


def talk_page(client, **fields) -> str:
    return get(client, make_talk(**fields).get_absolute_url())


# Each page


@pytest.mark.parametrize(
    ("path", "title", "heading"),
    [
        (
            "/",
            "Kleinstadt Web-Talks – Wie gestalten kleine Städte Zukunft?",
            "Wie gestalten kleine Städte Zukunft?",
        ),
        ("/archiv/", "Archiv – Kleinstadt Web-Talks", "Archiv"),
        ("/ueber/", "Über die Reihe – Kleinstadt Web-Talks", "Über die Reihe"),
        ("/impressum/", "Impressum – Kleinstadt Web-Talks", "Impressum"),
        ("/datenschutz/", "Datenschutz – Kleinstadt Web-Talks", "Datenschutz"),
        (
            "/barrierefreiheit/",
            "Barrierefreiheit – Kleinstadt Web-Talks",
            "Erklärung zur Barrierefreiheit",
        ),
        (
            "/talks/waerme-licht-fuer-gudensberg/",
            f"{TITLE} – Kleinstadt Web-Talks",
            TITLE,
        ),
    ],
)
def test_page_has_its_title_and_one_heading(client, path, title, heading):
    make_talk()

    html = get(client, path)

    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert (title_of(html), [unescape(text) for text in headings]) == (title, [heading])


def test_start_page_shows_the_next_talk_the_coming_ones_and_the_last_three(client):
    talks = {
        name: make_talk(title=f'{name} & "ä"', starts_in=days * DAY)
        for name, days in {
            "übernächster": 40,
            "nächster": 20,
            "letzter": -1,
            "vorletzter": -2,
            "drittletzter": -3,
            "viertletzter": -4,
        }.items()
    }

    response = client.get("/")

    assert response.context["next_talk"] == talks["nächster"]
    assert response.context["upcoming"] == [talks["nächster"], talks["übernächster"]]
    assert list(response.context["archive"]) == [
        talks["letzter"],
        talks["vorletzter"],
        talks["drittletzter"],
    ]
    text = text_of(response.content.decode())
    seen = re.findall(r'(\w+) & "ä"', text)
    assert list(dict.fromkeys(seen)) == [
        "nächster",
        "übernächster",
        "letzter",
        "vorletzter",
        "drittletzter",
    ]


def test_start_page_names_day_time_speaker_town_and_state(client):
    make_talk(capacity=10, seats_taken=9)

    text = text_of(get(client, "/"))

    for words in (
        "Mittwoch, 26. November 2025, 9–10 Uhr",
        "26 Nov 2025",
        "Sina Massow, Bürgermeisterin der Stadt Gudensberg",
        "Gudensberg Hessen",
        "Nur noch wenige Plätze",
        "Kostenfrei anmelden",
    ):
        assert words in text


def test_start_page_passes_over_what_does_not_take_place_as_next_talk(client):
    make_talk(title="Fällt aus", status="cancelled", starts_in=DAY)
    make_talk(title="Neuer Termin offen", status="postponed", starts_in=2 * DAY)
    nearest = make_talk(title="Findet statt", starts_in=3 * DAY)

    response = client.get("/")

    assert response.context["next_talk"] == nearest
    assert len(response.context["upcoming"]) == 3
    assert response.content.decode().count(SIGN_UP) == 2


def test_start_page_says_that_a_talk_is_running(client):
    make_talk(starts_in=-timedelta(minutes=30))

    html = get(client, "/")

    assert "Läuft gerade" in text_of(html)
    assert SIGN_UP not in html


def test_pages_without_any_talk(client):
    texts = {path: text_of(get(client, path)) for path in ("/", "/archiv/", "/anmeldung/")}

    assert "Zurzeit ist kein neuer Termin angekündigt." in texts["/"]
    assert "Sobald ein neuer Termin feststeht, finden Sie ihn hier." in texts["/"]
    assert "Aus dem Archiv" not in texts["/"]
    assert "Noch hat kein Talk stattgefunden." in texts["/archiv/"]
    assert title_of(get(client, "/anmeldung/")) != ""


def test_archive_shows_what_took_place_the_newest_first(client):
    for name, fields in {
        "alt": {"starts_in": -30 * DAY},
        "neu": {"starts_in": -DAY},
        "eben zu Ende": {"starts_in": -timedelta(hours=1)},
        "läuft": {"starts_in": -timedelta(minutes=59)},
        "kommt": {},
        "abgesagt": {"starts_in": -DAY, "status": "cancelled"},
        "verschoben": {"starts_in": -DAY, "status": "postponed"},
        "Entwurf": {"starts_in": -DAY, "status": "draft"},
        "später": {"starts_in": -DAY, "publish_at": NOW + DAY},
    }.items():
        make_talk(title=name, **fields)

    response = client.get("/archiv/")

    assert [talk.title for talk in response.context["page"].talks] == [
        "eben zu Ende",
        "neu",
        "alt",
    ]
    assert re.findall(r"<h3><a [^>]*>(.*?)</a>", response.content.decode()) == [
        "eben zu Ende",
        "neu",
        "alt",
    ]


# One talk, before and after


def test_page_of_a_coming_talk(client):
    talk = make_talk(subtitle='Das "Beispiel" & mehr', recap="Noch geheim.")
    for position, name in enumerate(["Wärme", "Licht & Luft"]):
        talk.topics.add(Topic.objects.create(name=name, pk=900 + position))
    Material.objects.create(talk=talk, title="Folien", url="https://vhw.de/?a=1&b=2")
    Material.objects.create(
        talk=talk, title="Geheim", url="https://x.de/", audience="participants"
    )

    html = get(client, talk.get_absolute_url())

    text = text_of(html)
    for words in (
        'Das "Beispiel" & mehr',
        "Erster Absatz. Zweiter Absatz.",
        "Referentin Sina Massow Bürgermeisterin der Stadt Gudensberg",
        "Anmeldung offen",
        "Folien (Link)",
    ):
        assert words in text
    assert "Noch geheim." not in text
    assert "Geheim" not in text
    assert re.search(r"Themen: (Licht & Luft , Wärme|Wärme , Licht & Luft)", text)
    assert '<a href="https://vhw.de/?a=1&amp;b=2">Folien</a>' in html
    assert f'href="{SIGN_UP}waerme-licht-fuer-gudensberg"' in html
    assert 'datetime="2025-11-26T09:00:00+01:00"' in html
    assert "/talks/waerme-licht-fuer-gudensberg/termin.ics" in html


def test_page_of_a_past_talk_shows_the_recap_instead_of_the_announcement(client):
    html = talk_page(client, starts_in=-DAY, recap="So war es.\n\nUnd so.")

    text = text_of(html)
    assert "Dieser Talk hat am Dienstag, 4. November 2025 stattgefunden." in text
    assert "So war es. Und so." in text
    assert "Erster Absatz." not in text
    assert SIGN_UP not in html


def test_page_of_a_past_talk_without_recap_keeps_the_announcement(client):
    assert "Erster Absatz." in text_of(talk_page(client, starts_in=-DAY))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "cancelled"}, "Dieser Talk ist abgesagt."),
        (
            {"status": "postponed"},
            "Dieser Talk ist verschoben. Der neue Termin steht noch nicht fest.",
        ),
        ({"starts_in": -timedelta(minutes=1)}, "Dieser Talk läuft gerade."),
        ({"capacity": 1, "seats_taken": 1, "waiting_list": False}, "Ausgebucht"),
        ({"registration_opens_at": NOW + DAY}, "Anmeldung ab 6."),
        ({"registration_closes_at": NOW}, "Anmeldung geschlossen"),
    ],
)
def test_talk_that_cannot_be_booked_says_so_and_has_no_link_to_the_form(client, fields, words):
    html = talk_page(client, **fields)

    assert words in text_of(html)
    assert TITLE in text_of(html)
    assert SIGN_UP not in html


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ({}, "Kostenfrei anmelden"),
        ({"capacity": 1, "seats_taken": 1}, "Auf die Warteliste"),
    ],
)
def test_talk_that_can_be_booked_leads_to_the_form(client, fields, action):
    html = talk_page(client, slug="talk", **fields)

    assert re.findall(rf'href="{re.escape(SIGN_UP)}([^"]*)">([^<]*)<', html) == [("talk", action)]


@pytest.mark.parametrize(
    "fields",
    [{"status": "draft"}, {"publish_at": NOW + timedelta(microseconds=1)}, {"slug": "anders"}],
    ids=["draft", "later", "unknown"],
)
def test_talk_nobody_may_see_is_not_found_anywhere(client, fields):
    make_talk(**{"slug": "talk"} | fields)

    html = get(client, "/talks/talk/", 404)

    assert (title_of(html), NOT_FOUND in text_of(html)) == (
        f"{NOT_FOUND} – Kleinstadt Web-Talks",
        True,
    )
    if "slug" not in fields:
        assert [path for path in PAGES if "Gudensberg" in get(client, path)] == []


def test_talk_shows_up_at_the_moment_it_is_published(client, clock):
    make_talk(slug="talk", publish_at=NOW + timedelta(seconds=1))
    before = client.get("/talks/talk/").status_code
    clock.shift(1)

    assert (before, client.get("/talks/talk/").status_code) == (404, 200)


# Pictures and their credit


def test_credit_stands_with_its_picture_and_never_without(client):
    coming = make_talk(image_credit=CREDIT, image_caption="Das Rathaus & der Markt")
    past = make_talk(image_credit=CREDIT, starts_in=-DAY)
    pages = ["/", "/archiv/", coming.get_absolute_url(), past.get_absolute_url()]
    without = [get(client, path) for path in pages]
    for talk in (coming, past):
        talk.image, talk.image_alt = upload(jpeg()), 'Ein "Rathaus" & Äpfel'
        talk.save()
    start, archive, *talk_pages = (get(client, path) for path in pages)

    assert [CREDIT in html or "Das Rathaus" in html for html in without] == [False] * 4
    for html in (start, archive, *talk_pages):
        assert html.count("<picture>") == html.count(f"Foto: {CREDIT}") == 1
        assert 'alt="Ein &quot;Rathaus&quot; &amp; Äpfel"' in html
    assert f"Das Rathaus & der Markt Foto: {CREDIT}" in text_of(talk_pages[0])
    assert 'width="64" height="40"' in talk_pages[0]


def test_talk_without_picture_shows_its_town_sign(client):
    assert '<span class="sign">Gudensberg <small>Hessen</small></span>' in talk_page(client)
    assert 'class="townscape"' in talk_page(client, town=None)


# The series' own words


def test_legal_pages_mark_what_the_operator_has_to_fill_in(client):
    gaps = {
        path: re.findall(r'<mark class="gap">(.*?)</mark>', get(client, path)) for path in PAGES
    }

    assert {path: len(found) for path, found in gaps.items()} == {
        "/": 0,
        "/archiv/": 0,
        "/landkarte/": 0,
        "/abonnieren/": 0,
        "/ueber/": 0,
        "/impressum/": 8,
        "/datenschutz/": 5,
        "/barrierefreiheit/": 5,
    }
    for found in gaps.values():
        assert [gap for gap in found if not gap.startswith("Vom Betreiber zu ergänzen: ")] == []


def test_legal_pages_show_what_the_operator_has_filled_in(client):
    words = {
        field.name: f'{field.verbose_name} & "ä"'[: field.max_length or 99]
        for field in Series._meta.fields
        if field.get_internal_type() in ("CharField", "TextField") and not field.choices
    }
    words["contact_email"], words["series_url"] = "orga@größe.example", "https://vhw.de/?a=1&b=2"
    Series.objects.create(
        **words,
        accessibility_assessed_on=date(2026, 3, 2),
        accessibility_result="partial",
        accessibility_method="self",
        accessibility_duty="federal",
    )

    html = {path: get(client, path) for path in PAGES}

    everything = " ".join(html.values())
    assert [name for name, text in words.items() if escape(text) not in everything] == []
    assert '<a href="https://vhw.de/?a=1&amp;b=2">' in html["/ueber/"]
    text = text_of(html["/barrierefreiheit/"])
    assert "Diese Website ist teilweise barrierefrei im Sinne der Web Content" in text
    assert "Das ergab die Prüfung vom 2. März 2026 (Selbstbewertung)." in text
    assert [path for path in PAGES if "Vom Betreiber zu ergänzen" in html[path]] == []


def test_privacy_page_prints_the_real_period(client, settings):
    settings.RETENTION_DAYS = 47

    text = text_of(get(client, "/datenschutz/"))

    assert re.findall(r"\d+ Tage nach dem Talk", text) == ["47 Tage nach dem Talk"] * 2


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


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/", 4),
        ("/archiv/", 5),
        ("/landkarte/", 4),
        ("/talks/talk-1/", 7),
        ("/talks/talk-1/aushang/", 3),
        ("/kalender.ics", 4),
        ("/ueber/", 1),
    ],
)
def test_page_asks_the_database_as_often_for_fifty_talks_as_for_one(client, path, limit):
    after_change, rebuilt = [], []
    for number in (1, 3, 50):
        Talk.objects.all().delete()
        Topic.objects.all().delete()
        fill(number)
        for counts in (after_change, rebuilt):
            pages.forget()
            with CaptureQueriesContext(connection) as queries:
                get(client, path)
            counts.append(len(queries))

    assert rebuilt == [rebuilt[0]] * 3
    assert 0 < rebuilt[0] <= limit
    # Once per change and process: the next moment, the series, the archive's counts.
    assert after_change == [after_change[0]] * 3
    assert after_change[0] <= limit + 2


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_sets_no_cookie_and_asks_for_none(client, method):
    path = make_talk().get_absolute_url()

    for page in [*PAGES, path, f"{path}termin.ics", "/kalender.ics", "/gibt/es/nicht"]:
        response = getattr(client, method)(page)
        assert (page, dict(response.cookies)) == (page, {})
        assert (page, "Cookie" in response.headers.get("Vary", "")) == (page, False)


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
        "/talks/",
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


@pytest.mark.parametrize("query", ["?" + "a=1&" * 900, "?q=" + "ä" * 5000, "?=&&;"])
def test_odd_queries_change_nothing(client, query):
    path = make_talk().get_absolute_url()
    canonical = re.compile(r'<link rel="canonical" href="([^"]*)">')

    for page in ("/", "/archiv/", path):
        assert canonical.findall(get(client, page + query)) == [f"http://testserver{page}"]


def test_privacy_page_tells_the_periods_of_the_settings(client, settings):
    for number, name in enumerate(PERIODS, start=41):
        setattr(settings, name, number)

    html = client.get("/datenschutz/").content.decode()

    found = re.findall(r"(\d+)\s(Tagen?|Stunden|Jahre|Monate)\b", html)
    assert found == [
        ("41", "Tage"),
        ("50", "Tagen"),
        ("41", "Tage"),
        ("42", "Tage"),
        ("43", "Tage"),
        ("44", "Stunden"),
        ("45", "Jahre"),
        ("46", "Tagen"),
        ("47", "Tage"),
        ("49", "Monate"),
        ("48", "Tage"),
        ("24", "Stunden"),  # counters against floods; their key changes every day
    ]


def test_every_period_of_the_settings_is_on_the_privacy_page():
    """A new period is told there, or named here because it is none of a person's data."""
    of_organisers = {"SESSION_IDLE_MINUTES", "PROOF_MINUTES", "JOIN_OPENS_MINUTES"}
    units = ("_DAYS", "_HOURS", "_MONTHS", "_YEARS", "_MINUTES")
    ours = {name for name in dir(project_settings) if name.endswith(units)}

    assert ours == set(PERIODS) | of_organisers
