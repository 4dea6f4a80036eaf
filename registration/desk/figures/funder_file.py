"""The tables that the funder gets as a file: the numbers of the statistics by year and talk."""

from typing import TYPE_CHECKING

from registration.desk.figures.spreadsheets import Cell, Column, Sheet

if TYPE_CHECKING:
    from registration.desk.figures.statistics import TalkFigures, YearFigures

ATTENDANCE = [
    Column("Dabei", 10),
    Column("davon nach Bericht", 18),
    Column("davon vermerkt", 16),
    Column("Anteil dabei", 14, "0 %"),
    Column("Dabei (alte Zählung)", 20),
    Column("Zugang benutzt", 16),
    Column("Gäste", 10),
]


def sheets(years: "list[YearFigures]") -> list[Sheet]:
    """Return the tables: by year, by talk, and which Länder, sizes and towns were reached."""
    year, land, number = Column("Jahr", 8), Column("Land", 26), Column("Orte", 10)
    counts = [Column("Anmeldungen", 14), Column("Angemeldet", 14), *ATTENDANCE]
    return [
        Sheet(
            "Jahre",
            [
                *(year, Column("Talks", 8), *counts, number, Column("Länder", 10)),
                Column("Angemeldet ohne Ort oder aus Orten mit wenigen", 44),
            ],
            [
                [
                    *(
                        y.year,
                        len(y.talks),
                        *count_cells(y),
                        len(y.reached.towns),
                        y.reached.known_laender,
                    ),
                    y.reached.small_numbers.rest,
                ]
                for y in years
            ],
        ),
        Sheet(
            "Talks",
            [year, Column("Termin", 16), Column("Talk", 60), Column("Plätze", 10), *counts],
            [
                [
                    y.year,
                    figures.talk.starts_at,
                    figures.talk.title,
                    figures.talk.capacity,
                    *count_cells(figures),
                ]
                for y in years
                for figures in y.talks
            ],
        ),
        Sheet(
            "Länder",
            [year, land, number],
            [
                [y.year, name, len(towns)]
                for y in years
                for name, towns in y.reached.laender.items()
            ],
        ),
        Sheet(
            "Größen",
            [year, Column("Größe des Ortes", 34), number],
            [[y.year, size, towns] for y in years for size, towns in y.reached.sizes.items()],
        ),
        Sheet(
            "Orte",
            [year, Column("Ort", 30), land, Column("Größe", 34), Column("Angemeldet", 14)],
            [
                [y.year, one.town.name, one.land, one.size, one.people]
                for y in years
                for one in y.reached.named
            ],
        ),
    ]


def count_cells(figures: "YearFigures | TalkFigures") -> list[Cell]:
    """Return sign-ups, people with a seat, and what is known of who came: ATTENDANCE.

    Empty, not 0, where nobody knows who came.
    """
    known = figures.attendance
    is_known = known.attended is not None
    return [
        *(figures.signed_up, figures.confirmed, known.attended),
        *(known.stayed if is_known else None, known.marked if is_known else None, known.rate),
        *(known.counted_before or None, known.joined or None, known.guests),
    ]
