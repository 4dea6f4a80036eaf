"""The map: every town lies in its Land, every mark has a name, the list has them all."""

import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Municipality
from events.models.municipality import Land
from events.pages import germany_map
from tests.makers import make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
# From GeoNames (CC BY 4.0): the towns of the real talks, and one at an edge of every Land.
TOWNS = [
    ("Osterburg (Altmark)", "Sachsen-Anhalt", 52.78698, 11.75433),
    ("Schwarzenborn", "Hessen", 50.90977, 9.44658),
    ("Luckenwalde", "Brandenburg", 52.09029, 13.16772),
    ("Vrees", "Niedersachsen", 52.88551, 7.77242),
    ("Gudensberg", "Hessen", 51.17706, 9.36748),
    ("Herzberg (Elster)", "Brandenburg", 51.68692, 13.22016),
    ("Lindau", "Bayern", 47.54612, 9.68431),
    ("Passau", "Bayern", 48.5665, 13.43122),
    ("Rheinfelden", "Baden-Württemberg", 47.56013, 7.78715),
    ("Berlin", "Berlin", 52.52437, 13.41053),
    ("Bremerhaven", "Bremen", 53.57553, 8.57553),
    ("Hamburg", "Hamburg", 53.57532, 10.01534),
    ("Stralsund", "Mecklenburg-Vorpommern", 54.30911, 13.0818),
    ("Aachen", "Nordrhein-Westfalen", 50.77664, 6.08342),
    ("Trier", "Rheinland-Pfalz", 49.75565, 6.63935),
    ("Saarbrücken", "Saarland", 49.23262, 7.00982),
    ("Görlitz", "Sachsen", 51.15518, 14.98853),
    ("Flensburg", "Schleswig-Holstein", 54.78805, 9.43722),
    ("Eisenach", "Thüringen", 50.9807, 10.31522),
]


def is_inside(point, rings) -> bool:
    """Tell whether a line from the point to the right crosses the rings an odd number of times."""
    x, y = point
    crossings = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                crossings += 1
    return crossings % 2 == 1


def drawn_rings(path):
    """Read what `drawn` wrote."""
    for ring in re.findall(r"M([^l]*)l([^z]*)z", path):
        points = [tuple(map(float, ring[0].split()))]
        steps = [float(number) for number in re.findall(r"-?\d+", ring[1])]
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            points.append((points[-1][0] + dx, points[-1][1] + dy))
        yield points


@pytest.mark.parametrize(("name", "land", "latitude", "longitude"), TOWNS)
def test_town_lies_in_its_land_and_in_no_other(name, land, latitude, longitude):
    point = germany_map.position(latitude, longitude)

    whole = [key for key, rings in germany_map.outlines().items() if is_inside(point, rings)]
    assert whole == [land]
    # What is drawn is coarser, by less than a third of a mark.
    nearby = [(point[0] + across, point[1] + down) for across in (-2, 0, 2) for down in (-2, 0, 2)]
    drawn = [*drawn_rings(germany_map.paths()[land])]
    assert any(is_inside(each, drawn) for each in nearby)


def test_map_has_the_sixteen_laender_and_stays_small():
    assert set(germany_map.LAENDER.values()) == set(germany_map.paths()) == set(Land.values)
    assert sum(map(len, germany_map.paths().values())) < 10_000


def past_talk(town, land, latitude=None, longitude=None, **fields):
    municipality = Municipality.objects.get_or_create(
        name=town, land=land, latitude=latitude, longitude=longitude
    )[0]
    return make_talk(town=None, municipality=municipality, **{"starts_in": -DAY} | fields)


def test_every_town_that_has_reported_is_a_mark_and_an_entry(client):
    for name, land, latitude, longitude in TOWNS[:6]:
        past_talk(name, land, latitude, longitude, title=f"Talk aus {name}")
    past_talk("Ohne & Ort", "Hessen", title="Noch ohne Punkt")
    past_talk(*TOWNS[7], status="draft")
    past_talk(*TOWNS[8], starts_in=DAY, status="cancelled")

    html = client.get("/landkarte/").content.decode()

    marks = re.findall(r'<a href="#(ort-\d+)" aria-label="([^"]*)">', html)
    entries = re.findall(
        r'<li id="(ort-\d+)">\s*<span class="sign">(.*?)</span>.*?<a href="(.*?)">(.*?)</a>',
        html,
        re.DOTALL,
    )
    assert [name for _, name in marks] == [
        "Herzberg (Elster), Brandenburg",
        "Luckenwalde, Brandenburg",
        "Gudensberg, Hessen",
        "Schwarzenborn, Hessen",
        "Vrees, Niedersachsen",
        "Osterburg (Altmark), Sachsen-Anhalt",
    ]
    assert {mark for mark, _ in marks} < {entry[0] for entry in entries}
    assert len({entry[0] for entry in entries}) == 7
    assert [unescape(entry[1]) for entry in entries] == [
        "Herzberg (Elster)",
        "Luckenwalde",
        "Gudensberg",
        "Ohne & Ort",
        "Schwarzenborn",
        "Vrees",
        "Osterburg (Altmark)",
    ]
    assert re.findall(r"<small>(.*?)</small>", html) == ["2 Orte", "3 Orte", "1 Ort", "1 Ort"]
    assert html.count("Noch ohne Punkt auf der Karte.") == 1
    assert re.findall(r'<path class="land" data-shade="([1-9])"', html) == ["2", "3", "1", "1"]
    assert "CC BY 4.0" in html


def test_coming_towns_are_on_the_map_with_a_mark_and_words_of_their_own(client):
    past_talk(*TOWNS[2], title="War")
    past_talk(*TOWNS[3], title="Kommt", starts_in=DAY)
    past_talk(*TOWNS[4], title="War schon")
    past_talk(*TOWNS[4], title="Kommt wieder", starts_in=DAY)

    html = client.get("/landkarte/").content.decode()

    mark = r'aria-label="([^"]*)">\s*<circle class="hit"[^>]*>\s*<circle class="(.*?)"'
    assert re.findall(mark, html) == [
        ("Luckenwalde, Brandenburg", "mark"),
        ("Gudensberg, Hessen", "mark"),
        ("Vrees, Niedersachsen: berichtet demnächst", "mark coming"),
    ]
    text = " ".join(re.sub("<[^>]*>", " ", html).split())
    assert "haben in der Reihe berichtet oder berichten demnächst" in text
    assert "Kommt kommt am 6. November 2025" in text
    assert "hat berichtet berichtet demnächst noch kein Ort 1 Ort Umrisse" in text


@pytest.mark.parametrize(
    ("starts_in", "lead", "legend"),
    [
        (-DAY, "Diese Orte haben in der Reihe berichtet.", "hat berichtet noch kein Ort 1 Ort"),
        (DAY, "Diese Orte berichten demnächst.", "berichtet demnächst noch kein Ort 1 Ort"),
    ],
)
def test_legend_explains_only_what_is_there(client, starts_in, lead, legend):
    past_talk(*TOWNS[2], starts_in=starts_in)

    text = " ".join(re.sub("<[^>]*>", " ", client.get("/landkarte/").content.decode()).split())

    assert (lead in text, f"{legend} Umrisse" in text) == (True, True)


def test_no_name_runs_over_the_edge():
    """Luckenwalde did, to the right."""
    towns = [
        germany_map.TownOnMap(
            Municipality(name=name, land=land, latitude=latitude, longitude=longitude), []
        )
        for name, land, latitude, longitude in TOWNS
    ]
    germany_map.label(towns)

    named = [town for town in towns if town.label]
    sides = [town.box[0] if town.is_label_left else town.box[2] for town in named]
    assert [side for side in sides if not 0 <= side <= germany_map.WIDTH] == []
    assert ("Luckenwalde", True) in [(town.label, town.is_label_left) for town in named]


def test_town_with_several_talks_is_one_mark(client):
    for title in ("Erster", "Zweiter"):
        past_talk(*TOWNS[4], title=title)

    html = client.get("/landkarte/").content.decode()

    assert html.count('href="#ort-') == 1
    assert re.findall(r">(Erster|Zweiter)<", html) == ["Zweiter", "Erster"]


def test_without_talks_the_map_is_there(client):
    html = client.get("/landkarte/").content.decode()

    assert html.count('class="land"') == 16
    assert "Noch hat kein Ort berichtet." in html
    assert "Zeichen der Karte" not in html


def test_town_without_a_land_has_its_list_all_the_same(client):
    past_talk("Größenau", "", 48.2, 16.37)

    html = client.get("/landkarte/").content.decode()

    assert ("Größenau" in html, "Land nicht eingetragen" in html) == (True, True)
    assert "Noch ohne Punkt" in html
    assert html.count('href="#ort-') == 0


def test_names_do_not_cover_one_another():
    towns = [
        germany_map.TownOnMap(
            Municipality(name=name, land="Hessen", latitude=lat, longitude=lon), []
        )
        for name, lat, lon in (
            ("Gudensberg", 51.17, 9.36),
            ("Nebenan", 51.18, 8.9),
            ("Zuviel", 51.19, 9.36),
            ("Ost", 51, 15),
        )
    ]
    germany_map.label(towns)

    assert [(town.label, town.is_label_left) for town in towns] == [
        ("Gudensberg", False),
        ("Nebenan", True),
        ("", True),
        ("Ost", True),
    ]
