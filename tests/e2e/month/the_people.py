"""The people of the talk: their list, one of them, their towns, the messages to them."""

import re

from playwright.sync_api import expect

from registration.models import Registration
from tests.e2e.month.month import EMAILS, MISTYPED
from tests.e2e.month.the_talk import find_the_list

SUBJECT = "Ein Beispiel aus Ihrem Ort: {titel}"
TEXT = """Guten Tag {name},

am {termin} geht es um Wärme und Licht in der Altstadt.
Halten Sie gern ein Foto Ihres Marktplatzes bereit.

Bis dahin!"""


def correct_the_refused_address(month, teilnehmende):
    with month.scene("correct a refused address", teilnehmende):
        teilnehmende.photograph("startseite", height=1130)
        teilnehmende.follow("Nicht zugestellte ansehen")
        teilnehmende.follow("Adresse berichtigen")
        teilnehmende.fill("E-Mail-Adresse", EMAILS[MISTYPED])
        teilnehmende.press("Berichtigen")
        teilnehmende.sees(EMAILS[MISTYPED])
    assert month.sent_by() == [EMAILS[MISTYPED]]
    teilnehmende.starts()
    assert not teilnehmende.is_asked_to("Nicht zugestellte ansehen")


def help_one_person(month, teilnehmende):
    """Put the organisation right, and send the first mail once more."""
    with month.scene("help one person", teilnehmende):
        find_the_list(teilnehmende)
        teilnehmende.photograph("angemeldete", height=920)
        teilnehmende.follow("Chris Muster")
        teilnehmende.photograph("person")
        teilnehmende.follow("Angaben oder Adresse berichtigen")
        teilnehmende.fill("Kommune oder Organisation", "Gemeinde Musterstadt")
        teilnehmende.press("Berichtigen")
        teilnehmende.sees("Gemeinde Musterstadt")
        teilnehmende.press("Noch einmal schicken")
        teilnehmende.sees("geht noch einmal hinaus")
    assert month.sent_by() == [EMAILS[1]]


def settle_the_towns(month, teilnehmende):
    with month.scene("settle the towns", teilnehmende):
        teilnehmende.lists("Talks")
        teilnehmende.follow("Statistik")
        teilnehmende.follow("Orte eintragen …")
        teilnehmende.sees("Rathaus Neustadt")
        teilnehmende.tick(re.compile("Neustadt .*Hessen"))
        teilnehmende.photograph("orte", height=530)
        teilnehmende.press("Auswahl speichern")
        teilnehmende.sees("Ort eingetragen bei 1 Anmeldung.")
    assert Registration.objects.get(email=EMAILS[7]).municipality.land == "Hessen"


def write_a_message(month, teilnehmende):
    """Write it, and try it on oneself."""
    page = teilnehmende.page
    with month.scene("write a message", teilnehmende):
        find_the_list(teilnehmende)
        teilnehmende.follow("Nachricht schreiben")
        teilnehmende.fill("Betreff", SUBJECT)
        teilnehmende.fill("Text", TEXT)
        teilnehmende.press("Sichern und prüfen")
        teilnehmende.sees("8 Personen bekommen diese Nachricht.")
        page.get_by_text("Reiner Text der Mail").click()
        expect(page.locator(".mail-preview")).to_contain_text("Guten Tag Alex Muster,")
        page.get_by_text("Reiner Text der Mail").click()
        teilnehmende.photograph("nachricht")
        teilnehmende.press("Test an mich")
        teilnehmende.sees(f"Der Test geht an {teilnehmende.address}.")
    assert month.sent_by() == [teilnehmende.address]


def plan_it(month, teilnehmende):
    """Find the draft again, plan it for later, and think better of it."""
    with month.scene("plan a message, and stop it", teilnehmende):
        teilnehmende.lists("Nachrichten")
        teilnehmende.follow(re.compile("^Ein Beispiel"))
        teilnehmende.follow("Später verschicken …")
        teilnehmende.fill("[name=send_at_0]", "28.11.2025")
        teilnehmende.fill("[name=send_at_1]", "9 Uhr")
        teilnehmende.press("Zu dieser Zeit verschicken")
        teilnehmende.sees("Geplant für")
        teilnehmende.follow("Anhalten …")
        teilnehmende.press("Anhalten")
        teilnehmende.sees("Noch ist nichts verschickt")


def release_it(month, teilnehmende):
    """Release it, stop it before the first mail, find it again on the first page, go on."""
    with month.scene("release a message, and stop it", teilnehmende):
        teilnehmende.follow("Ansehen und neu planen …")
        teilnehmende.press("Freigeben: 8 Mails")
        teilnehmende.sees("0 von 8 Mails verschickt, 8 warten noch")
        teilnehmende.follow("Anhalten …")
        teilnehmende.press("Anhalten")
    assert month.sent_by() == []
    with month.scene("resume a message", teilnehmende):
        teilnehmende.follow("Ansehen und fortsetzen …")
        teilnehmende.press("Fortsetzen: 8 Mails")
        teilnehmende.sees("8 Mails gehen jetzt hinaus.")
    assert month.sent_by() == EMAILS
    teilnehmende.page.reload()
    teilnehmende.sees("8 von 8 Mails verschickt")
    expect(teilnehmende.page.get_by_role("link", name="verschickt", exact=True)).to_have_count(8)


def copy_it(month, teilnehmende):
    with month.scene("copy a message, and delete the draft", teilnehmende):
        teilnehmende.lists("Nachrichten")
        teilnehmende.follow(re.compile("^Ein Beispiel"))
        teilnehmende.follow("Kopieren")
        expect(teilnehmende.page.get_by_label("Betreff")).to_have_value(SUBJECT)
        teilnehmende.press("Sichern und prüfen")
        teilnehmende.follow("Entwurf löschen …")
        teilnehmende.press("Entwurf löschen")
        teilnehmende.sees("Der Entwurf ist gelöscht.")


def find_by_the_search(month, redaktion, teilnehmende):
    """Find a talk; and the talk, the message and the people, for those who may see them."""
    with month.scene("find a talk", redaktion):
        redaktion.fill("Suchbegriff", "Wärme")
        redaktion.press("Finden")
        redaktion.follow(re.compile("^Beispiel:"))
        redaktion.sees("Anmeldeverlauf")
    with month.scene("find talk, message and people", teilnehmende):
        teilnehmende.fill("Suchbegriff", "Beispiel")
        teilnehmende.press("Finden")
        for found in ("Talks", "Orte", "Nachrichten", "Wer es sein kann"):
            teilnehmende.sees_heading(found)
        teilnehmende.photograph("suche", height=680)
        teilnehmende.press("Zeigen")
        teilnehmende.sees(EMAILS[6])
    assert teilnehmende.page.url.endswith("/person/")
