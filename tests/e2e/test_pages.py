"""Every public page in both colour schemes, from 320 to 1600 pixels, and what it must not do."""

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import expect

from tests.e2e.conftest import OTHER_SCREENS, screenshots, violations
from tests.webtalks.addresses import PUBLIC

PAGES = {
    "start": "/",
    "archive": "/archiv/",
    "archive-narrowed": "/archiv/?thema=beteiligung&land=brandenburg",
    "archive-empty": "/archiv/?q=nirgends&thema=klima",
    "map": "/landkarte/",
    "subscribe": "/abonnieren/",
    "embed": "/einbetten/",
    "notice": "/talks/vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg/aushang/",
    "talk-after": "/talks/nachher/",
    "talk-cancelled": "/talks/abgesagt/",
    "talk-postponed": "/talks/verschoben/",
    "talk-coming": "/talks/vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg/",
    "talk-past": "/talks/demokratie-staerken-per-buergerrat-zum-klimaschutzkonzept/",
    "about": "/ueber/",
    "imprint": "/impressum/",
    "privacy": "/datenschutz/",
    "accessibility": "/barrierefreiheit/",
    "security": "/sicherheit/",
    "form": "/anmeldung/?talk=vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg",
    "lost-link": "/anmeldung/links/",
    "way-in": "/talks/vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg/teilnehmen/",
    "interest": "/terminhinweise/",
    "offer": "/mitmachen/",
    "check-certificate": "/bescheinigung/",
    "check-code": "/bescheinigung/1002-0VY1-6W5K-7SP0/",
    "offer-thanks": "/mitmachen/danke/",
    "speakers-guide": "/vortragen/",
    "feedback": "/talks/gerade/rueckmeldung/",
    "feedback-over": "/talks/nachher/rueckmeldung/",
    "feedback-thanks": "/talks/nachher/rueckmeldung/danke/",
    "feedback-slide": "/talks/nachher/rueckmeldung/folie/",
    "talk-just-over": "/talks/gerade/",
    "thanks": "/anmeldung/danke/",
    "links-sent": "/anmeldung/links/verschickt/",
    "handed-over": "/anmeldung/weitergegeben/",
    "erased": "/anmeldung/geloescht/",
    "address-changed": "/anmeldung/adresse/geaendert/",
    "interest-thanks": "/terminhinweise/danke/",
    "dead-link": "/meine-anmeldung/x.y/",
    "not-found": "/gibt-es-nicht/",
}
WIDTHS = (320, 390, 1280, 1600)
# They alone set a cookie, which guards their form.
FORMS = {"form", "lost-link", "way-in", "interest", "offer", "check-certificate", "check-code"}


def test_every_page_that_needs_no_link_is_visited():
    kinds = {"reading page", "frame", "form", "form without cookie"}
    routes = {route for route, (kind, _) in PUBLIC.items() if kind in kinds}

    assert routes <= {route(path) for path in PAGES.values()}


def route(path: str) -> str:
    """Return the URLconf's route of the page; nothing for none."""
    try:
        return resolve(path.partition("?")[0]).route
    except Resolver404:
        return ""


def overflow(page, width) -> int:
    """Return by how many pixels the page is wider than a window of this width."""
    page.set_viewport_size({"width": width, "height": 900})
    return page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_is_accessible_and_sets_no_cookie(open_page, name):
    page = open_page(PAGES[name])

    assert {width: overflow(page, width) for width in WIDTHS} == dict.fromkeys(WIDTHS, 0)
    assert violations(page) == []
    screenshots(page, name)
    assert [c["name"] for c in page.context.cookies()] == ["csrftoken"] * (name in FORMS)
    # Text twice as large.
    page.locator("html").evaluate("html => html.style.fontSize = '200%'")
    assert {width: overflow(page, width) for width in (320, 390, 640)} == {320: 0, 390: 0, 640: 0}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_in_the_other_colours_too(open_page, name):
    assert violations(open_page(PAGES[name]), OTHER_SCREENS) == []


def test_start_page_is_light(open_page, site):
    sizes = []
    page = open_page("about:blank")
    page.on("requestfinished", lambda request: sizes.append(request.sizes()))
    page.goto(site.url, wait_until="networkidle")

    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert len(sizes) <= 8
    assert total <= 100_000


def test_skip_link_leads_to_the_content(open_page):
    page = open_page("/")
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#inhalt")
