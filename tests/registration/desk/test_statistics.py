"""Numbers of the series: by talk, by year, by town; from anonymous rows too."""

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Municipality, Talk
from registration.desk import charts
from registration.desk.statistics import Day, TownFigures, days, talk_figures, year_figures
from registration.models import Registration
from tests.conftest import BERLIN
from tests.makers import TITLE, make_registration, make_talk
from tests.registration.desk.sheets import read_xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def figures():
    talks = Talk.objects.archived().headlines()
    return year_figures(talks)


def make_people(talk, number, *, town=None, state="confirmed", came=0, **fields):
    """Write rows as they are after their talk; the first `came` of them took part."""
    offset = Registration.objects.count()
    Registration.objects.bulk_create(
        Registration(
            talk=talk,
            name="Kim",
            email=f"p{offset + n}@stadt.example",
            email_key=f"p{offset + n}@stadt.example",
            municipality=town,
            state=state,
            joined_at=talk.starts_at if n < came else None,
            **fields,
        )
        for n in range(number)
    )


def make_past(day, **fields):
    starts_at = datetime(*day, 10, tzinfo=BERLIN)
    return make_talk(starts_at=starts_at, **fields)


def town(name="Größenau", land="Hessen", population=7_000):
    return Municipality.objects.create(name=name, land=land, population=population)


def two_years():
    """Make two talks of 2025 and one of 2024, and their people."""
    big, small = town(), town("Klein & Fein", "Bayern", None)
    namesake = town("Größenau", "Sachsen", 20_000)
    first = make_past((2025, 3, 5), title="Erster")
    second = make_past((2025, 4, 2), title="Zweiter")
    older = make_past((2024, 12, 31), title="Älter")
    make_people(first, 6, town=big, came=3)
    make_people(first, 2, town=namesake)
    make_people(first, 2)
    make_people(first, 3, town=small, state="cancelled")
    make_people(first, 2, town=small, state="waiting")
    make_people(first, 4, town=small, state="pending")
    make_people(second, 4, town=big)
    make_people(older, 5, town=small, came=5)


def summary(year):
    return {
        "year": year.year,
        "talks": [(f.talk.title, f.signed_up, f.confirmed, f.joined) for f in year.talks],
        "signed_up": year.signed_up,
        "confirmed": year.confirmed,
        "rate": year.attendance.rate_text,
        "laender": year.laender,
        "sizes": year.sizes,
        "towns": [(t.name, t.land, t.people_shown) for t in year.towns],
    }


EXPECTED = [
    {
        "year": 2025,
        "talks": [("Zweiter", 4, 4, 0), ("Erster", 15, 10, 3)],
        "signed_up": 19,
        "confirmed": 14,
        # Three of the ten of the first talk; at the second nobody noted who came.
        "rate": "30\u00a0%",
        "laender": {"Hessen": 1, "Sachsen": 1},
        "sizes": {"5.000 bis unter 10.000 Einwohner": 1, "20.000 Einwohner und mehr": 1},
        "towns": [("Größenau", "Hessen", 10), ("Größenau", "Sachsen", "<\u00a05")],
    },
    {
        "year": 2024,
        "talks": [("Älter", 5, 5, 5)],
        "signed_up": 5,
        "confirmed": 5,
        "rate": "100\u00a0%",
        "laender": {"Bayern": 1},
        "sizes": {"Einwohnerzahl unbekannt": 1},
        "towns": [("Klein & Fein", "Bayern", 5)],
    },
]


def test_years_count_talks_people_towns_and_sizes():
    two_years()

    assert [summary(year) for year in figures()] == EXPECTED


def test_anonymous_rows_count_as_before():
    two_years()

    for row in Registration.objects.named():
        row.anonymise()

    assert Registration.objects.named().count() == 0
    assert [summary(year) for year in figures()] == EXPECTED


def test_only_talks_that_took_place_count(clock):
    place = town()
    made = {
        "cancelled": make_past((2025, 3, 5), title="Abgesagt", status="cancelled"),
        "draft": make_past((2025, 3, 5), title="Entwurf", status="draft"),
        "ahead": make_talk(title="Kommt noch"),
    }
    for talk in made.values():
        make_people(talk, 9, town=place)
    assert figures() == []

    clock.move_to(made["ahead"].ends_at)

    assert [summary(year)["talks"] for year in figures()] == [[("Kommt noch", 9, 9, 0)]]


def test_talk_on_new_years_eve_counts_where_its_clock_stands():
    place = town()
    talk = make_talk(starts_at=datetime(2025, 1, 1, 0, 30, tzinfo=BERLIN))
    make_people(talk, 5, town=place)

    (year,) = figures()

    assert (year.year, [t.name for t in year.towns]) == (2025, ["Größenau"])


@pytest.mark.parametrize(("number", "shown"), [(1, "<\u00a05"), (4, "<\u00a05"), (5, 5)])
def test_few_people_of_a_town_are_not_counted_out(number, shown):
    assert TownFigures("Größenau", "Hessen", 7_000, number).people_shown == shown


@pytest.mark.parametrize(
    ("population", "size"),
    [
        (None, "Einwohnerzahl unbekannt"),
        (0, "unter 5.000 Einwohner"),
        (4_999, "unter 5.000 Einwohner"),
        (5_000, "5.000 bis unter 10.000 Einwohner"),
        (20_000, "20.000 Einwohner und mehr"),
    ],
)
def test_size_classes_are_those_of_the_archive(population, size):
    assert TownFigures("Größenau", "Hessen", population, 9).size == size


# One talk over time


def test_days_add_up_what_came_and_went(clock):
    talk = make_talk()
    make_registration(make_talk(title="Anderer"), email="x@stadt.example")
    make_registration(talk, email="a@stadt.example")
    gone = make_registration(talk, email="b@stadt.example")
    make_people(talk, 3, state="pending")
    # Late in the evening; in UTC the day has 22 hours left.
    clock.move_to(datetime(2025, 11, 7, 0, 30, tzinfo=BERLIN))
    make_registration(talk, email="c@stadt.example")
    clock.move_to(datetime(2025, 11, 10, 9, 0, tzinfo=BERLIN))
    gone.cancel()
    expected = [
        Day(date(2025, 11, 5), 2, 0, 2),
        Day(date(2025, 11, 7), 1, 0, 3),
        Day(date(2025, 11, 10), 0, 1, 2),
    ]
    assert days(talk.registrations.all()) == expected

    clock.move_to(talk.ends_at + timedelta(days=31))
    for row in talk.registrations.ever_booked():
        row.anonymise()

    assert days(talk.registrations.all()) == expected


def test_curve_is_level_between_its_points():
    points = [(date(2025, 11, 5), 2), (date(2025, 11, 7), 3)]

    chart = charts.level_curve(points, date(2025, 11, 5), date(2025, 11, 10), date(2025, 11, 15))

    assert chart == charts.Chart(
        line="M44,224H44V85H176V16H374",
        area="M44,224H44V85H176V16H374V224H44Z",
        values=[
            charts.Mark(place, text)
            for place, text in [(224, "0"), (155, "1"), (85, "2"), (16, "3")]
        ],
        days=[
            charts.Mark(44, "5.11.2025", "start"),
            charts.Mark(242, "8.11.2025", "middle"),
            charts.Mark(506, "12.11.2025", "middle"),
            charts.Mark(704, "15.11.2025", "end"),
        ],
    )


@pytest.mark.parametrize(
    ("highest", "step"),
    [(0, 1), (5, 1), (6, 2), (10, 2), (11, 5), (26, 10), (101, 50), (5_001, 2_000)],
)
def test_lines_of_a_chart_are_few_and_round(highest, step):
    assert charts.fitting_step(highest) == step


# The pages


def text_of(html) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_page_shows_years_towns_and_what_is_ahead(admin_client):
    two_years()
    make_registration(make_talk(title="Kommt noch"))

    html = admin_client.get(reverse("admin:statistics")).content.decode()

    text = text_of(html.partition('<h2 id="ahead">')[2].partition('<h2 id="words">')[0])
    tail = "Alle erreichten Orte Ort Land Größe Plätze"
    talks = "Talk Termin Anmeldungen Plätze Dabei Anteil"
    assert text == (
        "Talks, die bevorstehen Talk Termin Anmeldungen Plätze Kommt noch 26. November 2025 1 1 "
        "2025 Talks 2 Anmeldungen 19 Plätze 14 Anteil dabei 30 % Erreichte Orte 2 "
        f"Erreichte Länder 2 {talks} Zweiter 2. April 2025 4 4 – nicht erfasst "
        "Erster 5. März 2025 15 10 3 30 % Orte nach Größe 5.000 bis unter 10.000 Einwohner: 1 "
        "20.000 Einwohner und mehr: 1 Orte nach Ländern Hessen: 1 Sachsen: 1 "
        f"{tail} Größenau Hessen 5.000 bis unter 10.000 Einwohner 10 "
        "Größenau Sachsen 20.000 Einwohner und mehr < 5 "
        "2024 Talks 1 Anmeldungen 5 Plätze 5 Anteil dabei 100 % Erreichte Orte 1 "
        f"Erreichte Länder 1 {talks} Älter 31. Dezember 2024 5 5 5 100 % "
        "Orte nach Größe Einwohnerzahl unbekannt: 1 Orte nach Ländern Bayern: 1 "
        f"{tail} Klein & Fein Bayern Einwohnerzahl unbekannt 5"
    )


@pytest.mark.parametrize(("number", "listed"), [(300, True), (301, False)])
def test_page_does_not_list_towns_without_end(admin_client, number, listed):
    talk = make_past((2025, 3, 5))
    for n in range(number):
        make_people(talk, 1, town=town(f"Ort {n}"))

    html = admin_client.get(reverse("admin:statistics")).content.decode()

    assert ("Ort 299" in html) == listed
    assert ("Die Orte selbst stehen in der Excel-Datei." in html) == (not listed)
    sheets = read_xlsx(admin_client.get(reverse("admin:statistics_xlsx")).getvalue())
    assert len(sheets["Orte"]) == number + 1


def test_file_for_the_funder_says_the_same(admin_client):
    two_years()

    response = admin_client.get(reverse("admin:statistics_xlsx"))

    assert response.headers["Content-Disposition"] == (
        'attachment; filename="statistik-2025-11-05.xlsx"'
    )
    sheets = read_xlsx(response.getvalue())
    for row in sheets["Talks"][1:]:
        row[1] = int(row[1])  # the day; test_exports.py reads the time
    counts = ["Anmeldungen", "Plätze", "Dabei", "Anteil dabei"]
    assert sheets == {
        "Jahre": [
            ["Jahr", "Talks", *counts, "Orte", "Länder"],
            [2025, 2, 19, 14, 3, 0.3, 2, 2],
            [2024, 1, 5, 5, 5, 1, 1, 1],
        ],
        "Talks": [
            ["Jahr", "Termin", "Talk", *counts],
            [2025, 45749, "Zweiter", 4, 4],
            [2025, 45721, "Erster", 15, 10, 3, 0.3],
            [2024, 45657, "Älter", 5, 5, 5, 1],
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
            ["Jahr", "Ort", "Land", "Größe", "Plätze"],
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


def test_talk_without_people_counts_too():
    talk = make_past((2025, 3, 5))

    (found,) = talk_figures(Talk.objects.archived())

    assert (found.talk, found.signed_up, found.attendance.rate_text) == (
        talk,
        0,
        "nicht erfasst",
    )
