from datetime import date, timedelta

import pytest

from events.desk.holidays import FIXED, MOVING, easter, holiday
from events.models.municipality import Land


@pytest.mark.parametrize(
    "day",
    [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),  # the latest there can be
        date(2285, 3, 22),  # the earliest
        date(2100, 3, 28),
    ],
)
def test_easter(day):
    assert easter(day.year) == day


def of_year(year, land="") -> dict[str, str]:
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return {
        f"{day:%d.%m.}": name for day in days if day.year == year and (name := holiday(day, land))
    }


NATIONWIDE = {
    "01.01.": "Neujahr",
    "03.04.": "Karfreitag",
    "06.04.": "Ostermontag",
    "01.05.": "Tag der Arbeit",
    "14.05.": "Christi Himmelfahrt",
    "25.05.": "Pfingstmontag",
    "03.10.": "Tag der Deutschen Einheit",
    "25.12.": "Erster Weihnachtstag",
    "26.12.": "Zweiter Weihnachtstag",
}


@pytest.mark.parametrize(
    ("land", "more"),
    [
        ("", {}),
        ("Hessen", {"04.06.": "Fronleichnam"}),
        ("Sachsen", {"31.10.": "Reformationstag", "18.11.": "Buß- und Bettag"}),
        ("Thüringen", {"20.09.": "Weltkindertag", "31.10.": "Reformationstag"}),
        ("Berlin", {"08.03.": "Frauentag"}),
        (
            "Brandenburg",
            {
                "05.04.": "Ostersonntag",
                "24.05.": "Pfingstsonntag",
                "31.10.": "Reformationstag",
            },
        ),
        (
            "Bayern",
            {
                "06.01.": "Heilige Drei Könige",
                "04.06.": "Fronleichnam",
                "15.08.": "Mariä Himmelfahrt",
                "01.11.": "Allerheiligen",
            },
        ),
        ("Niedersachsen", {"31.10.": "Reformationstag"}),
        ("Kein Land", {}),
    ],
)
def test_holidays_of_2026(land, more):
    assert of_year(2026, land) == NATIONWIDE | more


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2023, 11, 22), True),  # 23 November is a Thursday
        (date(2022, 11, 16), True),  # 23 November is a Wednesday itself
        (date(2022, 11, 23), False),
        (date(2026, 11, 18), True),
    ],
)
def test_day_of_repentance_is_the_wednesday_before_23_november(day, is_one):
    assert bool(holiday(day, "Sachsen")) == is_one


def test_laender_are_written_as_in_the_register():
    named = set().union(*(land for _, land in [*FIXED.values(), *MOVING.values()] if land))

    assert named <= set(Land.values)
