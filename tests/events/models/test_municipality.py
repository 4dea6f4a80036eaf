"""The register of towns."""

import pytest
from django.urls import reverse

from events.models import Municipality

pytestmark = pytest.mark.django_db


def test_renamed_place_is_found_by_its_new_name():
    place = Municipality.objects.create(name="Altdorf", land="Hessen")
    place.name = "Neudorf"
    place.save(update_fields=["name"])

    assert Municipality.objects.named_in("Stadt Neudorf") == place
    assert Municipality.objects.named_in("Stadt Altdorf") is None


@pytest.mark.parametrize("typed", ["gross-g", "Groß-G", "groß-gerau hessen"])
def test_organiser_finds_a_place_by_typing_its_beginning(admin_client, typed):
    wanted = Municipality.objects.create(name="Groß-Gerau", land="Hessen")
    Municipality.objects.create(name="Vrees", land="Niedersachsen")

    found = admin_client.get(
        reverse("admin:autocomplete"),
        {
            "term": typed,
            "app_label": "events",
            "model_name": "talk",
            "field_name": "municipality",
        },
    ).json()

    assert [result["text"] for result in found["results"]] == [str(wanted)]
