"""The report to the funder as tables of a spreadsheet."""

from registration.desk.figures.funder.numbers import COUNTED_BEFORE, USED_WAY_IN, ReportNumbers
from registration.desk.figures.spreadsheets import Cell, Column, Sheet

NUMBER = 14


def sheets(numbers: ReportNumbers) -> list[Sheet]:
    """Return the tables: the year, its goals, talks, Länder, sizes and towns, what people said."""
    return [
        year_sheet(numbers),
        goals_sheet(numbers),
        talks_sheet(numbers),
        Sheet(
            "Länder",
            [Column("Land", 30), Column("Orte", NUMBER)],
            [[land, len(towns)] for land, towns in numbers.reached.laender.items()],
        ),
        Sheet(
            "Größen",
            [Column("Größe des Ortes", 34), Column("Orte", NUMBER)],
            [list(row) for row in numbers.reached.sizes.items()],
        ),
        towns_sheet(numbers),
        Sheet(
            "Rückmeldungen",
            [Column("Hat sich die Stunde gelohnt?", 34), Column("Antworten", NUMBER)],
            [[step.label, step.number] for step in numbers.feedback],
        ),
    ]


def year_sheet(numbers: ReportNumbers) -> Sheet:
    rows: list[list[Cell]] = [
        ["Jahr", numbers.year],
        ["Zuwendung", numbers.entered.grant or None],
        ["Talks", len(numbers.talks)],
        ["Anmeldungen", numbers.signed_up],
        ["Angemeldet", numbers.confirmed],
        ["Dabei (nach Bericht oder bestätigt)", numbers.attended],
        ["Dabei (alte Zählung)", numbers.number_of(COUNTED_BEFORE)],
        ["Zugang benutzt", numbers.number_of(USED_WAY_IN)],
        ["Gäste", numbers.guests],
        ["Erreichte Orte", len(numbers.reached.towns)],
        ["davon unter 20.000 Einwohnern", numbers.reached.small],
        ["Erreichte Länder", numbers.reached.known_laender],
        [numbers.reached.small_numbers.rest_label, numbers.reached.small_numbers.rest],
        ["Was das Jahr gebracht hat", numbers.entered.summary or None],
        ["Ausblick", numbers.entered.outlook or None],
    ]
    return Sheet("Jahr", [Column("Was", 52), Column("Wert", 60)], rows)


def goals_sheet(numbers: ReportNumbers) -> Sheet:
    columns = [Column("Ziel", 52), Column("Angestrebt", NUMBER), Column("Erreicht", 40)]
    rows: list[list[Cell]] = [
        [goal.label, goal.target_cell, goal.reached_cell, goal.share] for goal in numbers.goals
    ]
    rows += [[own.goal, None, own.reached or None, None] for own in numbers.own_goals]
    return Sheet("Ziele", [*columns, Column("Anteil", NUMBER, "0 %")], rows)


def talks_sheet(numbers: ReportNumbers) -> Sheet:
    """Make one column of each way in which presence is known; an empty cell: nobody noted it."""
    counts = [
        "Anmeldungen",
        "Angemeldet",
        "Dabei (nach Bericht oder bestätigt)",
        "Dabei (alte Zählung)",
    ]
    counts += ["Zugang benutzt", "Gäste"]
    columns = [
        Column("Termin", 16),
        Column("Talk", 60),
        Column("Ort", 30),
        *(Column(label, 20) for label in counts),
        Column("Was bleibt", 80),
    ]
    rows: list[list[Cell]] = [
        [
            one.talk.starts_at,
            one.talk.title,
            one.talk.municipality.name if one.talk.municipality else None,
            one.signed_up,
            one.confirmed,
            one.attended,
            one.presence.number_of(COUNTED_BEFORE),
            one.presence.number_of(USED_WAY_IN),
            one.talk.guests,
            one.talk.report_sentence or None,
        ]
        for one in numbers.talks
    ]
    return Sheet("Talks", columns, rows)


def towns_sheet(numbers: ReportNumbers) -> Sheet:
    columns = [Column("Ort", 30), Column("Land", 30), Column("Größe", 34)]
    rows: list[list[Cell]] = [
        [one.town.name, one.land, one.size, one.people] for one in numbers.reached.named
    ]
    return Sheet("Orte", [*columns, Column("Angemeldet", NUMBER)], rows)
