"""The certificate: fetched on a phone by who was there, checked by who was handed it."""

import re

import page as page_validation
from playwright.sync_api import expect

from tests.e2e.month.guest import Guest
from tests.e2e.month.looks import is_wide_enough_for_large_letters, looks_right
from tests.e2e.month.the_hour import ALEX, CHRIS, EIKE, LUCA, OTHER_ROBIN, SEATS
from tests.pdf import text_in

MINE = "/meine-anmeldung/"
CODE = r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"


def is_announced(month):
    """Tell right after the talk what is awaited."""
    guest = Guest(month, ALEX)
    guest.opens_mail(MINE)
    guest.sees("Bescheinigungen gibt es, sobald die Teilnahme eingelesen ist.")
    looks_right(guest, "meine-anmeldung-nach-dem-talk")
    is_wide_enough_for_large_letters(guest, "meine-anmeldung-nach-dem-talk")
    guest.leaves()


def is_fetched(month, email, minutes) -> str:
    """Let somebody save the PDF on a phone, from Meine Anmeldung on; return its code."""
    guest = Guest(month, email)
    guest.opens_mail(MINE)
    guest.follow(re.compile("^Bescheinigung"))
    guest.sees_heading("Teilnahmebescheinigung")
    looks_right(guest, "bescheinigung")
    is_wide_enough_for_large_letters(guest, "bescheinigung")
    code = guest.page.locator(".code").inner_text()
    content = guest.file_from(lambda: guest.follow("Als PDF speichern"))
    month.steps["fetch the certificate"] = guest.steps
    guest.leaves()
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert (report.failures, report.document.page_count, report.rules.total) == ([], 1, 104)
    told = " ".join(text_in(content).split())
    for each in [
        SEATS[email],
        f"{minutes} von 60 Minuten",
        "Architektenkammer Hessen, Nummer 2025-417, 1 Stunde",
        "2. Dezember 2025",
        code,
    ]:
        assert each in told, each
    return code


def is_explained(month):
    """Say to who has none why, and never that they were not there."""
    for email, reason in {
        EIKE: "nennt 20 von 60 Minuten. Eine Bescheinigung gibt es ab 30 Minuten.",
        LUCA: "Ihre Teilnahme noch nicht vermerkt",
    }.items():
        guest = Guest(month, email)
        guest.opens_mail(MINE)
        guest.follow(re.compile("was dazu fehlt"))
        guest.sees(reason)
        guest.does_not_see("nicht dabei")
        looks_right(guest, "keine-bescheinigung")
        guest.leaves()


def is_checked_by_others(month, code):
    """Find the page that checks, type code and name as people do, and then a wrong name."""
    other = Guest(month)
    other.types(month.url)
    other.follow(re.compile("^Über"))
    other.follow("Bescheinigung prüfen")
    looks_right(other, "bescheinigung-pruefen")
    # Without its lines, in small letters, with a letter for each nought.
    typed = code.replace("-", " ").lower().replace("0", "o")
    other.fill("Prüfcode", typed)
    other.fill("Name", "  alex MUSTER ")
    other.press("Prüfen")
    other.sees("Die Bescheinigung ist echt.")
    expect(other.page.get_by_role("status")).to_contain_text("58 Minuten")
    looks_right(other, "bescheinigung-echt")
    is_wide_enough_for_large_letters(other, "bescheinigung-echt")
    month.steps["check a certificate"] = other.steps
    other.fill("Prüfcode", code)
    other.fill("Name", "Alexa Muster")
    other.press("Prüfen")
    other.sees("Das stimmt nicht überein.")
    looks_right(other, "bescheinigung-stimmt-nicht")
    # One character of the code is another one.
    other.fill("Prüfcode", code[:-1] + ("A" if code[-1] != "A" else "B"))
    other.fill("Name", SEATS[ALEX])
    other.press("Prüfen")
    other.sees("Das stimmt nicht überein.")
    other.leaves()


def is_checked_by_its_picture(month, code):
    """Open what the QR code leads to: only the name is to be typed."""
    other = Guest(month)
    other.types(f"{month.url}/bescheinigung/{code}/")
    expect(other.page.get_by_label("Prüfcode")).to_have_value(code)
    other.fill("Name", SEATS[ALEX])
    other.press("Prüfen")
    other.sees("Die Bescheinigung ist echt.")
    month.steps["check a certificate by its picture"] = other.steps
    other.leaves()


def is_printed_for_all(month, teilnehmende, talk):
    """Let an organiser print those of everybody who was there."""
    with month.scene("print all certificates", teilnehmende):
        teilnehmende.lists("Talks")
        teilnehmende.follow(talk.title)
        teilnehmende.follow("Angemeldete (7)")
        teilnehmende.follow("Bescheinigungen")
        looks_right(teilnehmende, "bescheinigungen")
        content = teilnehmende.file_from(lambda: teilnehmende.follow(re.compile("PDF")))
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert (report.failures, report.document.page_count) == ([], 3)
    told = " ".join(text_in(content).split())
    assert [SEATS[each] in told for each in (ALEX, CHRIS, OTHER_ROBIN)] == [True] * 3
    assert SEATS[EIKE] not in told
    assert len(set(re.findall(CODE, told))) == 3
