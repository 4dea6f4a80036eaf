"""An organiser looks for a person, and comes back late to a form."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from registration.models import Erasure, Interest, Registration
from tests.e2e.conftest import listen, screenshots, violations
from tests.makers import make_groups, make_registration, make_talk

PASSWORD = "ein langes Wort für Tests"


@pytest.fixture
def page(browser, own_url, clock):
    make_groups()
    user = User.objects.create_user("orga", password=PASSWORD, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=["Teilnehmende", "Redaktion"]))
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.complaints = []
    listen(page, page.complaints)
    page.goto(f"{own_url}/admin/")
    log_in(page)
    yield page
    context.close()
    assert page.complaints == []


def log_in(page):
    page.get_by_label("Benutzername").fill("orga")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()


def prove(page):
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Weiter").click()


def test_person_is_found_told_and_erased(page, clock):
    talk = make_talk()
    make_registration(talk, organisation="Stadt Musterstadt", question="Wie & warum?")
    make_registration(make_talk(title="Ein zweiter Talk"))
    make_registration(talk, name="Kim Anders", email="kim.anders@kreis.example")
    Interest.objects.ask("kim@stadt.example")
    page.reload()
    screenshots(page, "person-desk")
    page.get_by_label("E-Mail-Adresse oder Name").fill("Kim")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_role("button", name="Zeigen")).to_have_count(2)
    screenshots(page, "person-names")
    page.get_by_role("row", name="kim@stadt.example").get_by_role("button").click()
    expect(page.get_by_role("heading", name="Kim Beispiel")).to_be_visible()
    expect(page.get_by_text("kim@stadt.example", exact=True)).to_be_visible()
    screenshots(page, "person-found")
    assert violations(page) == []

    clock.shift(timedelta(minutes=11))
    page.get_by_role("button", name="Auskunft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("dass Sie es sind")
    screenshots(page, "person-proof")
    assert violations(page) == []
    prove(page)
    screenshots(page, "person-data")
    with page.expect_download() as download:
        page.get_by_role("button", name="Datei herunterladen").click()
    assert download.value.suggested_filename == "auskunft.json"
    assert "Wie & warum?" in download.value.path().read_text()

    page.get_by_role("button", name="Zurück zur Person").click()
    page.get_by_role("button", name="Löschen").click()
    screenshots(page, "person-erase")
    page.get_by_role("button", name="Ja, alles löschen").click()
    expect(page.get_by_text("Alle Angaben der Person sind gelöscht.")).to_be_visible()
    screenshots(page, "person-erased")
    assert Registration.objects.of("kim@stadt.example").count() == 0
    page.goto(page.url.partition("/admin/")[0] + "/admin/registration/erasure/")
    expect(page.locator("#result_list tbody tr")).to_have_count(Erasure.objects.count())
    screenshots(page, "person-log")


def test_form_that_is_sent_after_a_pause_is_not_lost(page, clock):
    make_talk()
    site = page.url.partition("/admin/")[0]
    page.goto(f"{site}/admin/events/topic/add/")
    page.get_by_label("Name").fill('Wärme & "Licht"')
    clock.shift(timedelta(minutes=31))
    page.get_by_role("button", name="Sichern", exact=True).click()
    expect(page.get_by_text("aber auch nicht verloren")).to_be_visible()
    screenshots(page, "pause-form")
    prove(page)
    expect(page.locator(".messagelist .success")).to_contain_text('Wärme & "Licht"')

    clock.shift(timedelta(minutes=31))
    page.goto(f"{site}/admin/events/talk/")
    expect(page.get_by_text("Sie waren eine Weile nicht da")).to_be_visible()
    screenshots(page, "pause-log-in")
    assert violations(page) == []
    log_in(page)
    expect(page).to_have_url(f"{site}/admin/events/talk/")
