"""Public holidays in Germany, nationwide and by Land; pure functions."""

from datetime import date, timedelta

# A holiday's name and the Länder that have it; None means all of them.
type Holiday = tuple[str, set[str] | None]

# Day and month of the holidays that stay where they are.
FIXED: dict[tuple[int, int], Holiday] = {
    (1, 1): ("Neujahr", None),
    (6, 1): (
        "Heilige Drei Könige",
        {"Baden-Württemberg", "Bayern", "Sachsen-Anhalt"},
    ),
    (8, 3): ("Frauentag", {"Berlin", "Mecklenburg-Vorpommern"}),
    (1, 5): ("Tag der Arbeit", None),
    # In Bayern only where most people are Catholic: worth a look all the same.
    (15, 8): ("Mariä Himmelfahrt", {"Bayern", "Saarland"}),
    (20, 9): ("Weltkindertag", {"Thüringen"}),
    (3, 10): ("Tag der Deutschen Einheit", None),
    (31, 10): (
        "Reformationstag",
        {
            "Brandenburg",
            "Bremen",
            "Hamburg",
            "Mecklenburg-Vorpommern",
            "Niedersachsen",
            "Sachsen",
            "Sachsen-Anhalt",
            "Schleswig-Holstein",
            "Thüringen",
        },
    ),
    (1, 11): (
        "Allerheiligen",
        {"Baden-Württemberg", "Bayern", "Nordrhein-Westfalen", "Rheinland-Pfalz", "Saarland"},
    ),
    (25, 12): ("erster Weihnachtstag", None),
    (26, 12): ("zweiter Weihnachtstag", None),
}
# Days after Easter Sunday.
MOVING: dict[int, Holiday] = {
    -2: ("Karfreitag", None),
    0: ("Ostersonntag", {"Brandenburg"}),
    1: ("Ostermontag", None),
    39: ("Christi Himmelfahrt", None),
    49: ("Pfingstsonntag", {"Brandenburg"}),
    50: ("Pfingstmontag", None),
    60: (
        "Fronleichnam",
        {
            "Baden-Württemberg",
            "Bayern",
            "Hessen",
            "Nordrhein-Westfalen",
            "Rheinland-Pfalz",
            "Saarland",
        },
    ),
}


def holiday(day: date, land: str = "") -> str:
    """Return what holiday `day` is, nationwide or in `land`; an empty text if none."""
    if land == "Sachsen" and day == day_of_repentance(day.year):
        return "Buß- und Bettag"
    found = [FIXED.get((day.day, day.month)), MOVING.get((day - easter(day.year)).days)]
    for name, laender in filter(None, found):
        if laender is None or land in laender:
            return name
    return ""


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    golden, century, in_century = year % 19, year // 100, year % 100
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def day_of_repentance(year: int) -> date:
    """Return the Wednesday before 23 November."""
    last = date(year, 11, 22)
    return last - timedelta(days=(last.weekday() - 2) % 7)
