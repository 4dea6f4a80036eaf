"""The register of towns."""

from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from events.models import Municipality

pytestmark = pytest.mark.django_db


def test_renamed_town_is_found_by_its_new_name():
    town = Municipality.objects.create(name="Altdorf", land="Hessen")
    town.name = "Neudorf"
    town.save(update_fields=["name"])

    assert Municipality.objects.named_in("Stadt Neudorf") == town
    assert Municipality.objects.named_in("Stadt Altdorf") is None


@pytest.mark.parametrize("typed", ["gross-g", "Groß-G", "groß-gerau hessen"])
def test_organiser_finds_a_town_by_typing_its_beginning(admin_client, typed):
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

    assert [result["text"] for result in found["results"]] == [wanted.text_with_inhabitants]


def test_land_is_one_of_the_sixteen_or_nothing():
    Municipality.objects.create(name="Größenau", land="")

    with pytest.raises(IntegrityError), transaction.atomic():
        Municipality.objects.create(name="Größenau", land="Hesen")
    with pytest.raises(ValidationError):
        Municipality(name="Größenau", land="Hesen").full_clean()
    assert str(Municipality.objects.get()) == "Größenau"


@pytest.mark.parametrize(
    ("typed", "land"),
    [
        ("Hessen", "Hessen"),
        (" hessen ", "Hessen"),
        ("Land Hessen", "Hessen"),
        ("NRW", "Nordrhein-Westfalen"),
        ("Nordrhein Westfalen", "Nordrhein-Westfalen"),
        ("Thueringen", "Thüringen"),
        ("Freistaat Sachsen", "Sachsen"),
        ("Freie und Hansestadt Hamburg", "Hamburg"),
        ("MV", "Mecklenburg-Vorpommern"),
        ("Hesen", ""),
        ("Tirol", ""),
    ],
)
def test_land_of_an_older_version_is_understood_or_emptied(typed, land):
    """A migration is never refused for what somebody has typed years ago."""
    migration = import_module("events.migrations.0010_laender")

    assert migration.BY_KEY.get(migration.key(typed), "") == land


def register(*places):
    for name, land, population in places:
        Municipality.objects.create(name=name, land=land, population=population)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Stadt Herzberg", ["Herzberg am Harz", "Herzberg (Elster)", "Herzberg"]),
        ("Herzberg, Brandenburg", ["Herzberg (Elster)", "Herzberg"]),
        ("Stadt Herzberg (Elster)", ["Herzberg (Elster)"]),
        ("Landkreis Herzberg", []),
        ("", []),
    ],
)
def test_places_that_a_text_may_mean_are_proposed_the_largest_first(text, found):
    register(
        ("Herzberg", "Brandenburg", None),
        ("Herzberg (Elster)", "Brandenburg", 11_033),
        ("Herzberg am Harz", "Niedersachsen", 12_792),
    )

    proposed = Municipality.objects.proposed_for([text, "Vrees"])

    assert [place.name for place in proposed[text]] == found
    assert proposed["Vrees"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("herzberg", ["Herzberg am Harz", "Herzberg (Elster)", "Kleinherzberg"]),
        ("HERZ elster", ["Herzberg (Elster)"]),
        ("herzberg niedersachsen", ["Herzberg am Harz"]),
        ("brandenburg", []),
        ("größ", ["Größenau"]),
        ("–", []),
    ],
)
def test_places_are_found_by_parts_of_their_names(text, found):
    register(
        ("Kleinherzberg", "Brandenburg", 50_000),
        ("Herzberg (Elster)", "Brandenburg", 11_033),
        ("Herzberg am Harz", "Niedersachsen", 12_792),
        ("Größenau", "Hessen", None),
    )

    assert [place.name for place in Municipality.objects.with_words(text)] == found
