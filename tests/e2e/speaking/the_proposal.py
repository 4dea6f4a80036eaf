"""What the speakers send, part by part: texts, pictures, slides, profile and consents."""

import re

from playwright.sync_api import expect

from events.models import Talk
from registration.models import Consent, ProposedChange
from tests.e2e.month.looks import is_wide_enough_for_large_letters, looks_right
from tests.e2e.month.month import picture
from tests.e2e.speaking.speaker import face

ROLE = "Bürgermeisterin der Stadt Musterstadt"
SUBTITLE = "Ein zweiter Titel, den niemand braucht"
TEXT = 'Aus dem "kalten" Kino wurde ein Haus für alle.\n\nUnd das Licht bezahlt die Sonne.'
ALT, CAPTION, CREDIT = "Drei Giebel am Platz", "Der Markt, 2024", "© Stadt Musterstadt/Kim Muster"
FACE_CREDIT = "© Fotohaus Größenau"
PROFILE = {
    "situation": "2021 schloss das Kino. Sechs Läden folgten.",
    "approach": "Erst fragen, dann kaufen:\n\n- Befragung & Ideenmarkt\n- Umbau in zwei Jahren",
    "participants": "Bauamt, Kinoverein und 40 Freiwillige.",
    "costs": "1,2 Millionen Euro, davon zwei Drittel Förderung.",
    "lessons": "Den Verein von Anfang an fragen.",
    "contact": "Bauamt Musterstadt, bauamt@musterstadt.example",
}
OTHER_ROLE, OTHER_TEXT = "Vorsitz des Kinovereins", "Der Verein schreibt es anders."
# As a program writes them that knows nothing of structure.
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
ADVICE = "Ihre Folien haben keine Struktur"


def is_sent(month, speaker):
    """Send everything but the slides, each part by its own button."""
    speaker.steps = 0
    speaker.saves("Name und Funktion speichern", {"person-role": ROLE})
    speaker.saves(
        "Porträt speichern",
        {"portrait-portrait_credit": FACE_CREDIT},
        file=("[name=portrait-portrait]", face()),
    )
    speaker.saves(
        "Titel und Text speichern", {"talk-subtitle": SUBTITLE, "talk-announcement": TEXT}
    )
    forgets_the_credit(speaker)
    speaker.saves("Praxisprofil speichern", {f"practice-{k}": v for k, v in PROFILE.items()})
    for question in ("Darf Ihr Vortrag aufgezeichnet werden?", "Dürfen Ihre Folien"):
        speaker.press(re.compile(f"^Einverstanden.*{re.escape(question)}"))
    expect(speaker.page.get_by_text("um 10:00 Uhr zugestimmt")).to_have_count(2)
    month.steps["send everything but the slides"] = speaker.steps
    looks_right(speaker, "vortragen-vorgeschlagen")
    is_wide_enough_for_large_letters(speaker, "vortragen-vorgeschlagen")
    assert Consent.objects.valid().count() == 2


def forgets_the_credit(speaker):
    """Send a picture without its credit: it is kept, and only what was forgotten is asked for."""
    speaker.tick("links")
    speaker.fill("[name=picture-image_alt]", ALT)
    speaker.fill("[name=picture-image_caption]", CAPTION)
    speaker.choose("[name=picture-image]", picture())
    speaker.press("Bild speichern")
    speaker.sees("Bitte geben Sie an, von wem das Bild ist.")
    speaker.sees("„Giebel.png“ ist noch da")
    expect(speaker.page.locator("[name=picture-image_alt]")).to_have_value(ALT)
    looks_right(speaker, "vortragen-nachweis-fehlt")
    speaker.saves("Bild speichern", {"picture-image_credit": CREDIT})


def looks_at_the_preview(month, speaker, talk):
    """See the page as it will be; the public one knows nothing of it."""
    speaker.steps = 0
    speaker.follow("So wird die Seite aussehen")
    month.steps["look at the preview"] = speaker.steps
    speaker.sees("So sieht die Seite aus, wenn die Veranstalter Ihre Vorschläge übernehmen.")
    for text in [ROLE, SUBTITLE, "Und das Licht bezahlt die Sonne.", CAPTION, *PROFILE.values()]:
        speaker.sees(text.partition("\n")[0])
    for credit in (CREDIT, FACE_CREDIT):
        speaker.sees(re.compile(re.escape(credit)))
    pictures_load(speaker)
    looks_right(speaker, "vortragen-vorschau")
    speaker.follow("Zurück zu Ihrem Web-Talk")
    nothing_is_public(speaker, talk)


def nothing_is_public(person, talk):
    """Hold that nothing of what was sent is said anywhere yet."""
    nothing_of(person, talk, ROLE, SUBTITLE, CREDIT, FACE_CREDIT, "Kinoverein", "bauamt@")


def nothing_of(person, talk, *texts):
    """Hold that page, lists and programs' data say what organisers wrote, and none of this."""
    for path in (talk.get_absolute_url(), "/api/talks.json", "/archiv/", "/"):
        answer = person.page.request.get(person.month.url + path)
        told = answer.text()
        assert (path, answer.status) == (path, 200)
        assert (path, [text for text in texts if text in told]) == (path, [])


def pictures_load(person):
    """Hold that no picture of the page is missing, not even one further below."""
    person.page.evaluate("[...document.images].forEach(image => (image.loading = 'eager'))")
    person.page.wait_for_function(
        "[...document.images].every(image => image.complete && image.naturalWidth > 0)"
    )


def slides_are_sent(month, speaker):
    """Follow the reminder: only the slides are missing. They arrive, and could be better."""
    assert speaker.mailbox.subjects[-1] == "Folien fehlen noch"
    speaker.presses_in_mail("Jetzt hochladen")
    assert speaker.missing == ["Folien"]
    slides = {"name": "Vortrag „Wärme“.pdf", "mimeType": "application/pdf", "buffer": PDF}
    speaker.saves("Folien speichern", {}, file=("[name=slides-slides]", slides))
    month.steps["send the slides"] = speaker.steps
    speaker.sees(ADVICE)
    speaker.sees("Von Ihnen fehlt uns nichts mehr. Vielen Dank!")
    looks_right(speaker, "vortragen-folien")


def is_sent_by_the_other(speaker):
    """Let the other speaker send a role, and the same text in other words."""
    speaker.saves("Name und Funktion speichern", {"person-role": OTHER_ROLE})
    speaker.does_not_see(ROLE)
    speaker.saves("Titel und Text speichern", {"talk-announcement": OTHER_TEXT})
    by_link = ProposedChange.objects.open().values_list("link").distinct()
    assert by_link.count() == 2
    assert not Talk.objects.filter(announcement=OTHER_TEXT).exists()
