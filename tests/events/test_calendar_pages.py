"""The calendar files as the pages hand them out."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.events.test_calendar import event_of, parsed
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_calendar_file_of_a_talk(client):
    talk = make_talk()

    response = client.get("/talks/waerme-licht-fuer-gudensberg/termin.ics")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="waerme-licht-fuer-gudensberg.ics"'
    )
    assert event_of(response.content)["UID"] == str(talk.uid)
    assert event_of(response.content)["URL"] == f"http://testserver{talk.get_absolute_url()}"


def test_calendar_of_the_series_holds_what_is_published(client, django_assert_max_num_queries):
    for title, values in {
        "kommt": {},
        "war": {"starts_in": timedelta(days=-30)},
        "abgesagt": {"status": "cancelled"},
        "Entwurf": {"status": "draft"},
        "später": {"publish_at": NOW + timedelta(days=1)},
    }.items():
        make_talk(title=title, **values)

    with django_assert_max_num_queries(5):
        response = client.get("/kalender.ics")

    file, events = parsed(response.content)
    assert [event["SUMMARY"] for event in events] == ["war", "kommt", "abgesagt"]
    assert file["X-WR-CALNAME"] == "Kleinstadt Web-Talks"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="kleinstadt-web-talks.ics"'
    )


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"publish_at": NOW + timedelta(days=1)}])
def test_no_calendar_file_of_a_talk_nobody_may_see(client, fields):
    make_talk(slug="talk", **fields)

    assert client.get("/talks/talk/termin.ics").status_code == 404
    assert client.get("/talks/unbekannt/termin.ics").status_code == 404
