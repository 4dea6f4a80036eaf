"""The form of a year: goals and words; nothing typed is lost."""

import pytest
from django.urls import reverse

from events.models import FunderReport, OwnGoal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/admin/events/talk/statistik/bericht/2025/ziele/"
ROWS = {"ziele-TOTAL_FORMS": "3", "ziele-INITIAL_FORMS": "0"}


def test_goals_are_saved_and_lead_back_to_the_report(admin_client):
    own = {"ziele-0-goal": "Folien frei zugänglich", "ziele-0-reached": "zehn von zwölf"}

    answer = admin_client.post(PAGE, ROWS | own | {"talks": "12", "summary": "Gut & schön."})

    assert answer.url == reverse("admin:funder_report", args=[2025])
    report = FunderReport.objects.get()
    assert (report.year, report.talks, report.towns) == (2025, 12, None)
    assert report.summary == "Gut & schön."
    assert [str(own) for own in report.own_goals.all()] == ["Folien frei zugänglich"]


def test_goals_are_changed_and_dropped(admin_client):
    report = FunderReport.objects.create(year=2025, talks=12, outlook="Weiter so.")
    kept, dropped = (report.own_goals.create(goal=goal) for goal in ("A", "B"))
    rows = {"ziele-TOTAL_FORMS": "2", "ziele-INITIAL_FORMS": "2"}
    rows |= {"ziele-0-id": kept.pk, "ziele-0-goal": "A", "ziele-0-reached": "ja"}
    rows |= {"ziele-1-id": dropped.pk, "ziele-1-goal": "B", "ziele-1-DELETE": "on"}

    admin_client.post(PAGE, rows | {"talks": "", "outlook": ""})

    report.refresh_from_db()
    assert (report.talks, report.outlook) == (None, "")
    assert [(own.goal, own.reached) for own in OwnGoal.objects.all()] == [("A", "ja")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"talks": "zwölf"}, "Bitte eine ganze Zahl eingeben."),
        ({"talks": "-1"}, "größer oder gleich 0"),
        ({"talks": "9" * 30}, "kleiner oder gleich"),
        ({"laender": "17"}, "kleiner oder gleich 16"),
        ({"worthwhile": "101"}, "kleiner oder gleich 100"),
        ({"ziele-0-reached": "zehn von zwölf"}, "Bitte nennen Sie auch das Ziel."),
    ],
)
def test_slip_is_named_and_nothing_typed_is_lost(admin_client, typed, said):
    answer = admin_client.post(PAGE, ROWS | {"summary": "Ein gutes Jahr."} | typed)

    html = answer.content.decode()
    assert (answer.status_code, said in html) == (422, True)
    assert "Ein gutes Jahr." in html
    assert [value in html for value in typed.values()] == [True]
    assert not FunderReport.objects.exists()


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"ziele-TOTAL_FORMS": "x", "ziele-INITIAL_FORMS": "y"},
        {"ziele-TOTAL_FORMS": "1", "ziele-INITIAL_FORMS": "1", "ziele-0-id": "9" * 30},
        {"ziele-TOTAL_FORMS": "1", "ziele-INITIAL_FORMS": "1", "ziele-0-goal": "A"},
        {"ziele-TOTAL_FORMS": "99999", "ziele-INITIAL_FORMS": "0"},
    ],
)
def test_rows_that_no_page_sends_are_refused(admin_client, rows):
    assert admin_client.post(PAGE, rows | {"talks": "3"}).status_code == 422


def test_row_of_another_year_is_out_of_reach(admin_client):
    other = FunderReport.objects.create(year=2024).own_goals.create(goal="Alt")
    rows = {"ziele-TOTAL_FORMS": "1", "ziele-INITIAL_FORMS": "1", "ziele-0-id": other.pk}

    admin_client.post(PAGE, rows | {"ziele-0-goal": "Neu"})

    assert list(OwnGoal.objects.values_list("goal", "report__year")) == [("Alt", 2024)]


def test_looking_stores_nothing(admin_client):
    assert admin_client.get(PAGE).status_code == 200
    assert FunderReport.objects.count() == 0


@pytest.mark.parametrize("year", ["1999", "2100", "99999999999999999999"])
def test_no_report_of_another_century(admin_client, year):
    pages = ["/", "/ziele/", ".pdf", ".xlsx"]

    answers = [admin_client.get(PAGE.replace("2025/ziele/", year + page)) for page in pages]

    assert {answer.status_code for answer in answers} == {404}
