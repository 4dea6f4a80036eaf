"""The report as page and PDF: the same numbers, and what is missing is named."""

import re
from datetime import datetime
from html import unescape

import page as page_validation
import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils.html import strip_tags

from events.models import FunderReport, Series, Talk
from registration.models import Feedback
from tests.conftest import BERLIN
from tests.makers import make_groups, make_talk
from tests.pdf import text_in
from tests.registration.desk.figures.funder.year import YEAR, make_held, make_people, make_town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def held():
    """Make a year with all that a report can say."""
    Series.objects.create(name="Kleine Städte & „mehr“", organisers="vhw\nAkademie")
    talk = make_held(3, report_sentence="Drei Städte planen es nach.")
    Talk.objects.store_presence(talk, 2)
    town = make_town(latitude=51.2, longitude=9.4)
    make_people(talk, 17, town=town, minutes_present=60)
    make_people(talk, 4, town=make_town("Kleinau", "Bayern", latitude=48.2, longitude=11.4))
    make_people(make_held(4, title="Zweiter"), 23, joined_at=talk.starts_at)
    for worth in ("fully", "rather", "rather", "rather", "hardly"):
        Feedback.objects.create(talk=talk, worth=worth, use="no", could_follow=True, is_shown=True)
    report = FunderReport.objects.create(
        year=YEAR, talks=4, grant="Az. 7", summary="Ein gutes Jahr.", outlook="Weiter so."
    )
    report.own_goals.create(goal="Folien für alle", reached="zehn von zwölf")
    return talk


def words(text):
    """Return the text with one blank wherever there is any, also one that keeps a line whole."""
    return " ".join(text.split())


def html_of(client, year=YEAR):
    return client.get(reverse("admin:funder_report", args=[year])).content.decode()


def report_in(html):
    """Return the words of the report itself, without what stands around it."""
    inner = re.search(r"<article.*?</article>", html, re.DOTALL)[0]
    inner = re.sub(r"<svg.*?</svg>", "", inner, flags=re.DOTALL).replace("</t", " </t")
    return words(unescape(strip_tags(inner)))


def pdf_of(client, year=YEAR):
    answer = client.get(reverse("admin:funder_report_pdf", args=[year]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer.content


def text_of(pdf):
    return re.sub(r"Seite \d+ von \d+", "", text_in(pdf))


@pytest.mark.usefixtures("held")
def test_page_says_it_all(admin_client):
    told = report_in(html_of(admin_client))

    for each in [
        "Kleine Städte & „mehr“ Bericht an den Förderer für das Jahr 2025 vhw, Akademie",
        "Zuwendung: Az. 7",
        "Ein gutes Jahr.",
        "2 Talks 44 Anmeldungen 44 Angemeldete 2 Orte 2 Länder 2 Gäste",
        "Nach Bericht: 17, das sind 81 % der dort Angemeldeten (bei 1 von 2 Talks)",
        "Zugang benutzt: 23 (bei 1 von 2 Talks)",
        "Talks 4 2 50 %",
        "Folien für alle zehn von zwölf",
        "Drei Städte planen es nach. 5. März 21 21 17 nach Bericht 2",
        "Zweiter Gudensberg 5. April 23 23 23 Zugang benutzt –",
        "Bayern 1 Kleinau (< 5) Hessen 1 Größenau (17)",
        "weniger als 5 Angemeldeten: 27",
        "5 anonyme Antworten; 80 % davon sagen „Ja, sehr“ oder „Eher ja“.",
        "Ja, sehr 1 20 % Eher ja 3 60 % Eher nein 1 20 % Nein 0 0 %",
        "Weiter so.",
    ]:
        assert each in told, each
    assert "nicht dabei" not in told


@pytest.mark.usefixtures("held")
def test_pdf_says_what_the_page_says(admin_client):
    """Whoever hands in the one and reads out the other is never wrong."""
    on_page = report_in(html_of(admin_client))

    on_paper = words(text_of(pdf_of(admin_client)))

    assert sorted(re.findall(r"\d+", on_paper)) == sorted(re.findall(r"\d+", on_page))
    assert set(re.findall(r"\w{5,}", on_page)) <= set(re.findall(r"\w{5,}", on_paper))


@pytest.mark.usefixtures("held")
def test_pdf_can_be_read_by_everybody(admin_client):
    found = page_validation.validate_pdf_bytes(pdf_of(admin_client), profile="ua1")

    assert found.rules.total > 100
    assert [failure.message for failure in found.failures] == []


def test_year_without_talks_is_told_and_printed(admin_client):
    assert "2027 hat noch kein Talk stattgefunden." in report_in(html_of(admin_client, 2027))
    pdf = pdf_of(admin_client, 2027)
    assert "2027 hat noch kein Talk stattgefunden." in words(text_of(pdf))
    assert page_validation.validate_pdf_bytes(pdf, profile="ua1").failures == []


def test_newest_report_is_that_of_the_last_talk(admin_client):
    newest = reverse("admin:newest_funder_report")
    assert admin_client.get(newest).url == reverse("admin:funder_report", args=[2025])

    make_talk(starts_at=datetime(2023, 5, 5, 10, tzinfo=BERLIN))

    assert admin_client.get(newest).url == reverse("admin:funder_report", args=[2023])


def test_years_are_those_of_which_there_is_something(admin_client):
    make_talk(starts_at=datetime(2023, 5, 5, 10, tzinfo=BERLIN))
    FunderReport.objects.create(year=2021)

    years = re.search(r'<nav class="for-screen years".*?</nav>', html_of(admin_client), re.DOTALL)[
        0
    ]

    assert re.findall(r">(\d{4})</a>", years) == ["2026", "2025", "2023", "2021"]


def test_what_is_missing_leads_to_where_it_is_entered(admin_client):
    talk = make_held(3, title="Ohne Satz")
    make_held(4, report_sentence="Steht da.")

    html = html_of(admin_client)

    field = reverse("admin:events_talk_change", args=[talk.pk]) + "#id_report_sentence"
    assert f'<a href="{field}">Ohne Satz</a>' in html
    assert "Bei 1 Talk fehlt der Satz" in html
    assert reverse("admin:funder_goals", args=[YEAR]) in html
    form = admin_client.get(field).content.decode()
    assert 'id="id_report_sentence"' in form


def test_who_may_only_look_is_asked_for_nothing(client):
    make_held(3)
    make_groups()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name="Lesend"))
    client.force_login(user)

    html = html_of(client)

    assert ("Was noch fehlt" in html, "/ziele/" in html) == (False, False)
    assert reverse("admin:funder_report_pdf", args=[YEAR]) in html


def test_letters_that_no_font_of_ours_has_lead_to_the_page_to_print(admin_client):
    make_held(3, title="李 lernt")

    answer = admin_client.get(reverse("admin:funder_report_pdf", args=[YEAR]), follow=True)

    html = answer.content.decode()
    assert "Das PDF hat keine Schrift für diese Zeichen: 李" in html
    assert "李 lernt" in html


@pytest.mark.parametrize("name", ["funder_report", "funder_report_pdf", "funder_report_xlsx"])
def test_more_talks_and_towns_take_no_more_queries(
    admin_client, django_assert_max_num_queries, name
):
    def ask():
        answer = admin_client.get(reverse(f"admin:{name}", args=[YEAR]))
        answer.getvalue()

    make_people(make_held(1), 5, town=make_town())
    ask()
    for month in range(2, 8):
        talk = make_held(month, town=f"Ort {month}")
        make_people(talk, 5, town=make_town(f"Stadt {month}"))

    with django_assert_max_num_queries(14):
        ask()


def test_map_shows_the_towns_by_name_and_by_no_number(admin_client):
    talk = make_held(3)
    make_people(talk, 17, town=make_town("Kassel", latitude=51.3, longitude=9.5))
    make_people(talk, 4, town=make_town("Nahe", latitude=51.31, longitude=9.8))
    make_people(talk, 5, town=make_town("Ohne Punkt"))

    svg = re.search(r"<svg xmlns.*?</svg>", html_of(admin_client), re.DOTALL)[0]

    assert svg.count("<circle") == 2
    assert "Karte von Deutschland mit 2 erreichten Orten" in svg
    assert not {"17", "4", "5"} & set(re.findall(r">(\d+)<", svg))
