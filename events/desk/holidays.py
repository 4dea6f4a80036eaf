"""Public holidays in Germany, nationwide and by Land; pure functions."""

from datetime import date, timedelta

from events.models.municipality import Land

# A holiday's name and the Länder that have it; None means all of them.
type Holiday = tuple[str, set[Land] | None]

# Day and month of the holidays that stay where they are.
FIXED: dict[tuple[int, int], Holiday] = {
    (1, 1): ("Neujahr", None),
    (6, 1): (
        "Heilige Drei Könige",
        {Land.BADEN_WUERTTEMBERG, Land.BAYERN, Land.SACHSEN_ANHALT},
    ),
    (8, 3): ("Frauentag", {Land.BERLIN, Land.MECKLENBURG_VORPOMMERN}),
    (1, 5): ("Tag der Arbeit", None),
    # In Bayern only where most people are Catholic: worth a look all the same.
    (15, 8): ("Mariä Himmelfahrt", {Land.BAYERN, Land.SAARLAND}),
    (20, 9): ("Weltkindertag", {Land.THUERINGEN}),
    (3, 10): ("Tag der Deutschen Einheit", None),
    (31, 10): (
        "Reformationstag",
        {
            Land.BRANDENBURG,
            Land.BREMEN,
            Land.HAMBURG,
            Land.MECKLENBURG_VORPOMMERN,
            Land.NIEDERSACHSEN,
            Land.SACHSEN,
            Land.SACHSEN_ANHALT,
            Land.SCHLESWIG_HOLSTEIN,
            Land.THUERINGEN,
        },
    ),
    (1, 11): (
        "Allerheiligen",
        {
            Land.BADEN_WUERTTEMBERG,
            Land.BAYERN,
            Land.NORDRHEIN_WESTFALEN,
            Land.RHEINLAND_PFALZ,
            Land.SAARLAND,
        },
    ),
    (25, 12): ("Erster Weihnachtstag", None),
    (26, 12): ("Zweiter Weihnachtstag", None),
}
# Days after Easter Sunday.
MOVING: dict[int, Holiday] = {
    -2: ("Karfreitag", None),
    0: ("Ostersonntag", {Land.BRANDENBURG}),
    1: ("Ostermontag", None),
    39: ("Christi Himmelfahrt", None),
    49: ("Pfingstsonntag", {Land.BRANDENBURG}),
    50: ("Pfingstmontag", None),
    60: (
        "Fronleichnam",
        {
            Land.BADEN_WUERTTEMBERG,
            Land.BAYERN,
            Land.HESSEN,
            Land.NORDRHEIN_WESTFALEN,
            Land.RHEINLAND_PFALZ,
            Land.SAARLAND,
        },
    ),
}


def holiday(day: date, land: str = "") -> str:
    """Return what holiday `day` is, nationwide or in `land`; an empty text if none."""
    if land == Land.SACHSEN and day == day_of_repentance(day.year):
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
