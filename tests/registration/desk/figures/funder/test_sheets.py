"""The report as tables: the same numbers, and no formula."""

import pytest
from django.urls import reverse

from events.models import FunderReport, Talk
from tests.registration.desk.figures.funder.year import YEAR, make_held, make_people, make_town
from tests.registration.desk.figures.sheets import read_xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def tables(client):
    response = client.get(reverse("admin:funder_report_xlsx", args=[YEAR]))
    assert "foerderbericht-2025.xlsx" in response["Content-Disposition"]
    return read_xlsx(response.getvalue())


def test_tables_have_the_report(admin_client):
    talk = make_held(3, title="=Wärme", report_sentence="+Drei Städte planen es nach.")
    Talk.objects.store_presence(talk, 2)
    make_people(talk, 6, town=make_town(), minutes_present=60)
    make_people(talk, 2, town=make_town("Kleinau", "Bayern"))
    make_held(4, title="Ohne Leute")
    report = FunderReport.objects.create(year=YEAR, talks=4, attended=12, grant="Az. 7")
    report.own_goals.create(goal="@Folien", reached="zehn")

    found = tables(admin_client)

    assert found["Jahr"][1:] == [
        ["Jahr", 2025],
        ["Zuwendung", "Az. 7"],
        ["Talks", 2],
        ["Anmeldungen", 8],
        ["Angemeldet", 8],
        ["Dabei (nach Bericht oder bestätigt)", 6],
        ["Dabei (alte Zählung)"],
        ["Zugang benutzt"],
        ["Gäste", 2],
        ["Erreichte Orte", 2],
        ["davon unter 20.000 Einwohnern", 2],
        ["Erreichte Länder", 2],
        ["Angemeldet ohne Ort oder aus Orten mit weniger als 5 Angemeldeten", 2],
        ["Was das Jahr gebracht hat"],
        ["Ausblick"],
    ]
    assert found["Ziele"][1:] == [
        ["Talks", 4, 2, 0.5],
        ["Teilnahmen (dabei)", 12, "6\u00a0(nach Bericht, 1 von 2 Talks)", 0.5],
        ["'@Folien", None, "zehn"],
    ]
    assert [row[1:] for row in found["Talks"][1:]] == [
        ["'=Wärme", "Gudensberg", 8, 8, 6, None, None, 2, "'+Drei Städte planen es nach."],
        ["Ohne Leute", "Gudensberg", 0, 0],
    ]
    assert found["Länder"][1:] == [["Bayern", 1], ["Hessen", 1]]
    assert found["Größen"][1:] == [["5.000 bis unter 10.000 Einwohner", 2]]
    assert found["Orte"][1:] == [
        ["Kleinau", "Bayern", "5.000 bis unter 10.000 Einwohner", "<\u00a05"],
        ["Größenau", "Hessen", "5.000 bis unter 10.000 Einwohner", 6],
    ]


def test_way_in_counts_where_no_report_was_read_in_each_table_alike(admin_client):
    read, unread = make_held(3), make_held(4)
    Talk.objects.store_presence(read, 0)
    for talk, number in ((read, 3), (unread, 2)):
        make_people(talk, number, joined_at=talk.starts_at)

    found = tables(admin_client)

    assert ["Zugang benutzt", 2] in found["Jahr"]
    column = found["Talks"][0].index("Zugang benutzt")
    assert [row[column : column + 1] for row in found["Talks"][1:]] == [[None], [2]]


def test_year_without_talks_has_tables_too(admin_client):
    assert tables(admin_client)["Talks"][1:] == []
