"""The type-ahead of the admin."""

import pytest

from events.models import Municipality, Talk

pytestmark = pytest.mark.django_db


def test_towns_of_one_name_are_told_apart_by_their_inhabitants(admin_client):
    for population in (1129, None, 11_033):
        Municipality.objects.create(name="Schwarzenbach", land="Bayern", population=population)

    found = admin_client.get(
        "/admin/autocomplete/",
        {
            "term": "schwarz",
            "app_label": "events",
            "model_name": "talk",
            "field_name": "municipality",
        },
    ).json()

    assert sorted(result["text"] for result in found["results"]) == [
        "Schwarzenbach (Bayern), 1.129 Einwohner",
        "Schwarzenbach (Bayern), 11.033 Einwohner",
        "Schwarzenbach (Bayern), Einwohnerzahl unbekannt",
    ]


def test_other_fields_are_offered_as_before(admin_client, clock):
    start = "2025-11-26T10:00+01:00"
    Talk.objects.create(title='Ä & "Ö"', starts_at=start, ends_at="2025-11-26T11:00+01:00")
    field = {"app_label": "registration", "model_name": "message", "field_name": "talk"}

    found = admin_client.get("/admin/autocomplete/", field | {"term": "Ä"}).json()

    assert [result["text"] for result in found["results"]] == ['Ä & "Ö"']
