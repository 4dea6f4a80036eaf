"""Whose line it is: by address, by a name that one has, proposed, or nobody's."""

import pytest

from registration.desk.presence.names import Directory, find_rows
from registration.models import Registration, ReportLine

NAMES = {
    "kim@stadt.example": "Kim Beispiel",
    "aenne@stadt.example": "Änne Groß",
    "oda@stadt.example": "Dr.-Ing. Oda Süß-Müller",
    "lea@stadt.example": "Lea Klein",
    "lea2@stadt.example": "Lea Klein",
    "thomas@stadt.example": "Thomas Martin",
    "jo@stadt.example": "Jo",
}


def directory():
    return Directory(
        [
            Registration(pk=number, name=name, email=email, email_key=email)
            for number, (email, name) in enumerate(NAMES.items(), 1)
        ]
    )


def found(*lines):
    """Return for each (name, address) who was found, or a list of who is proposed."""
    rows = [ReportLine(name=name, email=email) for name, email in lines]
    return [
        match.row.email.partition("@")[0]
        if match.row
        else [row.email.partition("@")[0] for row in match.proposals]
        for match in find_rows(rows, directory())
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Änne Groß",
        "  änne   GROSS ",
        "Aenne Gross",
        "A\u0308nne Groß",
        "Groß, Änne",
        "Groß, Dr. Änne",
        "Prof. Dr. h. c. Änne Groß",
        "Änne Groß, M.A.",
        "Änne Groß (Stadt Größenau)",
        "Sonne (Änne Groß)",
        "Änne Groß | Stadt Größenau",
        "Stadt Größenau | Änne Groß",
        "Änne Groß / Bauamt",
        "Änne Groß - Größenau",
        "Änne Groß – Größenau",
        "Änne_Groß",
    ],
)
def test_spelling_of_a_name_does_not_matter(name):
    assert found((name, "")) == ["aenne"]


@pytest.mark.parametrize("name", ["Oda Süß-Müller", "Oda Suess Mueller", "Süß-Müller, Oda"])
def test_hyphen_of_a_double_name_does_not_matter(name):
    assert found((name, "")) == ["oda"]


def test_address_counts_more_than_the_name():
    assert found(("Änne Groß", "KIM@stadt.example")) == ["kim"]


def test_address_typed_as_the_name_tells_who_it_is():
    assert found(("Kim@Stadt.example", ""), ("wer@anders.example", "")) == ["kim", []]


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("Lea Klein", ["lea2", "lea"]),
        ("Lea", ["lea2", "lea"]),
        ("Martin Thomas", ["thomas"]),
        ("Kim Beispiehl", ["kim"]),
        ("K. Beispiel", ["kim"]),
        ("Kim B.", ["kim"]),
        ("Kim C.", []),
        ("Beispiel", ["kim"]),
        ("Oda Süß", ["oda"]),
        ("Jo", ["jo"]),
        ("Kim Beispiel / Änne Groß", ["kim", "aenne"]),
        ("Kim Anders", []),
        ("Niemand", []),
        ("4930*****12", []),
        ("", []),
        ("()", []),
        ("|", []),
    ],
)
def test_nothing_is_guessed(name, proposed):
    (rows,) = found((name, ""))

    assert sorted(rows) == sorted(proposed)


def test_one_seat_is_not_given_to_two_lines():
    lines = [("Änne Groß", "privat@web.example"), ("Änne Groß", "amt@web.example")]
    second_screen = [("Kim", "kim@stadt.example"), ("Kim Beispiel", "")]

    assert found(*lines) == [["aenne"], ["aenne"]]
    assert found(*second_screen) == ["kim", ["kim"]]


def test_at_most_five_are_proposed():
    rows = [
        Registration(pk=number, name=f"Lea Klein {number}", email_key=f"{number}")
        for number in range(1, 9)
    ]

    (match,) = find_rows([ReportLine(name="Lea Klein")], Directory(rows))

    assert len(match.proposals) == 5


def test_decision_counts_more_than_what_was_found():
    guest = ReportLine(name="Änne Groß", is_guest=True)
    chosen = ReportLine(name="Änne Groß (am Telefon)", registration_id=1)

    matches = find_rows([guest, chosen], directory())

    assert [match.row and match.row.name for match in matches] == [None, "Kim Beispiel"]
