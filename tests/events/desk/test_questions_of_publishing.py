"""What the form asks before people see a talk on a holiday, in a full week, or with gaps."""

from datetime import datetime, timedelta

import pytest

from events.models import Municipality, Talk
from tests.admin_form import errors_in, errors_of, send, send_unseen, url
from tests.conftest import BERLIN
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHRISTMAS = {"starts_at_0": "25.12.2025"}
REFORMATION = {"starts_at_0": "31.10.2026"}
WEEK = timedelta(days=7)


def asked(response) -> dict[str, str]:
    """Return the reasons by their boxes; nothing if the form was saved."""
    if response.status_code == 302:
        return {}
    errors = errors_of(response) if response.content else errors_in(response)
    return {name: " ".join(reasons) for name, reasons in errors.items()}


def test_date_on_a_holiday_is_asked_about_and_taken_with_a_tick(admin_client):
    talk = make_talk()

    assert asked(send(admin_client, url(talk), CHRISTMAS)) == {
        "means_holiday": (
            "Der 25.\u00a0Dezember 2025 ist ein Feiertag: Erster Weihnachtstag. "
            "Ist das so gemeint?"
        )
    }
    assert asked(send(admin_client, url(talk), CHRISTMAS | {"means_holiday": "on"})) == {}
    assert Talk.objects.get().day == "25"


@pytest.mark.parametrize(("land", "is_asked"), [("Sachsen", True), ("Hessen", False)])
def test_holiday_is_that_of_the_talks_land(admin_client, land, is_asked):
    town = Municipality.objects.create(name="Mügeln", land=land)
    talk = make_talk(municipality=town)

    assert (
        "means_holiday" in asked(send_unseen(admin_client, url(talk), REFORMATION))
    ) == is_asked


def test_another_town_may_make_a_holiday_of_the_day(admin_client):
    talk = make_talk(starts_at=datetime(2026, 10, 31, 10, tzinfo=BERLIN))
    saxon = Municipality.objects.create(name="Mügeln", land="Sachsen")

    found = asked(send_unseen(admin_client, url(talk), {"municipality": saxon.pk}))

    assert list(found) == ["means_holiday"]


def test_second_talk_in_a_week_is_asked_about(admin_client):
    other = make_talk(title="Erster & anders")
    talk = make_talk(starts_in=8 * WEEK)
    same_week = {"starts_at_0": "28.11.2025"}

    assert asked(send_unseen(admin_client, url(talk), same_week)) == {
        "means_same_week": (
            "In derselben Woche ist schon ein Talk: „Erster & anders“ am 26.\u00a0November 2025. "
            "Ist das so gemeint?"
        )
    }
    assert asked(send_unseen(admin_client, url(talk), same_week | {"means_same_week": "on"})) == {}
    # What was so before is no reason.
    assert asked(send_unseen(admin_client, url(other), {"title": "Neu & anders"})) == {}


@pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"status": "draft"}])
def test_talk_that_does_not_take_place_fills_no_week(admin_client, fields):
    make_talk(**fields)
    talk = make_talk(starts_in=8 * WEEK)

    assert asked(send_unseen(admin_client, url(talk), {"starts_at_0": "28.11.2025"})) == {}


@pytest.mark.parametrize("day", ["23.11.2025", "1.12.2025"])
def test_week_begins_on_monday(admin_client, day):
    make_talk()  # Wednesday, 26 November
    talk = make_talk(starts_in=8 * WEEK)

    assert asked(send_unseen(admin_client, url(talk), {"starts_at_0": day})) == {}


def test_draft_may_lie_anywhere_until_it_is_published(admin_client):
    draft = make_talk(status="draft")
    make_talk(starts_at=datetime(2025, 12, 23, 10, tzinfo=BERLIN))
    assert asked(send_unseen(admin_client, url(draft), CHRISTMAS)) == {}

    found = asked(send_unseen(admin_client, url(draft), {"_publish": "1"}))

    assert set(found) == {"means_holiday", "means_same_week"}
    ticks = dict.fromkeys(found, "on") | {"_publish": "1"}
    assert asked(send_unseen(admin_client, url(draft), ticks)) == {}
    assert Talk.objects.get(pk=draft.pk).is_published


def test_new_date_of_a_postponed_talk_is_asked_about_too(admin_client):
    talk = make_talk(status="postponed")

    assert list(asked(send_unseen(admin_client, url(talk), CHRISTMAS))) == ["means_holiday"]


@pytest.mark.parametrize("button", ["_save", "_publish"])
def test_gaps_are_asked_about_before_people_see_the_talk(admin_client, button):
    draft = make_talk(status="draft", town=None, speaker="", announcement="")
    publishing = {"status": "published", button: "1"}

    assert asked(send(admin_client, url(draft), publishing)) == {
        "means_incomplete": (
            "Es fehlt noch: Ort, Ankündigung, Referentin oder Referent. "
            "Soll der Talk trotzdem zu sehen sein?"
        )
    }
    assert asked(send(admin_client, url(draft), publishing | {"means_incomplete": "on"})) == {}


def test_speaker_that_is_being_deleted_is_missing(admin_client):
    draft = make_talk(status="draft")
    gone = {"speakers-0-DELETE": "on", "_publish": "1"}

    found = asked(send_unseen(admin_client, url(draft), gone))

    assert found["means_incomplete"].startswith("Es fehlt noch: Referentin oder Referent.")


def test_speaker_that_is_being_entered_is_there(admin_client):
    draft = make_talk(status="draft", speaker="")
    entered = {
        "speakers-0-name": "Änne Groß",
        "speakers-0-role": "Bürgermeisterin",
        "speakers-0-form": "Referentin",
        "_publish": "1",
    }

    assert asked(send_unseen(admin_client, url(draft), entered)) == {}


def test_gaps_of_a_talk_that_people_see_already_are_no_reason(admin_client):
    talk = make_talk(town=None, speaker="", announcement="")

    assert asked(send_unseen(admin_client, url(talk), {"title": "Neu & anders"})) == {}


@pytest.mark.parametrize(
    ("capacity", "number"), [("", "2\u00a0Personen rücken"), ("2", "1\u00a0Person rückt")]
)
def test_more_seats_are_asked_about_while_people_wait(admin_client, capacity, number):
    talk = make_talk(capacity=1)
    for name in "abc":
        make_registration(talk, email=f"{name}@stadt.example")

    found = asked(send_unseen(admin_client, url(talk), {"capacity": capacity}))

    assert list(found) == ["means_more_seats"]
    assert found["means_more_seats"].startswith(number)
    assert Talk.objects.get().waiting_count == 2
    ticked = {"capacity": capacity, "means_more_seats": "on"}
    assert asked(send_unseen(admin_client, url(talk), ticked)) == {}
    assert Talk.objects.get().waiting_count < 2
