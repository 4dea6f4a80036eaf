"""Names in German order."""

import pytest

from registration.desk.people.surnames import Name, by_surname

IN_ORDER = [
    "Zoë Ahrens",
    "Kim Beispiel (Gast)",
    "Änne Çelik",
    "Prof. Dr. Óscar Íñiguez",
    "Ursula von der Leyen",
    "Łukasz Łoś",
    "Hans Meier a. D.",
    "Dr. Anna Müller",
    "Müller, Berta",
    "Dr. med. Cem Müller, M. Sc.",
    "Dora Müller MdL",
    "Ole Ostermann",
    "Ali Öztürk",
    "Jan Straßburger",
    "Jan Strasser",
    "J. R. R. Tolkien",
]


def test_titles_particles_accents_and_degrees_take_no_part():
    mixed = [*IN_ORDER[1::2], *IN_ORDER[::2]]

    assert sorted(mixed, key=by_surname) == IN_ORDER


@pytest.mark.parametrize(
    "typed", [*IN_ORDER, "Kim", "", "  ", ",", "Müller,", "(Gast)", "李 小明"]
)
def test_parts_of_a_name_make_the_name(typed):
    name = Name.of(typed)

    assert name.before + name.surname + name.behind == typed


@pytest.mark.parametrize(
    ("typed", "surname"),
    [
        ("Dr. Anna Müller", "Müller"),
        ("Anna Schmidt-Hohenstein, Dipl.-Ing.", "Schmidt-Hohenstein"),
        ("von der Leyen, Ursula", "Leyen"),
        ("Kim", "Kim"),
    ],
)
def test_surname_is_found(typed, surname):
    assert Name.of(typed).surname == surname


def test_nobody_comes_first():
    assert by_surname(None) == by_surname("") < by_surname("A")
