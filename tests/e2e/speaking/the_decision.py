"""What organisers do with it: compare, take over part by part, answer; what is public then."""

import re

from playwright.sync_api import expect

from events.models import Material, Talk
from tests.e2e.month.guest import Guest
from tests.e2e.month.looks import is_wide_enough_for_large_letters, looks_right
from tests.e2e.speaking import the_proposal
from tests.e2e.speaking.the_link import ADDRESSES, ALEX, SINA, TITLE
from tests.e2e.speaking.the_proposal import (
    ADVICE,
    CAPTION,
    CREDIT,
    FACE_CREDIT,
    OTHER_ROLE,
    OTHER_TEXT,
    PROFILE,
    ROLE,
    SUBTITLE,
    TEXT,
)

WHY = "Der Titel sagt schon alles; den Satz brauchen wir nicht."
WHY_OTHER = "Den Text hat Sina Beispiel uns schon geschickt."
TAKE, DECLINE = "Übernehmen", "Nicht übernehmen"


def is_taken_over(month, redaktion, talk):
    """Go from the task of the first page through all parts, and type nothing but the answers."""
    redaktion.starts()
    redaktion.sees("Musterstadt hat geschickt: Name und Funktion, Porträt, Titel und Text, Bild, ")
    redaktion.sees("Das erste kam vor 8\xa0Tagen.")
    assert redaktion.is_asked_to("Ansehen und entscheiden")
    texts_are_decided(month, redaktion, talk)
    pictures_are_decided(month, redaktion, talk)
    the_rest_is_taken_at_once(month, redaktion)
    redaktion.sees("Es wartet kein Vorschlag.")
    redaktion.starts()
    assert not redaktion.is_asked_to("Ansehen und entscheiden")


def texts_are_decided(month, redaktion, talk):
    with month.scene("decide about the texts", redaktion):
        redaktion.follow("Ansehen und entscheiden")
        redaktion.sees(SUBTITLE)
        looks_right(redaktion, "vortragen-vergleich")
        decide(redaktion, SINA, "Funktion", TAKE)
        decide(redaktion, SINA, "Untertitel", DECLINE)
        decide(redaktion, SINA, "Text", TAKE)
        decide(redaktion, ALEX, "Text", TAKE)
        redaktion.press("Entscheidungen speichern")
        redaktion.sees("Bitte schreiben Sie Sina Beispiel in einem Satz, warum nicht.")
        redaktion.sees("Bitte übernehmen Sie nur einen der beiden Vorschläge.")
        looks_right(redaktion, "vortragen-vergleich-fehler")
        assert Talk.objects.get(pk=talk.pk).announcement != TEXT
        answer(redaktion, SINA, "Untertitel", WHY)
        decide(redaktion, ALEX, "Text", DECLINE)
        answer(redaktion, ALEX, "Text", WHY_OTHER)
        redaktion.press("Entscheidungen speichern")
        redaktion.sees("Entschieden: Funktion, Text: übernommen; Untertitel: nicht übernommen.")
    redaktion.sees(f"{ALEX} bekommt jetzt eine Mail mit Ihrer Antwort.")
    talk.refresh_from_db()
    assert (talk.subtitle, talk.announcement, bool(talk.image)) == ("", TEXT, False)


def pictures_are_decided(month, redaktion, talk):
    with month.scene("take over picture and portrait", redaktion):
        redaktion.follow("Ansehen und entscheiden")
        for label in ("Porträt", "Bildnachweis des Porträts", "Bild", "Bildmitte"):
            decide(redaktion, SINA, label, TAKE)
        for label in ("Alternativtext", "Bildunterschrift", "Bildnachweis"):
            decide(redaktion, SINA, label, TAKE)
        redaktion.press("Entscheidungen speichern")
        redaktion.sees("Entschieden: Porträt, Bildnachweis des Porträts, Bild, Bildmitte, ")
    talk.refresh_from_db()
    assert (talk.image_credit, talk.image_focus, talk.practice) == (CREDIT, "left", None)


def the_rest_is_taken_at_once(month, redaktion):
    """Take over slides and profile by one press; who sees the slides follows from the consent."""
    with month.scene("take over the rest at once", redaktion):
        redaktion.follow("Ansehen und entscheiden")
        redaktion.sees(f"{SINA} hat der Veröffentlichung zugestimmt.")
        redaktion.press("Alles übernehmen (7)")
        redaktion.sees("Entschieden: Folien, Ausgangslage, ")
        redaktion.press("„Funktion“ übernehmen")
        redaktion.sees("Entschieden: Funktion: übernommen.")
    assert Material.objects.get().audience == Material.Audience.PUBLIC
    looks_right(redaktion, "vortragen-entschieden")


def row_of(redaktion, name, label):
    """Return one speaker's proposal for one field."""
    heading = redaktion.page.get_by_role("heading", level=2, name=re.compile(f"^{name}"))
    sender = redaktion.page.locator("section", has=heading)
    return sender.get_by_role("article", name=re.compile(f"^{label} vorgeschlagen"))


def decide(redaktion, name, label, choice):
    redaktion.steps += 1
    row_of(redaktion, name, label).get_by_role("radio", name=choice, exact=True).check()


def answer(redaktion, name, label, words):
    redaktion.steps += 1
    redaktion.typed.append(words)
    row_of(redaktion, name, label).get_by_label(f"Ein Satz dazu an {name}").fill(words)


def is_answered(month, speaker, other):
    """Mail what became of it; the desk says the same, and nothing is missing."""
    assert month.sent_by() == [ADDRESSES[ALEX]] * 2 + [ADDRESSES[SINA]] * 3
    told = " ".join(speaker.text_of(message) for message in (-3, -2, -1))
    assert f"- Untertitel: nicht übernommen. {WHY}" in told
    assert "- Porträt, Bildnachweis des Porträts, Bild, Bildmitte, " in told
    assert "- Folien, Ausgangslage, " in told
    told = " ".join(other.text_of(message) for message in (-2, -1))
    assert f"- Text: nicht übernommen. {WHY_OTHER}" in told
    speaker.presses_in_mail()
    speaker.sees("Die Veranstalter haben Ihnen geantwortet: Titel und Text")
    speaker.sees(f"Die Veranstalter schreiben: „{WHY}“")
    speaker.sees(f"Ihr Vorschlag war: „{SUBTITLE}“")
    speaker.sees("Von Ihnen fehlt uns nichts mehr. Vielen Dank!")
    looks_right(speaker, "vortragen-beantwortet")
    other.presses_in_mail()
    other.sees(WHY_OTHER)
    assert other.missing == ["Porträt"]


def is_public(month, talk):
    """Show everybody what the speakers sent: they typed it once, and nobody typed it again."""
    visitor = Guest(month)
    visitor.page.goto(month.url + talk.get_absolute_url())
    for text in [TITLE, ROLE, OTHER_ROLE, "Und das Licht bezahlt die Sonne.", CAPTION]:
        visitor.sees(text)
    for text in PROFILE.values():
        visitor.sees(text.partition("\n")[0])
    for credit in (CREDIT, FACE_CREDIT):
        visitor.sees(re.compile(re.escape(credit)))
    visitor.sees_heading("Praxisprofil")
    for text in (SUBTITLE, OTHER_TEXT, ADVICE):
        visitor.does_not_see(text)
    expect(visitor.page.get_by_role("img", name=the_proposal.ALT)).to_have_count(1)
    expect(visitor.page.locator(".speakers picture")).to_have_count(1)
    expect(visitor.page.get_by_role("link", name=re.compile("^Folien"))).to_have_count(1)
    the_proposal.pictures_load(visitor)
    looks_right(visitor, "vortragen-talk")
    is_wide_enough_for_large_letters(visitor, "vortragen-talk")
    visitor.leaves()
