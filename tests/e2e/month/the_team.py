"""The team: colleagues are invited, come in, forget their password, and leave."""

import re

from playwright.sync_api import expect

from tests.e2e.test_second_factor import code

OTHER_PASSWORD = "Noch-ein-langes-Passwort-8"


def invites(month, lead, guest, first_name, role):
    with month.scene(f"invite: {role}", lead):
        lead.follow("Team")
        lead.follow("Jemanden einladen")
        lead.fill("Vorname", first_name)
        lead.fill("Nachname", "Kollegin")
        lead.fill("E-Mail-Adresse", guest.address)
        lead.tick(re.compile(f"^{role}:"))
        lead.press("Einladen")
        lead.sees(f"Eingeladen: {first_name} Kollegin.")
    month.works()


def comes_in(month, guest):
    """Open the link of the invitation, set the password, and log in with it."""
    guest.opens_mail()
    guest.sets_the_password()
    month.steps["first password"] = guest.steps
    guest.logs_in()
    guest.sees_heading("Verwaltung")
    month.works()
    assert guest.mailbox.subjects[-1] == "Ihr Konto wurde geändert"


def sets_up_the_second_step(month, colleague):
    with month.scene("set up the second step", colleague):
        colleague.follow("Zwei Schritte einrichten")
        secret = colleague.page.locator("code").inner_text()
        colleague.fill("Code aus der App", code(secret))
        colleague.press("Einrichten")
        expect(colleague.page.locator(".codes code")).to_have_count(10)
    colleague.secret = secret


def forgets_the_password(month, colleague):
    """Get a link by mail; the new password alone does not let in."""
    page = colleague.page
    page.get_by_role("button", name="Abmelden").click()
    page.goto(f"{colleague.url}/admin/")
    colleague.steps = 0
    colleague.follow("Passwort vergessen?")
    colleague.fill("E-Mail-Adresse", colleague.address)
    colleague.press("Link schicken")
    colleague.sees_heading("Sehen Sie in Ihr Postfach")
    month.steps["ask for another password"] = colleague.steps
    month.works()
    colleague.opens_mail()
    colleague.sets_the_password(OTHER_PASSWORD)
    month.steps["another password"] = colleague.steps
    secret, colleague.secret = colleague.secret, ""
    colleague.logs_in(OTHER_PASSWORD)
    expect(page.get_by_label("Code aus der App")).to_be_visible()
    page.locator("#site-name a").click()
    expect(page.get_by_label("Code aus der App")).to_be_visible()
    page.get_by_label("Code aus der App").fill(code(secret))
    page.get_by_role("button", name="Weiter").click()
    colleague.sees_heading("Verwaltung")


def looks_at_the_own_profile(month, colleague):
    with month.scene("own profile", colleague):
        colleague.follow("Mein Profil")
        colleague.sees("Mails an Sie")
        colleague.photograph("profil")


def ends_the_access(month, lead, colleague):
    with month.scene("end the access", lead):
        lead.follow("Team")
        lead.sees("eingerichtet")
        lead.photograph("team")
        lead.follow(re.compile("^Rike"))
        lead.follow("Zugang beenden …")
        lead.press("Zugang beenden")
        lead.sees("Der Zugang ist beendet")
    colleague.page.locator("#site-name a").click()
    colleague.logs_in()
    colleague.sees("hat keinen Zugang zur Verwaltung")
