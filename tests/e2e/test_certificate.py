"""A certificate, from the telephone of whoever was there to the desk of whoever checks it."""

import re
from datetime import timedelta

import pytest

from events.models import Series, Talk
from registration.models import links
from tests.e2e.conftest import listen, screenshots, violations
from tests.e2e.test_pages import WIDTHS, overflow
from tests.makers import make_registration, make_talk

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "de-DE"}


@pytest.fixture
def open_page(browser, own_url, clock):
    """Give a function that opens somebody's own browser."""
    contexts, complaints = [], []

    def open_page(**options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        listen(page, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def check(page, name):
    assert {width: overflow(page, width) for width in WIDTHS} == dict.fromkeys(WIDTHS, 0)
    assert violations(page) == []
    screenshots(page, f"certificate-{name}")


def test_certificate_is_fetched_on_a_phone_and_checked_by_somebody_else(
    open_page, own_url, clock, tmp_path
):
    row = make_registration(make_talk(), name="Kim Änders")
    row.minutes_present = 50
    row.save()
    clock.move_to(row.talk.ends_at + timedelta(hours=2))
    Talk.objects.store_presence(row.talk, 0)
    Series(organisers="vhw", provider_address="Weg 1\n10585 Berlin").save()
    mine = links.mine_url(row).partition("/meine")[2]

    phone = open_page(**PHONE)
    phone.goto(f"{own_url}/meine{mine}")
    phone.get_by_role("link", name=re.compile("^Bescheinigung")).click()
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Als PDF speichern").click()
    download.value.save_as(tmp_path / "paper.pdf")
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")
    code = phone.locator(".certificate .code").inner_text()
    address = phone.locator(".certificate footer a").get_attribute("href")
    check(phone, "own")

    office = open_page(locale="de-DE")
    office.goto(own_url + "/bescheinigung/" + address.rpartition("bescheinigung/")[2])
    check(office, "check")
    office.get_by_label("Name").fill("Kim Anders")
    office.get_by_role("button", name="Prüfen").click()
    assert office.get_by_role("status").inner_text().startswith("Das stimmt nicht überein.")
    check(office, "wrong")
    office.get_by_label("Prüfcode").fill(code.lower().replace("-", " ").replace("0", "O"))
    office.get_by_label("Name").fill("kim änders")
    office.get_by_role("button", name="Prüfen").click()
    told = office.get_by_role("status").inner_text()
    assert told.startswith("Die Bescheinigung ist echt.")
    assert "50\u00a0Minuten" in told
    check(office, "genuine")


def test_page_of_who_has_none_fits_and_is_accessible(open_page, own_url, clock):
    row = make_registration(make_talk())
    row.minutes_present = 12
    row.save()
    clock.move_to(row.talk.ends_at + timedelta(hours=2))

    page = open_page(**PHONE)
    page.goto(
        f"{own_url}/meine{links.mine_url(row).partition('/meine')[2]}{row.uuid}/bescheinigung/"
    )

    assert "12 von 60\u00a0Minuten" in page.locator("main").inner_text()
    check(page, "none")
