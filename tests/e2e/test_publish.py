"""An organiser enters a talk with a picture, publishes it, and sees it on the site."""

import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import screenshots

TITLE = 'Wärme & "Licht" für die Altstadt'


def picture() -> dict:
    out = BytesIO()
    Image.linear_gradient("L").resize((1200, 800)).convert("RGB").save(out, "PNG")
    return {"name": "Foto vom Markt.png", "mimeType": "image/png", "buffer": out.getvalue()}


def log_in(page, site):
    page.get_by_label("Benutzername").fill("admin")
    page.get_by_label("Passwort").fill(site.password)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", name="Verwaltung")).to_be_visible()


def test_organiser_publishes_a_talk_with_a_picture(open_page, site):
    page = open_page("/admin/")
    screenshots(page, "admin-login")
    log_in(page, site)
    screenshots(page, "admin-start")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Neuer Talk").click()
    page.get_by_label("Titel").first.fill(TITLE)
    page.get_by_label("Ankündigung").fill("Worum es geht.")
    page.get_by_label("Klima").check()
    page.locator("[name=starts_at_0]").fill("02.03.2040")
    page.locator("[name=starts_at_1]").fill("10")
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("Vrees")
    page.get_by_role("option", name="Vrees (Niedersachsen)").click()
    page.locator("[name=speakers-0-name]").fill("Heribert Kleene")
    page.locator("[name=speakers-0-role]").fill("Bürgermeister der Gemeinde Vrees")
    page.locator("[name=status]").select_option("Veröffentlicht")
    page.locator("[name=image]").set_input_files(picture())
    page.get_by_label("Alternativtext").fill("Ein Verlauf von Schwarz nach Weiß")
    page.get_by_role("button", name="Sichern", exact=True).click()
    expect(
        page.get_by_text("Bitte geben Sie an, von wem das Bild ist.", exact=True)
    ).to_be_visible()
    screenshots(page, "admin-error")

    # A browser forgets a chosen file when the page comes back; the form has it still.
    page.set_viewport_size({"width": 1280, "height": 900})
    kept = page.locator(".kept-file")
    expect(kept).to_contain_text("ist noch da und wird mitgesichert")
    assert kept.locator("img").evaluate("image => image.naturalWidth") > 0
    page.locator("[name=image_credit]").fill("© Gemeinde Vrees")
    page.get_by_role("button", name="Sichern", exact=True).click()
    expect(page.get_by_text("Der Talk ist veröffentlicht: Seite ansehen.")).to_be_visible()
    screenshots(page, "admin-talk")
    page.get_by_role("link", name=re.compile("Auf der Website", re.IGNORECASE)).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text("Foto: © Gemeinde Vrees")).to_be_visible()
    shown = page.get_by_role("img", name="Ein Verlauf von Schwarz nach Weiß")
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("image => image.naturalWidth") > 0
    assert shown.evaluate("image => image.currentSrc").endswith(".avif")
    screenshots(page, "talk-picture")
    page.goto(site.url)
    expect(page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()
