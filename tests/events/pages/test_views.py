"""The reading pages: what stands on them, beside each picture its credit."""

import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Series, Topic
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
        ("/archiv/", "Alle Talks – Kleinstadt Web-Talks", "Alle Talks"),
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
    assert response.context["others"] == [talks["übernächster"]]
    assert list(response.context["archive"]) == [
        talks["letzter"],
        talks["vorletzter"],
        talks["drittletzter"],
    ]
    text = text_of(response.content.decode())
    # The next one stands once: as heading, and nowhere else but in a hidden word of its button.
    assert re.findall(r'(\w+) & "ä"(?!“)', text) == [
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
    html = response.content.decode()
    assert [talk.title for talk in response.context["others"]] == [
        "Fällt aus",
        "Neuer Termin offen",
    ]
    assert html.count(SIGN_UP) == 1


def test_start_page_says_what_each_coming_talk_is_about(client):
    topic = Topic.objects.create(name='Wärme & "Licht"', slug="waerme")
    for days, text in ((3, "Worum es im nächsten geht."), (5, "Und im zweiten & letzten.")):
        make_talk(starts_in=days * DAY, announcement=text).topics.add(topic)

    html = get(client, "/")

    text = text_of(html)
    assert "Worum es im nächsten geht." in text
    assert "Und im zweiten & letzten." in text
    assert html.count('<a href="/archiv/?thema=waerme">Wärme &amp; &quot;Licht&quot;</a>') == 2


def test_button_in_the_list_says_for_which_talk(client):
    make_talk(title="Erster", starts_in=DAY)
    make_talk(title="Zweiter")

    assert "Anmelden für „Zweiter“" in text_of(get(client, "/"))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("cancelled", "Abgesagt"),
        ("postponed", "Verschoben Neuer Termin offen"),
    ],
)
def test_date_that_does_not_hold_is_struck_out(client, status, words):
    make_talk(status=status)
    html = get(client, "/")

    day = re.search(r'<s class="day">.*?</s>', html, re.DOTALL)[0]
    assert "Geplant war der" in day
    assert "<b>26.</b> Nov. 2025" in day
    assert '<s class="nowrap">Mittwoch, 9–10\u00a0Uhr</s>' in html
    assert words in text_of(html)
    # It is the only one ahead, and no date of the series.
    assert "Kommende Termine" in text_of(html)


def test_date_that_holds_is_not_struck_out(client):
    make_talk(starts_in=DAY)
    make_talk()

    html = get(client, "/")

    assert "<s " not in html
    assert "<b>26.</b> Nov. 2025</time>" in html


def test_start_page_says_how_it_goes_for_whom_and_who_holds_the_talks(client):
    Series.objects.create(
        organisers='Verein "Ä & Ö" https://www.verein.example/?a=1&b=2\nAkademie'
    )

    html = get(client, "/")

    text = text_of(html)
    assert re.findall(r"<h3>(\w+)</h3>", html) == ["Anmelden", "Zuhören", "Fragen"]
    assert "Für kommunale Akteurinnen und Akteure aus kleinen Städten und Gemeinden." in text
    assert 'Wer veranstaltet Verein "Ä & Ö" Akademie' in text
    link = '<a href="https://www.verein.example/?a=1&amp;b=2">Verein &quot;Ä &amp; Ö&quot;</a>'
    assert html.count(link) == 2  # and in the footer


def test_band_of_the_interest_list_is_the_main_thing_without_a_coming_talk(client):
    without = get(client, "/")
    make_talk()
    with_one = get(client, "/")

    lists = 'class="button primary" href="/terminhinweise/">Neue Termine per E-Mail</a>'
    assert (lists in without, lists in with_one) == (True, False)
    assert ('id="news"' in without, 'id="news"' in with_one) == (False, True)
    for html in (without, with_one):
        assert len(re.findall('class="button primary"', html)) == 1


def test_start_page_says_that_a_talk_is_running(client):
    make_talk(starts_in=-timedelta(minutes=30))

    html = get(client, "/")

    assert "Läuft gerade" in text_of(html)
    assert SIGN_UP not in html


def test_pages_without_any_talk(client):
    texts = {path: text_of(get(client, path)) for path in ("/", "/archiv/", "/anmeldung/")}

    assert "Zurzeit ist kein neuer Termin angekündigt." in texts["/"]
    assert "Bisherige Talks" not in texts["/"]
    assert "Noch ist kein Talk angekündigt." in texts["/archiv/"]
    assert title_of(get(client, "/anmeldung/")) != ""


# Pictures and their credit


def test_credit_stands_with_its_picture_and_never_without(client):
    coming = make_talk(image_credit=CREDIT, image_caption="Das Rathaus & der Markt")
    past = make_talk(image_credit=CREDIT, starts_in=-DAY)
    pages = ["/", coming.get_absolute_url(), past.get_absolute_url()]
    without = [get(client, path) for path in pages]
    for talk in (coming, past):
        talk.image, talk.image_alt = upload(jpeg()), 'Ein "Rathaus" & Äpfel'
        talk.save()
    start, *talk_pages = (get(client, path) for path in pages)

    assert [CREDIT in html or "Das Rathaus" in html for html in without] == [False] * 3
    for html in (start, *talk_pages):
        assert html.count("<picture>") == html.count(f"Foto: {CREDIT}") == 1
        assert 'alt="Ein &quot;Rathaus&quot; &amp; Äpfel"' in html
    assert f"Das Rathaus & der Markt Foto: {CREDIT}" in text_of(talk_pages[0])
    # The sign stands for the town beside a picture too.
    for html in (start, *talk_pages):
        assert '<p class="town"><span class="sign">Gudensberg <small>Hessen</small></span>' in html
    assert 'width="64" height="40"' in talk_pages[0]


@pytest.mark.parametrize(
    ("credit", "shown"),
    [
        ("© Stadt Größenau", "Foto: © Stadt Größenau"),
        ('Illustration: "A & B"', 'Illustration: "A & B"'),
        ("Grafik: Stadt", "Grafik: Stadt"),
        ("Illustration", "Foto: Illustration"),
    ],
)
def test_credit_names_the_kind_of_picture(client, credit, shown):
    text = text_of(talk_page(client, image=upload(jpeg()), image_credit=credit))

    assert shown in text
    assert text.count("Foto:") == shown.count("Foto:")


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
