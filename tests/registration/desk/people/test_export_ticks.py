"""The export's columns are ticked by one click; questions leave alone."""

import pytest
from django.contrib.admin.models import LogEntry

from tests.makers import make_registration, make_talk
from tests.registration.desk.people.test_export import ALL_COLUMNS, csv_rows, export, page

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
