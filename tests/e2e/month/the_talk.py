"""The talk: entered, announced, watched, moved, told of."""

from django.conf import settings
from playwright.sync_api import expect

from tests.e2e.month.colleague import number_of_people
from tests.e2e.month.month import DATE, EMAILS, NEW_DATE, READERS, TITLE, picture

WORDS = "Am 2. Dezember tagt der Rat. Wir freuen uns, wenn Sie eine Woche später dabei sind."


def enter(month, redaktion):
    """Fill in the form with a picture, look at the preview, publish."""
    page = redaktion.page
    with month.scene("enter a talk", redaktion):
        redaktion.follow("Neuer Talk")
        redaktion.fill("Titel", TITLE)
        redaktion.fill("Ankündigung", "Hier steht, worum es geht: zwei oder drei kurze Absätze.")
        redaktion.tick("Wohnen & Leben")
        redaktion.fill("[name=starts_at_0]", f"{DATE:%d.%m.%Y}")
        redaktion.fill("[name=starts_at_1]", "10 Uhr")
        redaktion.steps += 2  # the field of the town, its option
        page.locator(".select2-selection").click()
        redaktion.fill(".select2-search__field", "Muster")
        page.get_by_role("option", name="Musterstadt (Niedersachsen)").click()
        redaktion.fill("[name=speakers-0-name]", "Kim Beispiel")
        redaktion.fill("[name=speakers-0-role]", "Bürgermeisterin der Stadt Musterstadt")
        redaktion.choose("[name=image]", picture())
        redaktion.fill("Alternativtext", "Drei gezeichnete Giebel")
        redaktion.fill("[name=image_credit]", "© Stadt Musterstadt")
        redaktion.press("Sichern")
        expect(page.locator(".messagelist .success")).to_be_visible()
        redaktion.photograph("talk-eintragen")
        look_at_the_preview(redaktion)
        redaktion.press("Jetzt veröffentlichen")
        redaktion.sees("Der Talk ist veröffentlicht")
        redaktion.sees("Ansehen und anhalten …")


def look_at_the_preview(redaktion):
    page = redaktion.page
    with redaktion.context.expect_page() as tab:
        redaktion.follow("Vorschau")
    redaktion.page = tab.value
    redaktion.sees("noch nicht veröffentlicht")
    redaktion.photograph("vorschau", top="body")
    redaktion.page.close()
    redaktion.page = page


def hold_and_let_go_the_news(month, redaktion):
    """Keep the mails about the new talk back for a while, however long; then let them go."""
    with month.scene("hold the news", redaktion):
        redaktion.follow("Anhalten …")
        redaktion.press("Anhalten")
    month.clock.shift(settings.ANNOUNCE_AFTER_MINUTES * 60)
    assert month.sent_by() == []
    with month.scene("let the news go", redaktion):
        redaktion.follow("Ansehen und ankündigen …")
        redaktion.press("Jetzt ankündigen")
    assert month.sent_by() == READERS


def watch_the_sign_ups(month, redaktion):
    with month.scene("watch the sign-ups", redaktion):
        redaktion.follow(TITLE)
        redaktion.follow("Anmeldeverlauf")
        expect(redaktion.page.locator(".days tbody tr")).to_have_count(8)
        redaktion.photograph("anmeldeverlauf")


def move_by_a_week(month, redaktion):
    """Move it and put off the mails; the first page asks for them, and they get a sentence."""
    with month.scene("move the talk", redaktion):
        redaktion.follow(TITLE)
        redaktion.fill("[name=starts_at_0]", f"{NEW_DATE:%d.%m.%Y}")
        redaktion.press("Sichern")
        redaktion.sees_heading("Angemeldete benachrichtigen?")
        redaktion.follow("Später")
    assert month.sent_by() == []
    with month.scene("tell the people", redaktion):
        redaktion.follow("Benachrichtigen …")
        redaktion.fill("Ein Satz von Ihnen dazu", WORDS)
        redaktion.photograph("benachrichtigen")
        redaktion.press("Ja, jetzt benachrichtigen")
        redaktion.sees("Ihr Satz steht jetzt unten in der Mail.")
        redaktion.press("So verschicken")
        redaktion.sees("8 Mails gehen jetzt hinaus.")
    assert month.sent_by() == EMAILS
    mail = month.smtp_server.messages[0].content.decode()
    assert "Die Veranstalter schreiben dazu" in mail
    redaktion.starts()
    assert not redaktion.is_asked_to("Benachrichtigen …")


def enter_the_way_in(month, teilnehmende):
    """Enter it on the morning of the talk, with the role that may change nothing else."""
    with month.scene("enter the way in", teilnehmende):
        teilnehmende.follow("Zugangslink eintragen")
        teilnehmende.fill("Zugangslink", "https://video.example/raum")
        teilnehmende.press("Sichern")
        teilnehmende.sees("Der Zugang öffnet von selbst")
    teilnehmende.starts()
    assert not teilnehmende.is_asked_to("Zugangslink eintragen")


def find_the_list(colleague):
    """Go to the people of the talk, from the first page: one step."""
    colleague.follow(number_of_people(), inside=colleague.region("Kommende Talks"))
    expect(colleague.page.locator("#result_list tbody tr")).to_have_count(8)
