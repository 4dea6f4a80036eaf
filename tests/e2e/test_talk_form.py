"""The form of a talk: how many steps a talk takes, how long the page is, what stays in sight."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import screenshots
from tests.e2e.test_publish import log_in, picture

# Pixels at a width of 1280 before the form had sections: a new talk, and a complete one.
HEIGHT_BEFORE = {"new": 5344, "complete": 5504}
STEPS = 25


class Steps:
    """Fills in a page, and counts: a click, a field, a file."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def click(self, role, name):
        self.count += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()

    def press(self, selector):
        self.count += 1
        self.page.locator(selector).click()

    def fill(self, name, text):
        self.count += 1
        self.page.locator(f"[name={name}]").fill(text)

    def choose_file(self, name, file):
        self.count += 1
        self.page.locator(f"[name={name}]").set_input_files(file)


@pytest.fixture
def form(open_page, site):
    page = open_page("/admin/")
    log_in(page, site)
    page.goto(f"{site.url}/admin/events/talk/add/")
    return page


def remove(page):
    """Delete the draft again: other tests take the first talk of the list."""
    page.goto(re.sub("change/.*", "delete/", page.url))
    page.get_by_role("button", name=re.compile("^Ja")).click()
    page.wait_for_url("**/admin/events/talk/")


def height(page) -> int:
    return page.evaluate("document.documentElement.scrollHeight")


def enter_a_complete_talk(steps):
    steps.fill("starts_at_0", "5.3.2041")
    steps.fill("starts_at_1", "10 Uhr")
    steps.fill("title", "Beispiel: „Höfe & Gärten“")
    steps.fill("subtitle", "Ein Untertitel")
    steps.press(".select2-selection")
    steps.count += 1
    steps.page.locator(".select2-search__field").fill("Vrees")
    steps.count += 1
    steps.page.get_by_role("option", name="Vrees (Niedersachsen)").click()
    steps.fill("announcement", "Worum es geht:\n- Höfe\n- Gärten\n\nMehr: https://vhw.de/.")
    steps.click("checkbox", "Wohnen")
    steps.fill("speakers-0-name", "Kim Beispiel")
    steps.fill("speakers-0-role", "Amt für Beispiele")
    steps.choose_file("image", picture())
    steps.fill("image_alt", "Ein Verlauf von Schwarz nach Weiß")
    steps.fill("image_credit", "Foto: © Gemeinde Vrees")
    steps.fill("meeting_url", "https://video.example/raum")
    steps.click("button", "Jetzt veröffentlichen")


def test_complete_talk_takes_few_steps_on_half_the_page(form, site):
    steps = Steps(form)
    form.goto(f"{site.url}/admin/events/talk/")
    steps.click("link", re.compile("^Talk hinzufügen"))
    form.wait_for_url("**/add/")
    new = height(form)
    enter_a_complete_talk(steps)

    expect(form.get_by_text("Der Talk ist veröffentlicht: Seite ansehen.")).to_be_visible()
    expect(form.locator(".mark")).to_have_count(0)
    found = {"new": new, "complete": height(form)}
    assert {name for name, pixels in found.items() if 2 * pixels > HEIGHT_BEFORE[name]} == set()
    assert steps.count <= STEPS
    # The word stands before every credit; the length is an hour; the rest is as it was typed.
    assert form.locator("[name=image_credit]").input_value() == "© Gemeinde Vrees"
    assert form.locator("[name=ends_at]").input_value() == "60"
    assert form.locator(".thumbnails .cut img").evaluate("image => image.naturalWidth") > 0
    with form.context.expect_page() as tab:
        form.get_by_role("link", name="Seite ansehen", exact=True).last.click()
    public = tab.value
    expect(public.get_by_role("link", name="https://vhw.de/", exact=True)).to_be_visible()
    expect(public.get_by_role("listitem").filter(has_text="Gärten").first).to_be_visible()


def test_what_saves_is_always_in_sight_and_nothing_is_pushed_sideways(form):
    for width in (1280, 1120, 390):
        form.set_viewport_size({"width": width, "height": 900})
        for place in (0, 900, 9999):
            form.evaluate(f"scrollTo(0, {place})")
            expect(form.get_by_role("button", name="Sichern", exact=True)).to_be_in_viewport()
            expect(form.get_by_text("Noch nicht gesichert.")).to_be_in_viewport()
        sideways = form.evaluate("document.documentElement.scrollWidth")
        beyond = form.evaluate(
            "[...document.querySelectorAll('#talk_form :is(input, textarea, select)')]"
            ".filter(each => each.offsetParent && each.getBoundingClientRect().right >"
            " document.documentElement.clientWidth).map(each => each.name)"
        )
        assert (width, sideways, beyond) == (width, width, [])
    found = Axe().run(form).response["violations"]
    assert {violation["id"] for violation in found} <= {
        "aria-input-field-name"
    }  # the type-ahead's


def test_errors_stand_above_and_each_leads_to_its_field_with_its_label(form):
    form.locator("[name=starts_at_0]").fill("gestern")
    form.get_by_role("button", name="Sichern", exact=True).click()

    above = form.locator(".errors-above")
    expect(above).to_be_focused()
    expect(above).to_be_in_viewport()
    screenshots(form, "talk-form-errors")
    form.set_viewport_size({"width": 1280, "height": 900})
    above.get_by_role("link", name="Titel").click()
    expect(form.locator("label[for=id_title]")).to_be_in_viewport()


def test_link_to_a_field_opens_its_section(form, site):
    capacity = form.locator("[name=capacity]")
    expect(capacity).not_to_be_visible()

    form.goto(f"{site.url}/admin/events/talk/add/#id_capacity")
    form.reload()

    expect(capacity).to_be_in_viewport()
    expect(form.locator("label[for=id_capacity]")).to_be_in_viewport()


def test_preview_opens_beside_the_form_with_the_box_to_sign_up(form):
    steps = Steps(form)
    steps.fill("starts_at_0", "2041-03-12")
    steps.fill("starts_at_1", "10")
    steps.fill("title", "Beispiel: Vorschau")
    steps.click("button", "Sichern")
    expect(form.get_by_text("Entwurf: nur hier zu sehen.")).to_be_visible()
    screenshots(form, "talk-form-draft")

    with form.context.expect_page() as tab:
        form.get_by_role("link", name="Vorschau", exact=True).click()

    preview = tab.value
    expect(preview.get_by_text("Kostenfrei anmelden")).to_be_visible()
    expect(preview.get_by_role("link", name="Kostenfrei anmelden")).to_have_count(0)
    expect(preview.get_by_text("führen diese Knöpfe noch nirgendwohin")).to_be_visible()
    screenshots(preview, "talk-preview")
    remove(form)


def test_clock_offers_hours_at_which_talks_begin(form):
    form.locator("#clocklink0").click()

    hours = form.locator("#clockbox0 li").all_inner_texts()
    assert hours == ["9 Uhr", "10 Uhr", "11 Uhr", "14 Uhr", "16 Uhr", "18 Uhr"]


def test_form_is_filled_in_without_javascript(browser, site):
    context = browser.new_context(locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/admin/")
    log_in(page, site)
    page.goto(f"{site.url}/admin/events/talk/add/")
    page.locator("[name=starts_at_0]").fill("19.3.2041")
    page.locator("[name=starts_at_1]").fill("10")
    page.locator("[name=title]").fill("Beispiel: ohne JavaScript")
    page.locator("[name=speakers-0-name]").fill("Kim Beispiel")
    page.get_by_text("Material", exact=True).last.click()
    page.locator("[name=materials-0-title]").fill("Folien")
    page.locator("[name=materials-0-url]").fill("https://vhw.de/")
    page.get_by_role("button", name="Sichern", exact=True).click()

    expect(page.get_by_text("Entwurf: nur hier zu sehen.")).to_be_visible()
    assert page.locator("[name=materials-0-title]").input_value() == "Folien"
    remove(page)
    context.close()
