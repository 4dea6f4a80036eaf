"""A form typed for long: its session ends, or another tab logs in, and nothing is lost."""

from playwright.sync_api import expect

from tests.e2e.conftest import screenshots
from tests.e2e.test_publish import log_in

NAME = 'Wärme & "Licht"'


def open_form(open_page, site):
    """Log in, open the form of a topic and type into it."""
    page = open_page("/admin/events/topic/add/")
    page.get_by_label("Benutzername").fill("admin")
    page.get_by_label("Passwort").fill(site.password)
    page.get_by_role("button", name="Anmelden").click()
    page.locator("[name=name]").fill(NAME)
    return page


def save(page):
    page.get_by_role("button", name="Sichern", exact=True).click()


def delete(page):
    page.get_by_role("link", name=NAME).first.click()
    page.locator("a.deletelink").click()
    page.get_by_role("button", name="Ja, löschen").click()
    expect(page.get_by_text(f"Thema „{NAME}“ ist gelöscht.")).to_be_visible()


def test_session_that_ended_asks_for_the_log_in_and_goes_on(open_page, site):
    page = open_form(open_page, site)
    page.context.clear_cookies(name="sessionid")

    save(page)
    expect(page.get_by_text("ist noch nicht gesichert, aber auch nicht verloren")).to_be_visible()
    screenshots(page, "log-in-again")
    page.get_by_label("Benutzername").fill("admin")
    page.get_by_label("Passwort").fill(site.password)
    page.get_by_role("button", name="Anmelden und weiter").click()

    expect(page.get_by_text(f"Thema „{NAME}“ ist angelegt.")).to_be_visible()
    delete(page)


def test_log_in_in_another_tab_loses_nothing(open_page, site):
    page = open_form(open_page, site)
    other = page.context.new_page()
    other.goto(f"{site.url}/admin/")
    other.get_by_role("button", name="Abmelden").click()
    other.goto(f"{site.url}/admin/")
    log_in(other, site)

    save(page)
    expect(page.get_by_text("schicken Sie es einfach noch einmal ab")).to_be_visible()
    screenshots(page, "press-again")
    page.get_by_role("button", name="Noch einmal abschicken").click()

    expect(page.get_by_text(f"Thema „{NAME}“ ist angelegt.")).to_be_visible()
    delete(page)
