"""The reading pages: what stands on them, beside each picture its credit."""

import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Topic
from tests.conftest import NOW
from tests.events.public_pages import SIGN_UP, get, talk_page, text_of, title_of
from tests.events.upload_files import CREDIT, jpeg, upload
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


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


def test_subscription_page_names_the_addresses(client):
    Topic.objects.create(name="Wärme & Licht")

    html = client.get("/abonnieren/").content.decode()

    assert 'href="webcal://testserver/kalender.ics"' in html
    assert 'href="webcal://testserver/kalender.ics?thema=waerme-licht"' in html
    assert "<code>http://testserver/kalender.ics</code>" in html
    assert '&lt;iframe src="http://testserver/einbetten/"' in html
