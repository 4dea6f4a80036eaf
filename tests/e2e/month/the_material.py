"""The Rückblick: written, released once, read in its two wordings, opened, and declined."""

import re

from playwright.sync_api import expect

from tests.e2e.month.guest import Guest
from tests.e2e.month.looks import looks_right
from tests.e2e.month.the_hour import ALEX, CHRIS, EIKE, LUCA, OTHER_ROBIN, ROBIN, SEATS, TONI
from tests.e2e.month.the_paper import MINE
from tests.events.upload_files import PDF
from tests.mailbox import Mailbox, links

SLIDES = {"name": "Folien.pdf", "mimeType": "application/pdf", "buffer": PDF}
WITH, WITHOUT = [ALEX, CHRIS, OTHER_ROBIN], [ROBIN, EIKE, LUCA]


def is_written(month, redaktion):
    """Write the recap; add slides for who signed up, and a page for everybody."""
    page = redaktion.page
    with month.scene("write the recap", redaktion):
        redaktion.follow("Rückblick schreiben")
        redaktion.fill("Rückblick", "Es ging um Wärme, und um Licht.\n\nUnd um die Altstadt.")
        redaktion.press("Sichern")
        expect(page.locator(".messagelist .success")).to_be_visible()
    with month.scene("add material for who signed up", redaktion):
        redaktion.follow("Material hinzufügen")
        redaktion.fill("[name=materials-0-title]", "Folien")
        redaktion.choose("[name=materials-0-file]", SLIDES)
        redaktion.pick("[name=materials-0-audience]", "nur Angemeldete")
        redaktion.press("Sichern")
        expect(page.locator(".messagelist .success")).to_be_visible()


def is_released(month, teilnehmende, talk):
    """Look at both wordings and release them, from the task of the first page."""
    page = teilnehmende.page
    with month.scene("send the material", teilnehmende):
        teilnehmende.follow("Unterlagen verschicken")
        teilnehmende.sees("6 Personen: 3 mit Bescheinigung, 3 ohne.")
        teilnehmende.sees("1 Person, die sich angemeldet hat, bevor das Formular")
        shown = page.frame_locator("iframe[title*='mit Bescheinigung']")
        expect(shown.get_by_text("Teilnahmebescheinigung").first).to_be_visible()
        looks_right(teilnehmende, "unterlagen-verschicken")
        teilnehmende.press("Verschicken: 6 Mails")
        teilnehmende.sees("6 Mails gehen jetzt hinaus.")
    assert month.sent_by() == sorted([*WITH, *WITHOUT])
    page.reload()
    teilnehmende.sees("6 Mails verschickt")
    looks_right(teilnehmende, "unterlagen-verschickt")
    teilnehmende.starts()
    assert not teilnehmende.is_asked_to("Unterlagen verschicken")
    talk.refresh_from_db()
    assert talk.recap_released_at is not None


def is_read_in_two_wordings(month):
    """Say to each what was promised, and nothing else."""
    for email in [*WITH, *WITHOUT]:
        (message,) = Mailbox(month.smtp_server, email).messages
        text = message.get_body(("plain",)).get_content()
        has_certificate = email in WITH
        assert f"Guten Tag {SEATS[email]}," in text
        assert ("Teilnahmebescheinigung" in text) == has_certificate
        assert ("vielen Dank für Ihre Teilnahme" in text) == has_certificate
        assert "Folien (PDF" in text
        assert "Es ging um Wärme, und um Licht." in text
        for word in ["nicht dabei", "Rückmeldung", "rueckmeldung", "nächster Talk", "anmelden"]:
            assert word not in text, word
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Mailbox(month.smtp_server, TONI).messages == []


def is_opened(month, email):
    """Come by the mail's link, on a phone: the slides and the certificate are one click away."""
    guest = Guest(month, email)
    guest.opens_mail(MINE)
    looks_right(guest, "meine-anmeldung-mit-unterlagen")
    expect(guest.page.get_by_role("link", name=re.compile("^Bescheinigung"))).to_be_visible()
    assert guest.file_from(lambda: guest.follow("Folien")) == PDF
    month.steps["open the slides"] = guest.steps
    guest.leaves()


def is_nobody_elses(month, talk):
    """Tell who comes by the talk's page only the title, and where the link is."""
    other = Guest(month)
    other.types(month.url + talk.get_absolute_url())
    other.sees("Folien für Angemeldete: über Ihren Link")
    expect(other.page.get_by_role("link", name="Folien")).to_have_count(0)
    looks_right(other, "talk-nachher")
    other.leaves()


def is_declined(month, email):
    """Click in the mail, and once on the page: no material any more."""
    guest = Guest(month, email)
    (message,) = guest.mailbox.messages
    assert any("/unterlagen/" in link for link in links(message))
    guest.opens_mail("/unterlagen/")
    guest.sees_heading("Keine Unterlagen mehr per E‑Mail?")
    looks_right(guest, "keine-unterlagen")
    guest.press("Keine Unterlagen mehr schicken")
    guest.sees_heading("Wir schicken Ihnen keine Unterlagen mehr.")
    looks_right(guest, "keine-unterlagen-mehr")
    month.steps["decline material"] = guest.steps
    guest.leaves()
