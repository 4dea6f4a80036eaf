"""After the talk: who was there, recap and material, the numbers, the list, a letter."""

from playwright.sync_api import expect

from tests.e2e.month.month import EMAILS, PEOPLE, TITLE
from tests.registration.desk.figures.sheets import read_xlsx

# Known by the address, by the name, by the name beside a nickname; the last is nobody who has
# signed up.
ZOOM = """Meeting-ID,Thema,Startzeit,Benutzer-E-Mail,Dauer (Minuten)
812 3456,"Wärme & Licht",09.12.2025 10:00,host@reihe.example,61

Name (ursprünglicher Name),Benutzer-E-Mail,Beitrittszeit,Austrittszeit,Gast
A. Muster,p0@stadt.example,10:00,10:59,Ja
Chris,P1@Stadt.example,10:01,10:58,Ja
"Muster, Dana",,10:01,10:58,Ja
Bürgerbüro (Eike Muster),,10:02,10:59,Ja
Telefon 3,,10:04,10:31,Ja
"""
REST = "Angemeldet ohne Ort oder aus Orten mit wenigen"


def note_who_was_there(month, teilnehmende):
    """Read in what Zoom exports, look at it, take it over; the task is gone."""
    page = teilnehmende.page
    with month.scene("note who was there", teilnehmende):
        teilnehmende.follow("Teilnahme einlesen")
        read_in(teilnehmende)
        teilnehmende.sees("Noch ist nichts vermerkt.")
        known = page.get_by_role("row", name="Zugeordnet")
        expect(known.get_by_role("cell")).to_have_text(["4", "4"])
        unknown = page.get_by_role("row", name="Telefon 3")
        expect(unknown.get_by_label("gehört zu")).to_be_visible()
        teilnehmende.photograph("teilnahme", height=900)
        teilnehmende.press("Übernehmen")
        teilnehmende.sees("Bericht übernommen: Minuten bei 4 Personen, 1 Gast.")
    page.get_by_text("Noch einmal einlesen").click()
    read_in(teilnehmende)
    teilnehmende.sees("4 von ihnen haben schon Minuten")
    teilnehmende.press("Übernehmen")
    teilnehmende.sees("Bericht übernommen: Minuten bei 4 Personen, 1 Gast.")
    page.get_by_role("link", name="Zu den Angemeldeten").click()
    expect(page.locator(".field-presence").filter(has_text="dabei, ")).to_have_count(4)
    teilnehmende.starts()
    assert not teilnehmende.is_asked_to("Teilnahme einlesen")


def read_in(teilnehmende, report=ZOOM):
    file = {"name": "participants.csv", "mimeType": "text/csv"}
    teilnehmende.choose("[name=file]", file | {"buffer": report.encode("utf-8-sig")})
    teilnehmende.press("Einlesen und ansehen")


def finish_the_talk(month, redaktion):
    """Write the recap, add what can be read on; the way to the answers stays."""
    with month.scene("write the recap", redaktion):
        redaktion.follow("Rückblick schreiben")
        redaktion.fill("Rückblick", "Es ging um Wärme, und um Licht.")
        redaktion.press("Sichern")
        expect(redaktion.page.locator(".messagelist .success")).to_be_visible()
    with month.scene("add material", redaktion):
        redaktion.follow("Material hinzufügen")
        redaktion.fill("[name=materials-0-title]", "Folien")
        redaktion.fill("[name=materials-0-url]", "https://stadt.example/folien")
        redaktion.press("Sichern")
        expect(redaktion.page.locator(".messagelist .success")).to_be_visible()
    redaktion.starts()
    redaktion.sees_heading("Kommende Talks")
    redaktion.does_not_see("Fehlt: Rückblick")
    redaktion.sees("Antworten bis")
    assert not redaktion.is_asked_to("Rückblick schreiben")
    assert not redaktion.is_asked_to("Material hinzufügen")


def count_for_the_funder(month, redaktion):
    with month.scene("numbers for the funder", redaktion):
        redaktion.lists("Talks")
        redaktion.follow("Statistik")
        expect(redaktion.page.locator(".desk svg").first).to_be_visible()
        redaktion.photograph("statistik", height=900)
        file = downloaded(redaktion, lambda: redaktion.follow("Als Excel-Datei herunterladen"))
    heading, *years = file["Jahre"]
    (shown,) = (dict(zip(heading, row, strict=True)) for row in years if row[0] == 2025)
    expected = {"Talks": 1, "Anmeldungen": 8, "Angemeldet": 8, "Dabei": 4, "Anteil dabei": 0.5}
    expected |= {"Orte": 3, "Länder": 2, REST: 8}
    assert {name: shown[name] for name in expected} == expected
    # Hidden alone, the two small towns would be told by the sum.
    assert [row[1::3] for row in file["Orte"] if row[0] == 2025] == [
        ["Beispielheim", "<\u00a010"],
        ["Neustadt", "<\u00a010"],
        ["Musterstadt", "<\u00a010"],
    ]


def take_the_list_along(month, teilnehmende):
    """Export the people of the talk, from their list."""
    page = teilnehmende.page
    with month.scene("take the list along", teilnehmende):
        teilnehmende.lists("Talks")
        teilnehmende.follow(TITLE)
        teilnehmende.follow("Angemeldete (8)")
        teilnehmende.follow("Exportieren")
        teilnehmende.photograph("export", height=1130)
        columns = page.get_by_role("group", name="Spalten")
        for column in ("Talk", "Termin", "Land", "Dabei", "Stand", "Angemeldet am"):
            teilnehmende.steps += 1
            columns.get_by_label(column, exact=True).uncheck()
        rows = downloaded(teilnehmende, lambda: teilnehmende.press("Datei herunterladen"))
    assert rows["Anmeldungen"][0] == [
        *("Name", "E-Mail-Adresse", "Kommune oder Organisation", "Ort")
    ]
    names = list(zip(PEOPLE, EMAILS, strict=True))
    assert [tuple(row[:2]) for row in rows["Anmeldungen"][1:]] == names


def write_the_letter(month, teilnehmende):
    """Answer somebody who asks what is stored, with a letter to print."""
    with month.scene("letter to somebody who asks", teilnehmende):
        teilnehmende.fill("E-Mail-Adresse oder Name", EMAILS[6])
        teilnehmende.press("Suchen")
        teilnehmende.press("Auskunft …")
        teilnehmende.press("Brief zeigen")
        teilnehmende.sees("Art. 15")
        teilnehmende.sees("Sascha Beispiel")


def downloaded(colleague, deed) -> dict:
    """Return the workbook that comes."""
    return read_xlsx(colleague.file_from(deed))
