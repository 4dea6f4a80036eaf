"""Which town of the register an organisation names."""

import pytest

from events.management.commands.import_municipalities import read_register
from events.models import Municipality
from events.models.place_names import name_key, places_named, says_stadt

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
    "Mu\u0308hlacker": "Mühlacker (Baden-Württemberg)",
    "GROẞ-GERAU": "Groß-Gerau (Hessen)",
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
def test_organisation_names_exactly_one_town_or_none(django_assert_max_num_queries):
    named = {}
    for text in [*NAMED, *NAMING_NONE]:
        with django_assert_max_num_queries(1):
            town = Municipality.objects.named_in(text)
        named[text] = town and str(town)

    assert named == NAMED | dict.fromkeys(NAMING_NONE)


def test_missing_organisation_names_no_town():
    assert Municipality.objects.named_in(None) is None


def test_every_town_is_named_by_its_full_name_or_shares_it():
    towns = list(read_register())
    by_key = {}
    for town in towns:
        by_key.setdefault(name_key(town.name), []).append(town)

    lost = [
        town.name
        for town in towns
        if town.geonames_id
        not in {found.geonames_id for found in named(town, by_key[name_key(town.name)])}
    ]

    assert lost == []


def named(town, possible):
    # Towns that are not saved have no hash: stand-ins by number.
    stand_ins = {Named(row.geonames_id, row.name) for row in possible}
    return places_named(town.name, stand_ins)


class Named:
    def __init__(self, geonames_id, name):
        self.geonames_id, self.name = geonames_id, name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Stadt Schwarzenborn", True),
        ("Stadtverwaltung Ä", True),
        ("Bauamt der STADT Vrees", True),
        ("Gemeinde Schwarzenborn", False),
        ("Neustadt", False),
        ("Stadtoldendorf", False),
    ],
)
def test_words_say_whether_a_stadt_is_meant(text, says):
    assert says_stadt(text) == says
