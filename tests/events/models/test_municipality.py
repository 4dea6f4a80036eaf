"""Which place an organisation names, and the register behind it."""

from importlib import import_module
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from events.management.commands import import_municipalities
from events.management.commands.import_municipalities import read_register
from events.models import Municipality, Revision
from events.models.place_names import name_key, places_named

pytestmark = pytest.mark.django_db

NAMED = {
    "Stadt Gudensberg": "Gudensberg (Hessen)",
    "GUDENSBERG": "Gudensberg (Hessen)",
    "Bürgermeisterin der Stadt Gudensberg, Bauamt": "Gudensberg (Hessen)",
    "Gemeinde Vrees": "Vrees (Niedersachsen)",
    "Samtgemeinde Werlte": "Werlte (Niedersachsen)",
    "Herzberg (Elster)": "Herzberg (Elster) (Brandenburg)",
    "Stadt Herzberg/Elster": "Herzberg (Elster) (Brandenburg)",
    "Herzberg am Harz": "Herzberg am Harz (Niedersachsen)",
    "Osterburg": "Osterburg (Altmark) (Sachsen-Anhalt)",
    "Hansestadt Osterburg (Altmark)": "Osterburg (Altmark) (Sachsen-Anhalt)",
    "Neustadt an der Aisch": "Neustadt an der Aisch (Bayern)",
    "Stadtverwaltung Bad Belzig": "Bad Belzig (Brandenburg)",
    "stadt gross-gerau": "Groß-Gerau (Hessen)",
    "Muehlacker": "Mühlacker (Baden-Württemberg)",
    "MÜHLACKER": "Mühlacker (Baden-Württemberg)",
    "St. Augustin": "Sankt Augustin (Nordrhein-Westfalen)",
    "Stadt Marburg": "Marburg an der Lahn (Hessen)",
    "Universität Kassel": "Kassel (Hessen)",
    "Stadt Siegen": "Siegen (Nordrhein-Westfalen)",
    "Siegen": "Siegen (Nordrhein-Westfalen)",
    "Gudensberg, Gudensberg": "Gudensberg (Hessen)",
}
NAMING_NONE = [
    "",
    "Herzberg",
    "Stadt Neustadt",
    "Schwarzenborn",
    "Gudensberg und Vrees",
    "Amt für Wald und Umwelt",
    "Amt für Wald",
    "Gemeinsam Siegen e. V.",
    "Haus der offenen Stelle",
    "Ernst Wissen GmbH",
    "Landkreis Göttingen",
    "Gudensberger Verein",
    "Neugudensberg",
    "Gudensberg-Nord",
    "vhw – Bundesverband",
    "(",
    "Σ 王小明 😀",
    "Hof " * 60,
]


@pytest.fixture
def register():
    Municipality.objects.bulk_create(read_register())


@pytest.mark.usefixtures("register")
def test_organisation_names_exactly_one_place_or_none(django_assert_max_num_queries):
    named = {}
    for text in [*NAMED, *NAMING_NONE]:
        with django_assert_max_num_queries(1):
            place = Municipality.objects.named_in(text)
        named[text] = place and str(place)

    assert named == NAMED | dict.fromkeys(NAMING_NONE)


def test_missing_organisation_names_no_place():
    assert Municipality.objects.named_in(None) is None


def test_every_place_is_named_by_its_full_name_or_shares_it():
    places = list(read_register())
    by_key = {}
    for place in places:
        by_key.setdefault(name_key(place.name), []).append(place)

    lost = [
        place.name
        for place in places
        if place.geonames_id
        not in {found.geonames_id for found in named(place, by_key[name_key(place.name)])}
    ]

    assert lost == []


def named(place, possible):
    # Places that are not saved have no hash: stand-ins by number.
    stand_ins = {Named(row.geonames_id, row.name) for row in possible}
    return places_named(place.name, stand_ins)


class Named:
    def __init__(self, geonames_id, name):
        self.geonames_id, self.name = geonames_id, name


def test_renamed_place_is_found_by_its_new_name():
    place = Municipality.objects.create(name="Altdorf", land="Hessen")
    place.name = "Neudorf"
    place.save(update_fields=["name"])

    assert Municipality.objects.named_in("Stadt Neudorf") == place
    assert Municipality.objects.named_in("Stadt Altdorf") is None


# manage.py import_municipalities


def import_register() -> str:
    out = StringIO()
    call_command("import_municipalities", stdout=out)
    return out.getvalue().strip()


def six_towns() -> set:
    return set(
        Municipality.objects.filter(talks__isnull=False)
        .distinct()
        .values_list("geonames_id", "name", "land", "population")
    )


SIX_TOWNS = {
    (2856639, "Osterburg (Altmark)", "Sachsen-Anhalt", 7231),
    (2834963, "Schwarzenborn", "Hessen", 1251),
    (2875484, "Luckenwalde", "Brandenburg", 21616),
    (2815823, "Vrees", "Niedersachsen", 1577),
    (2913890, "Gudensberg", "Hessen", 9032),
    (2905504, "Herzberg (Elster)", "Brandenburg", 11033),
}


@pytest.mark.parametrize("talks_first", [True, False])
def test_towns_of_the_real_talks_are_filled_and_not_doubled(talks_first):
    if talks_first:
        call_command("load_talks", stdout=StringIO())
    said = import_register()
    call_command("load_talks", stdout=StringIO())

    assert (
        said
        == [
            "11870 Orte angelegt, 0 ergänzt.",
            "11864 Orte angelegt, 6 ergänzt.",
        ][talks_first]
    )
    assert Municipality.objects.count() == 11870
    assert six_towns() == SIX_TOWNS
    assert Municipality.objects.filter(latitude=None).count() == 0


def test_importing_again_changes_nothing_and_asks_little(django_assert_max_num_queries):
    import_register()
    Municipality.objects.filter(name="Vrees").update(population=1, name="Vrees (Emsland)")
    before = set(Municipality.objects.values_list()), Revision.current()

    with django_assert_max_num_queries(4):
        assert import_register() == "0 Orte angelegt, 0 ergänzt."
    assert (set(Municipality.objects.values_list()), Revision.current()) == before


def test_import_raises_the_revision_and_keeps_what_was_entered():
    own = Municipality.objects.create(name="Gudensberg", land="Hessen", population=9500)
    other = Municipality.objects.create(name="Neuenkirchen", land="Niedersachsen")
    before = Revision.current()

    import_register()

    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.geonames_id, own.population, own.latitude) == (2913890, 9500, 51.17706)
    # Several places are called so: which one was meant is for people to say.
    assert other.geonames_id is None
    assert Revision.current() > before


def test_extract_writes_the_places_of_germany(tmp_path, monkeypatch):
    source = tmp_path / "cities500.json"
    source.write_text(
        '{"2": {"geonameid": 2, "name": "Größenau", "countrycode": "DE", "admin1code": "05",'
        ' "population": 0, "latitude": 50.5, "longitude": 9.25},'
        ' "1": {"geonameid": 1, "name": "Wien", "countrycode": "AT", "admin1code": "09",'
        ' "population": 1, "latitude": 48.2, "longitude": 16.4}}'
    )
    monkeypatch.setattr(import_municipalities, "REGISTER", tmp_path / "out.csv")
    out = StringIO()

    call_command("import_municipalities", extract=source, stdout=out)

    assert out.getvalue() == "1 Orte in out.csv geschrieben.\n"
    assert (tmp_path / "out.csv").read_text() == (
        "geonames_id,name,land,population,latitude,longitude\n2,Größenau,Hessen,,50.5,9.25\n"
    )
    assert [place.population for place in read_register()] == [None]


def test_imprint_credits_the_source(client):
    page = client.get(reverse("events:imprint")).content.decode()

    assert '<a href="https://www.geonames.org/">GeoNames</a>' in page
    assert '<a href="https://creativecommons.org/licenses/by/4.0/deed.de">' in page


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
