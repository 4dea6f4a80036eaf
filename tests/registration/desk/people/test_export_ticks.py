"""The export's columns are ticked by one click; questions leave alone."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry

from registration.desk.people.export import TICKS
from registration.models import Registration
from tests.makers import make_registration, make_talk
from tests.registration.desk.people.test_export import ALL_COLUMNS, csv_rows, export, page

PRESENCE = ["present", "source", "minutes", "joined_at"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    ("button", "ticked"),
    [("alle", ALL_COLUMNS), ("keine", []), ("fragen", ["question"])],
)
def test_one_click_ticks_columns_and_keeps_all_else(admin_client, button, ticked):
    talk = make_registration().talk
    chosen = {"talk": talk.pk, "states": ["confirmed", "waiting"], "file_format": "csv"}

    response = admin_client.post(page(), chosen | {"columns": ["name"], "ticks": button})

    form = response.context["form"]
    assert (response.status_code, form.errors, form["columns"].value()) == (200, {}, ticked)
    assert str(form["talk"].value()) == str(talk.pk)
    assert (form["states"].value(), form["file_format"].value()) == (
        ["confirmed", "waiting"],
        "csv",
    )
    assert f'<button name="ticks" value="{button}"' in response.content.decode()
    assert LogEntry.objects.count() == 0


def test_questions_alone_are_those_that_were_asked(admin_client):
    talk = make_talk()
    make_registration(talk, question="Wie?")
    make_registration(talk, email="lea@stadt.example", question="")

    assert csv_rows(export(admin_client, "csv", columns=["question"])) == [["Frage"], ["Wie?"]]
    assert len(csv_rows(export(admin_client, "csv", columns=["name", "question"]))) == 3


JOINED = datetime(2025, 11, 26, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "cells"),
    [
        ({}, ["", "", "", ""]),
        ({"joined_at": JOINED}, ["", "", "", "26.11.2025 09:05"]),
        ({"minutes_present": 29, "joined_at": JOINED}, ["", "Bericht", "29", "26.11.2025 09:05"]),
        ({"minutes_present": 30}, ["ja", "Bericht", "30", ""]),
        ({"marked_present": True}, ["ja", "Veranstalter", "", ""]),
        ({"marked_present": True, "minutes_present": 3}, ["ja", "Bericht, Veranstalter", "3", ""]),
        # Whether it was the way in nobody knows.
        ({"counted_before": True, "joined_at": JOINED}, ["alte Zählung", "", "", ""]),
    ],
)
def test_presence_is_told_by_what_is_known_and_from_where(admin_client, known, cells):
    make_registration()
    Registration.objects.update(**known)

    rows = csv_rows(export(admin_client, "csv", columns=PRESENCE))

    assert rows == [["Dabei", "Quelle", "Minuten dabei", "Zugang benutzt"], cells]


def test_of_presence_the_usual_file_holds_no_more_than_whether_it_is_known():
    assert [key for key in TICKS["uebliche"][1] if key in PRESENCE] == ["present"]
