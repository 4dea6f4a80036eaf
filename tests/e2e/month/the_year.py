"""The report to the funder: goals entered, then the same numbers as page, PDF and spreadsheet."""

import re

import page as page_validation
from playwright.sync_api import expect

from tests.e2e.month.looks import looks_right
from tests.pdf import text_in
from tests.registration.desk.figures.sheets import read_xlsx

SENTENCE = "Drei Kommunen planen es nach."


def goals_are_entered(month, redaktion):
    with month.scene("enter the goals of the year", redaktion):
        redaktion.lists("Talks")
        redaktion.follow("Bericht an den Förderer")
        redaktion.sees_heading("Was noch fehlt")
        looks_right(redaktion, "foerderbericht-ohne-ziele")
        redaktion.follow("Ziele für 2025 eintragen …")
        looks_right(redaktion, "ziele")
        redaktion.fill("Talks", "2")
        redaktion.fill("Teilnahmen (dabei)", "6")
        redaktion.fill("Erreichte Orte unter", "5")
        redaktion.fill("in Prozent", "75")
        redaktion.fill("[name=ziele-0-goal]", "Folien zu jedem Talk")
        redaktion.fill("[name=ziele-0-reached]", "zu einem von einem")
        redaktion.fill("Was das Jahr gebracht hat", "Ein Jahr mit einem Talk.")
        redaktion.press("Speichern")
        redaktion.sees("Gespeichert. So steht es jetzt im Bericht 2025.")


def sentence_is_written(month, redaktion, talk):
    with month.scene("say what remains of a talk", redaktion):
        redaktion.lists("Talks")
        redaktion.follow("Bericht an den Förderer")
        redaktion.follow(talk.title, inside=redaktion.region("Was noch fehlt"))
        redaktion.fill("[name=report_sentence]", SENTENCE)
        redaktion.press("Sichern")
        expect(redaktion.page.locator(".messagelist .success")).to_be_visible()


def is_taken_along(month, redaktion):
    """Save PDF and spreadsheet; all three say the same."""
    page = redaktion.page
    with month.scene("report for the funder", redaktion):
        redaktion.lists("Talks")
        redaktion.follow("Bericht an den Förderer")
        redaktion.sees_heading("Ziele und Ergebnisse")
        redaktion.does_not_see("Was noch fehlt")
        looks_right(redaktion, "foerderbericht")
        content = redaktion.file_from(lambda: redaktion.follow("Als PDF"))
        sheets = read_xlsx(redaktion.file_from(lambda: redaktion.follow("Als Excel-Datei")))
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert (report.failures, report.rules.total) == ([], 104)
    # As it is printed: without links, and every row as a program reads it.
    on_page = words(page.locator("article").inner_text())
    on_paper = words(text_in(content))
    for each in [
        "1 Talk",
        "7 Anmeldungen",
        "1 Gast",
        "Nach Bericht: 3, das sind 43 % der dort Angemeldeten",
        "1 Ort 1 Land",
        "Hessen 1 Musterstadt (7)",
        "Talks 2 1 50 %",
        "Erreichte Orte unter 20.000 Einwohnern 5 1 20 %",
        "Teilnahmen (dabei) 6 3 (nach Bericht) 50 %",
        "Folien zu jedem Talk zu einem von einem",
        "5 anonyme Antworten; 80 % davon",
        SENTENCE,
        "Ein Jahr mit einem Talk.",
    ]:
        assert each in on_page, each
        assert each in on_paper, each
    year = {name: value[0] if value else None for name, *value in sheets["Jahr"]}
    assert [year[name] for name in ("Talks", "Anmeldungen", "Angemeldet", "Gäste")] == [1, 7, 7, 1]
    assert year["Dabei (nach Bericht oder bestätigt)"] == 3
    goals = {row[0]: row[1:] for row in sheets["Ziele"][1:]}
    assert goals["Talks"] == [2, 1, 0.5]
    assert sheets["Orte"][1:] == [
        ["Musterstadt", "Hessen", "unter 5.000 Einwohner", 7],
    ]
    assert [row[1] for row in sheets["Rückmeldungen"][1:]] == [2, 2, 1, 0]


def words(text) -> str:
    """Return it with one blank wherever there is any, also one that keeps a line whole."""
    return re.sub(r"\s+", " ", text)
