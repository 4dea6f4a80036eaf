"""The second factor in a browser, under the strict policy for scripts and styles."""

import re
import time
from base64 import b32decode

from django_otp.oath import TOTP
from playwright.sync_api import expect

from tests.e2e.conftest import screenshots
from tests.e2e.test_publish import log_in


def code(secret: str, ahead: int = 0) -> str:
    totp = TOTP(b32decode(secret.replace(" ", "")))
    totp.time = time.time() + ahead
    return f"{totp.token():06}"


def test_organiser_sets_up_and_gives_the_second_factor(open_page, site):
    page = open_page("/admin/")
    log_in(page, site)
    page.get_by_role("link", name="Zwei Schritte").click()
    picture = page.get_by_role("img", name="QR-Code")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 100
    screenshots(page, "second-factor-set-up")
    secret = page.locator("code").inner_text()
    page.get_by_label("Code aus der App").fill(code(secret))
    page.get_by_role("button", name="Einrichten").click()
    recovery = page.locator(".codes code").all_inner_texts()
    assert len(recovery) == 10
    screenshots(page, "second-factor-codes")

    other = open_page("/admin/")
    other.get_by_label("Benutzername").fill("admin")
    other.get_by_label("Passwort").fill(site.password)
    other.get_by_role("button", name="Anmelden").click()
    other.get_by_label("Code aus der App").fill("abc")
    other.get_by_role("button", name="Weiter").click()
    expect(other.get_by_text("Dieser Code stimmt nicht")).to_be_visible()
    screenshots(other, "second-factor-code")
    # A code is good for once: the app shows the next one half a minute later.
    other.get_by_label("Code aus der App").fill(code(secret, ahead=30))
    other.get_by_role("button", name="Weiter").click()
    expect(other.get_by_role("heading", name="Verwaltung")).to_be_visible()

    # The other tests log in with the password alone.
    page.goto(site.url + "/admin/zwei-schritte/")
    page.get_by_role("button", name="Neu einrichten").click()
    assert re.search("/zwei-schritte/$", page.url)
