"""The towns that people came from: what is told of their numbers, and how they are sorted."""

import pytest

from events.models import Municipality
from registration.desk.figures.reached_towns import ReachedTown, ReachedTowns


@pytest.mark.parametrize(
    ("people", "without", "shown"),
    [
        ([9, 3], 5, ([9, "<\u00a05"], 8)),
        ([9, 4], 0, ([9, "<\u00a05"], 4)),
        ([9, 1], 0, (["<\u00a010", "<\u00a010"], 10)),
        ([9], 2, ([9], 2)),
        ([1], 0, ([], 1)),
        ([], 0, ([], 0)),
    ],
)
def test_sums_do_not_tell_what_is_hidden(people, without, shown):
    register = {pk: Municipality(pk=pk, name="Größenau") for pk in range(len(people))}
    reached = ReachedTowns.of({None: without, **dict(enumerate(people))}, register)

    assert ([town.people for town in reached.named], reached.small_numbers.rest) == shown


@pytest.mark.parametrize(
    ("population", "size"),
    [
        (None, "Einwohnerzahl unbekannt"),
        (0, "unter 5.000 Einwohner"),
        (4_999, "unter 5.000 Einwohner"),
        (5_000, "5.000 bis unter 10.000 Einwohner"),
        (20_000, "20.000 Einwohner und mehr"),
    ],
)
def test_size_classes_are_those_of_the_archive(population, size):
    assert ReachedTown(Municipality(population=population), 9).size == size


# One talk over time


def test_towns_stand_by_land_and_name_and_those_without_a_land_last():
    places = [("Bberg", "Hessen"), ("Ohne", ""), ("Aberg", "Hessen"), ("Zett", "Bayern")]
    register = {pk: Municipality(pk=pk, name=n, land=land) for pk, (n, land) in enumerate(places)}

    reached = ReachedTowns.of(dict.fromkeys(register, 5), register)

    assert {land: [one.town.name for one in towns] for land, towns in reached.laender.items()} == {
        "Bayern": ["Zett"],
        "Hessen": ["Aberg", "Bberg"],
        "Land nicht eingetragen": ["Ohne"],
    }
    assert reached.known_laender == 2
