"""The report of the video system: read, looked at line by line, taken over, read once more."""

from playwright.sync_api import expect

from registration.models import ReportLine
from tests.e2e.month.afterwards import read_in
from tests.e2e.month.looks import looks_right
from tests.e2e.month.the_hour import MINUTES, OTHER_ROBIN, REPORT


def is_taken_over(month, teilnehmende, talk):
    """Choose one of two people of the same name; the rest is found, and nothing noted before."""
    with month.scene("note who was there", teilnehmende):
        teilnehmende.follow("Teilnahme einlesen")
        looks_right(teilnehmende, "teilnahme-einlesen")
        read_in(teilnehmende, REPORT)
        teilnehmende.sees("Noch ist nichts vermerkt.")
        looks_right(teilnehmende, "bericht-pruefen")
        assert counted_on(teilnehmende.page) == {
            "Vorschlag": "1",
            "Nicht gefunden": "1",
            "Zugeordnet": "3",
            "Gastgeber und Vortragende": "2",
            "Nicht gezählt": "1",
            "Zusammen": "8",
        }
        assert minutes_of(talk) == {}
        teilnehmende.pick("#vorschlag select", f"Robin Beispiel, {OTHER_ROBIN}")
        teilnehmende.press("Übernehmen")
        teilnehmende.sees("Bericht übernommen: Minuten bei 4 Personen, 1 Gast.")
        looks_right(teilnehmende, "bericht-uebernommen")
    assert minutes_of(talk) == MINUTES
    talk.refresh_from_db()
    assert (talk.guests, ReportLine.objects.count()) == (1, 0)
    teilnehmende.starts()
    assert not teilnehmende.is_asked_to("Teilnahme einlesen")


def counted_on(page) -> dict:
    """Return how many people the page counts in each of its sections."""
    rows = page.locator(".counts tbody tr").all()
    return {
        row.get_by_role("rowheader").inner_text(): row.get_by_role("cell").first.inner_text()
        for row in rows
    }


def changes_nothing_when_read_again(month, teilnehmende, talk):
    """Read the same file a second time, and throw it away after a look."""
    with month.scene("read the report again, and discard it", teilnehmende):
        teilnehmende.lists("Talks")
        teilnehmende.follow(talk.title)
        teilnehmende.follow("Angemeldete (7)")
        teilnehmende.follow("Teilnahme einlesen")
        teilnehmende.steps += 1
        teilnehmende.page.get_by_text("Noch einmal einlesen").click()
        read_in(teilnehmende, REPORT)
        teilnehmende.sees("Noch ist nichts vermerkt.")
        expect(teilnehmende.page.locator(".take-over")).to_contain_text("früheren Bericht")
        teilnehmende.press("Verwerfen, nichts übernehmen")
        teilnehmende.sees("Der eingelesene Bericht ist gelöscht.")
    assert minutes_of(talk) == MINUTES


def minutes_of(talk) -> dict:
    rows = talk.registrations.exclude(minutes_present=None)
    return dict(rows.order_by("pk").values_list("email", "minutes_present"))
