"""Feedback: the slide in the room, nine people who answer, and what the organisers see of it."""

import re

from playwright.sync_api import expect

from tests.e2e.month.guest import Guest
from tests.e2e.month.looks import is_wide_enough_for_large_letters, looks_right

USE, FOLLOWED = "Vielleicht", "Ja"
# How worthwhile nine people found it, the first five of them first.
ANSWERS = ["Ja, sehr", "Ja, sehr", "Eher ja", "Eher ja", "Eher nein", *["Nein"] * 4]
TEXT = "Das Beispiel nehme ich mit, Nummer {number}."


def slide_is_shown(month, redaktion, talk) -> str:
    """Show the slide in the last minutes; return the address that people read there."""
    page = redaktion.page
    with month.scene("show the slide", redaktion):
        redaktion.follow(talk.title)
        redaktion.follow("Rückmeldungen und Folie")
        redaktion.sees("Die Seite ist offen")
        looks_right(redaktion, "rueckmeldungen-noch-keine")
        with redaktion.context.expect_page() as tab:
            redaktion.follow("Folie zeigen")
    redaktion.page = tab.value
    redaktion.sees_heading("Wie war die Stunde für Sie?")
    looks_right(redaktion, "folie")
    address = redaktion.page.locator(".address").inner_text()
    redaktion.page.close()
    redaktion.page = page
    return address


def is_answered(month, address, numbers):
    """Let these of the nine open what the slide says, and answer."""
    for number in numbers:
        guest = Guest(month)
        guest.types(address)
        if not number:
            looks_right(guest, "rueckmeldung")
            is_wide_enough_for_large_letters(guest, "rueckmeldung")
        answer(guest, ANSWERS[number], TEXT.format(number=number))
        guest.sees_heading("Danke. Das hilft uns.")
        assert guest.context.cookies() == []
        month.steps["give feedback"] = guest.steps
        guest.leaves()


def answer(guest, worth, text):
    """Answer all that must be answered, and one of the two texts."""
    for question, choice in {
        "Hat sich die Stunde": worth,
        "Werden Sie etwas davon": USE,
        "Konnten Sie dem Talk": FOLLOWED,
    }.items():
        group = guest.page.get_by_role("group", name=re.compile(f"^{question}"))
        guest.steps += 1
        group.get_by_role("radio", name=choice, exact=True).check()
    guest.fill("Was nehmen Sie mit", text)
    guest.press("Rückmeldung abschicken")


def are_seen(month, redaktion, talk, number):
    """Hold that organisers see so many answers, from the list of talks on."""
    with month.scene("look at the feedback", redaktion):
        redaktion.lists("Talks")
        redaktion.follow(talk.title)
        redaktion.follow(re.compile("^Rückmeldungen"))
        redaktion.sees("Niemand sieht, wer geantwortet hat.")
    if not number:
        redaktion.sees_heading("Noch nichts zu sehen")
        redaktion.does_not_see("Das Beispiel nehme ich mit")
        return
    page = redaktion.page
    redaktion.sees_heading(f"{number} Rückmeldungen")
    first = page.get_by_role("table", name=re.compile("^Hat sich die Stunde"))
    told = [row.get_by_role("cell").first.inner_text() for row in first.get_by_role("row").all()]
    assert told == ["2", "2", "1", "0"]
    texts = page.get_by_role("blockquote").all_inner_texts()
    assert sorted(texts) == [TEXT.format(number=each) for each in range(number)]


def sheet_can_be_printed(redaktion):
    """Offer the page of five answers to be printed."""
    expect(
        redaktion.page.get_by_role("button", name="Drucken oder als PDF sichern")
    ).to_be_visible()
    looks_right(redaktion, "rueckmeldungen")


def one_offers_to_report(month, address, redaktion):
    """Go on from the thanks to the offer; an organiser hears of it, reads it and answers."""
    guest = Guest(month)
    guest.types(address)
    answer(guest, "Nein", TEXT.format(number=8))
    guest.sees_heading("Danke. Das hilft uns.")
    looks_right(guest, "rueckmeldung-danke")
    guest.steps = 0
    guest.follow("Wir möchten selbst berichten")
    looks_right(guest, "selbst-berichten")
    guest.fill("Ihre Kommune", "Stadt Größenau")
    guest.fill("Worüber möchten Sie berichten?", "Der Bahnhof & das „Café“ darin.")
    guest.fill("Vor- und Nachname", "Mika Muster")
    guest.fill("E-Mail-Adresse", "mika@groessenau.example")
    guest.press("Angebot abschicken")
    guest.sees_heading(re.compile("Danke"))
    looks_right(guest, "selbst-berichten-danke")
    month.steps["offer to report"] = guest.steps
    guest.leaves()
    month.works()
    assert redaktion.mailbox.subjects[-1] == "Eine Kommune möchte selbst berichten"


def offer_is_found(month, redaktion):
    """Read the offer from the first page's task on, and note that it is answered."""
    page = redaktion.page
    with month.scene("answer an offer", redaktion):
        redaktion.follow(re.compile("Angebot"), inside=redaktion.region("Zu tun"))
        looks_right(redaktion, "angebote")
        redaktion.follow(re.compile("Größenau"))
        redaktion.sees("Der Bahnhof & das „Café“ darin.")
        expect(page.get_by_role("link", name="mika@groessenau.example")).to_be_visible()
        looks_right(redaktion, "angebot")
        redaktion.press("Als beantwortet vermerken")
        expect(page.locator(".messagelist")).to_be_visible()
    redaktion.starts()
    redaktion.does_not_see("selbst berichten")
