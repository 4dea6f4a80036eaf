"""The organisers' desk: a draft, its preview, its copy, and a change that is not lost."""

from playwright.sync_api import expect

from tests.e2e.conftest import screenshots
from tests.e2e.test_publish import log_in


def open_talk(page, site):
    page.goto(site.url + "/admin/events/talk/")
    click_on_talk(page)


def click_on_talk(page):
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**", wait_until="domcontentloaded")


def test_copy_has_a_preview_for_others(open_page, site):
    page = open_page("/admin/")
    log_in(page, site)
    open_talk(page, site)
    screenshots(page, "desk-talk")
    page.set_viewport_size({"width": 1280, "height": 900})
    title = page.get_by_label("Titel").first.input_value()
    page.get_by_role("button", name="Duplizieren").click()
    expect(page.get_by_text("Neuer Entwurf für")).to_be_visible()
    screenshots(page, "desk-copy")
    link = page.get_by_role("link", name="/vorschau/").get_attribute("href")

    speaker = open_page(link)
    expect(speaker.get_by_role("heading", level=1)).to_have_text(title)
    expect(speaker.get_by_text("noch nicht veröffentlicht")).to_be_visible()
    screenshots(speaker, "preview")

    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Jetzt veröffentlichen").first.click()
    expect(page.get_by_text("Der Talk ist veröffentlicht: Seite ansehen.")).to_be_visible()
    page = open_page(link)
    assert "/talks/" in page.url


def test_unsaved_change_is_asked_about(open_page, site):
    page = open_page("/admin/")
    log_in(page, site)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    open_talk(page, site)
    page.goto(site.url + "/admin/")
    assert asked == []

    page.goto(site.url + "/admin/events/talk/")
    page.route("**/*.svg", lambda route: None)  # a form can be filled in before its last picture
    click_on_talk(page)
    page.locator("[name=subtitle]").fill("Noch nicht gesichert")
    page.unroute_all()
    page.goto(site.url + "/admin/")
    assert asked == ["beforeunload"]

    open_talk(page, site)
    page.locator("[name=subtitle]").fill("Gesichert")
    page.get_by_role("button", name="Sichern", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert asked == ["beforeunload"]


def test_first_page_says_what_is_next_and_leads_to_what_is_missing(open_page, site):
    page = open_page("/admin/")
    log_in(page, site)
    open_talk(page, site)
    page.get_by_role("button", name="Duplizieren").click()
    page.get_by_label("Ankündigung").fill("")
    page.get_by_role("button", name="Sichern", exact=True).first.click()

    page.goto(site.url + "/admin/")
    expect(page.get_by_role("heading", name="Kommende Talks")).to_be_visible()
    screenshots(page, "desk")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Ankündigung", exact=True).first.click()
    expect(page.locator("#id_announcement")).to_be_in_viewport()
    expect(page.get_by_text("Ankündigung:", exact=True)).to_be_in_viewport(ratio=1)


def test_menu_of_a_narrow_screen_leads_to_every_list(open_page, site):
    page = open_page("/admin/")
    log_in(page, site)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site.url + "/admin/")
    width = page.evaluate("document.documentElement.scrollWidth")
    menu = page.locator("details.menu")
    expect(menu.get_by_role("link", name="Themen")).to_be_hidden()
    menu.locator("summary").click()
    menu.get_by_role("link", name="Themen").click()

    expect(page.get_by_role("navigation", name="Menü")).to_be_hidden()
    assert (width, page.url) == (390, site.url + "/admin/events/topic/")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("details.menu")).to_be_hidden()
