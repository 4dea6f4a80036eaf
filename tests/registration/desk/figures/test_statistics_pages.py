"""The pages with the numbers of the series, and the Excel file for the funder."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Talk
from tests.makers import TITLE, make_registration, make_talk
from tests.registration.desk.figures.sheets import read_xlsx
from tests.registration.desk.figures.test_statistics import make_past, make_people, town, two_years

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def text_of(html) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_page_shows_years_towns_and_what_is_ahead(admin_client):
    two_years()
    make_registration(make_talk(title="Kommt noch", capacity=9))

    html = admin_client.get(reverse("admin:statistics")).content.decode()

    text = text_of(html.partition('<h2 id="ahead">')[2].partition('<h2 id="words">')[0])
    tail = "Alle erreichten Orte Ort Land Größe Angemeldet"
    ahead = "Talk Termin Anmeldungen Plätze Angemeldet Warteliste"
    talks = f"{ahead} Dabei"
    assert text == (
        f"Talks, die bevorstehen {ahead} Kommt noch 26. November 2025 1 9 1 0 "
        "2025 Talks 2 Anmeldungen 19 Angemeldet 14 Dabei 3 bei 1 von 2 Talks Anteil dabei 30 % "
        "Zugang benutzt 4 Gäste 0 "
        "Angemeldet ohne Ort oder aus Orten mit weniger als 5 Angemeldeten 4 "
        "Erreichte Orte 2 Erreichte Länder 2 "
        f"{talks} Zugang benutzt Gäste Zweiter 2. April 2025 4 unbegrenzt 4 0 nicht erfasst 4 – "
        "Erster 5. März 2025 15 unbegrenzt 10 2 3 (30 %) – 0 Orte nach Größe "
        "5.000 bis unter 10.000 Einwohner: 1 "
        "20.000 Einwohner und mehr: 1 Orte nach Ländern Hessen: 1 Sachsen: 1 "
        f"{tail} Größenau Hessen 5.000 bis unter 10.000 Einwohner 10 "
        "Größenau Sachsen 20.000 Einwohner und mehr < 5 "
        "2024 Talks 1 Anmeldungen 5 Angemeldet 5 Dabei 5 Anteil dabei 100 % Gäste 0 "
        f"Erreichte Orte 1 Erreichte Länder 1 {talks} Gäste "
        "Älter 31. Dezember 2024 5 unbegrenzt 5 0 5 (100 %) 0 "
        "Orte nach Größe Einwohnerzahl unbekannt: 1 Orte nach Ländern Bayern: 1 "
        f"{tail} Klein & Fein Bayern Einwohnerzahl unbekannt 5"
    )


@pytest.mark.parametrize(("number", "listed"), [(300, True), (301, False)])
def test_page_does_not_list_towns_without_end(admin_client, number, listed):
    talk = make_past((2025, 3, 5))
    for n in range(number):
        make_people(talk, 1, town=town(f"Ort {n}"))
    make_people(talk, 1)  # else the sum would tell each town's number

    html = admin_client.get(reverse("admin:statistics")).content.decode()

    assert ("Ort 299" in html) == listed
    assert ("Die Orte selbst stehen in der Excel-Datei." in html) == (not listed)
    sheets = read_xlsx(admin_client.get(reverse("admin:statistics_xlsx")).getvalue())
    assert len(sheets["Orte"]) == number + 1


REST = "Angemeldet ohne Ort oder aus Orten mit wenigen"


def test_file_for_the_funder_says_the_same(admin_client):
    two_years()
    Talk.objects.filter(title="Zweiter").update(capacity=10)

    response = admin_client.get(reverse("admin:statistics_xlsx"))

    assert response.headers["Content-Disposition"] == (
        'attachment; filename="statistik-2025-11-05.xlsx"'
    )
    sheets = read_xlsx(response.getvalue())
    for row in sheets["Talks"][1:]:
        row[1] = int(row[1])  # the day; test_export.py reads the time
    counts = ["Anmeldungen", "Angemeldet", "Dabei", "davon nach Bericht", "davon vermerkt"]
    counts += ["Anteil dabei", "Dabei (alte Zählung)", "Zugang benutzt", "Gäste"]
    assert sheets == {
        "Jahre": [
            ["Jahr", "Talks", *counts, "Orte", "Länder", REST],
            [2025, 2, 19, 14, 3, 3, 0, 0.3, None, 4, 0, 2, 2, 4],
            [2024, 1, 5, 5, 5, 5, 0, 1, None, None, 0, 1, 1, 0],
        ],
        "Talks": [
            ["Jahr", "Termin", "Talk", "Plätze", *counts],
            [2025, 45749, "Zweiter", 10, 4, 4, None, None, None, None, None, 4],
            [2025, 45721, "Erster", None, 15, 10, 3, 3, 0, 0.3, None, None, 0],
            [2024, 45657, "Älter", None, 5, 5, 5, 5, 0, 1, None, None, 0],
        ],
        "Länder": [
            ["Jahr", "Land", "Orte"],
            [2025, "Hessen", 1],
            [2025, "Sachsen", 1],
            [2024, "Bayern", 1],
        ],
        "Größen": [
            ["Jahr", "Größe des Ortes", "Orte"],
            [2025, "5.000 bis unter 10.000 Einwohner", 1],
            [2025, "20.000 Einwohner und mehr", 1],
            [2024, "Einwohnerzahl unbekannt", 1],
        ],
        "Orte": [
            ["Jahr", "Ort", "Land", "Größe", "Angemeldet"],
            [2025, "Größenau", "Hessen", "5.000 bis unter 10.000 Einwohner", 10],
            [2025, "Größenau", "Sachsen", "20.000 Einwohner und mehr", "<\u00a05"],
            [2024, "Klein & Fein", "Bayern", "Einwohnerzahl unbekannt", 5],
        ],
    }


def test_page_of_a_talk_draws_and_lists_its_days(client, admin_user, clock):
    talk = make_talk()
    make_registration(talk)
    clock.shift(timedelta(days=2))
    make_registration(talk, email="b@stadt.example")
    client.force_login(admin_user)

    html = client.get(reverse("admin:sign_ups", args=[talk.pk])).content.decode()

    assert 'd="M44,224H44V120H107V16H107"' in html
    assert ' style="' not in html
    assert text_of(html.partition('<table class="days">')[2].partition("</table>")[0]) == (
        "Tag Neu Abgemeldet Stand am Abend Mittwoch, 5. November 2025 1 0 1 "
        "Freitag, 7. November 2025 1 0 2"
    )
    assert f">{TITLE.replace('&', '&amp;').replace('"', '&quot;')}</strong>" in html


def test_curve_of_a_talk_that_is_over_ends_with_its_last_day(client, admin_user, clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    make_registration(talk)
    clock.shift(timedelta(days=90))
    client.force_login(admin_user)

    html = client.get(reverse("admin:sign_ups", args=[talk.pk])).content.decode()

    # One day is the shortest axis.
    assert 'd="M44,224H44V16H44"' in html
    assert re.findall(r'text-anchor="(?:start|end)">(\d+\.\d+\.\d+)<', html) == [
        "5.11.2025",
        "6.11.2025",
    ]


def test_pages_without_numbers_say_so(admin_client):
    page = admin_client.get(reverse("admin:statistics")).content.decode()
    assert "Noch ist kein Talk veröffentlicht." in page
    talk = make_talk(status="draft")
    page = admin_client.get(reverse("admin:sign_ups", args=[talk.pk])).content.decode()
    assert "Bisher hat sich niemand angemeldet." in page
    assert admin_client.get(reverse("admin:sign_ups", args=[talk.pk + 1])).status_code == 404
    sheets = read_xlsx(admin_client.get(reverse("admin:statistics_xlsx")).getvalue())
    assert {name: len(rows) for name, rows in sheets.items()} == dict.fromkeys(
        ["Jahre", "Talks", "Länder", "Größen", "Orte"], 1
    )


def test_page_draws_the_series_and_lists_its_months(admin_client):
    two_years()

    html = admin_client.get(reverse("admin:statistics")).content.decode()

    assert html.count('<svg class="bars"') == 2
    assert ' style="' not in html.partition('<div id="content"')[2]
    # Two of three talks have people; nobody waits but two.
    assert [html.count(f'<rect class="{kind}"') for kind in ("waiting", "seats")] == [1, 0]
    table = text_of(html.partition('<table class="months">')[2].partition("</table>")[0])
    assert "März 1 15 10 0 April 1 4 4 0" in table
    assert "Dezember 0 0 0 5" in table


def test_number_without_a_town_leads_to_the_page_that_mends_it(admin_client):
    two_years()

    html = admin_client.get(reverse("admin:statistics")).content.decode()

    text = text_of(html)
    assert "Bei 2 Anmeldungen fehlt der Ort. Orte eintragen …" in text
    assert f'href="{reverse("admin:missing_towns")}"' in html


@pytest.mark.parametrize("name", ["statistics", "statistics_xlsx", "sign_ups"])
def test_numbers_need_the_same_queries_for_any_number(admin_client, name):
    first_talk = make_past((2025, 3, 5))
    make_people(first_talk, 1, town=town())
    args = [first_talk.pk] if name == "sign_ups" else []

    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse(f"admin:{name}", args=args)).getvalue()
        return len(captured)

    first = queries()
    for year in range(2019, 2025):
        make_people(make_past((year, 3, 5)), 3, town=town(f"Ort {year}"))
        make_people(first_talk, 2, created_at=timezone.now() - timedelta(days=year))

    assert queries() == first <= 9
