"""What a person is told about themselves: everything, and nothing of others."""

import json
from datetime import UTC, datetime

import pytest

from registration.models import Interest, Registration
from tests.makers import TITLE, make_registration
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MOMENT, TOLD = datetime(2025, 11, 26, 8, 5, tzinfo=UTC), "2025-11-26T09:05:00+01:00"


def test_own_data_are_complete_and_nobody_elses(client):
    row = make_registration(organisation="Gemeinde Vrees", question="Wie & warum?")
    make_registration(row.talk, email="andere@stadt.example", name="Andere")
    Interest.objects.ask("kim@stadt.example")

    response = client.get(page_of("mine", row.key) + "daten.json")

    assert response["Content-Disposition"] == 'attachment; filename="meine-daten.json"'
    assert "no-store" in response["Cache-Control"]
    data = json.loads(response.content)
    (found,) = data["Anmeldungen"]
    assert found == {
        "Talk": TITLE,
        "Beginn": "2025-11-26T09:00:00+01:00",
        "Name": "Kim Beispiel",
        "E-Mail-Adresse": "kim@stadt.example",
        "Kommune oder Organisation": "Gemeinde Vrees",
        "Zugeordneter Ort": "",
        "Ort von den Veranstaltern geprüft": False,
        "Frage": "Wie & warum?",
        "Stand": "Angemeldet",
        "Stand seit": "2025-11-05T09:00:00+01:00",
        "Grund": "",
        "Angemeldet am": "2025-11-05T09:00:00+01:00",
        "Zugang benutzt": None,
        "Minuten dabei": None,
        "Als dabei vermerkt": False,
        "Dabei (alte Zählung)": None,
        "Erinnerungen abgestellt": False,
        "E-Mail mit Unterlagen angekündigt": True,
        "E-Mail mit Unterlagen abbestellt": False,
        "Zuletzt mitgeteilter Titel": "",
        "Zuletzt mitgeteilter Beginn": None,
        "Zuletzt mitgeteiltes Ende": None,
        "Zuletzt mitgeteilter Stand": "",
        "Kennung": str(row.uuid),
    }
    (interest,) = data["Neue Termine per E-Mail"]
    assert (interest["E-Mail-Adresse"], interest["Themen"], interest["Stand"]) == (
        "kim@stadt.example",
        ["alle"],
        "Wartet auf Bestätigung",
    )
    assert "Andere" not in response.content.decode()


def test_every_column_about_the_person_is_in_the_own_data(client):
    """A column that is added later must be shown here, or named as not about the person."""
    internal = {"id", "talk", "key", "email_key", "organizer", "anonymised_at"}
    columns = {field.name for field in Registration._meta.concrete_fields} - internal

    response = client.get(page_of("mine", make_registration().key) + "daten.json")

    (shown,) = json.loads(response.content)["Anmeldungen"]
    assert len(shown) == len(columns) + len({"Talk", "Beginn"})


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"joined_at": MOMENT}, {"Zugang benutzt": TOLD}),
        ({"joined_at": MOMENT, "counted_before": True}, {"Dabei (alte Zählung)": TOLD}),
        ({"minutes_present": 45}, {"Minuten dabei": 45}),
        ({"marked_present": True}, {"Als dabei vermerkt": True}),
        ({"recap_promised": False}, {"E-Mail mit Unterlagen angekündigt": False}),
        ({"recap_off": True}, {"E-Mail mit Unterlagen abbestellt": True}),
    ],
)
def test_what_is_known_of_presence_is_told_by_its_name(client, columns, told):
    row = make_registration()
    path = page_of("mine", row.key) + "daten.json"
    (before,) = client.get(path).json()["Anmeldungen"]
    Registration.objects.update(**columns)

    (shown,) = client.get(path).json()["Anmeldungen"]

    assert shown == before | told
