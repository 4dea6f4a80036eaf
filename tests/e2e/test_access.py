"""Access for everyone: the keyboard alone, forced colours, less motion, print, a foreign frame."""

import functools
import http.server
import re
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from tests.e2e.conftest import screenshot, start_site, stop_site, violations

G1 = "/talks/vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg/"


@pytest.fixture
def own_site(tmp_path):
    """Run a site for one test, and end it also when the test fails."""
    site = start_site(tmp_path)
    yield site
    stop_site(site)


def tab_to(page, target):
    """Press Tab until `target` has the focus, as somebody without a mouse would."""
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return target
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {target}")


def test_keyboard_alone_signs_up_and_cancels(own_site, browser):
    page = browser.new_context().new_page()
    page.goto(own_site.url + G1)
    tab_to(page, page.get_by_role("link", name="Kostenfrei anmelden"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmeldung")

    tab_to(page, page.get_by_role("checkbox", name=re.compile("Bürgerräte")))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Vor- und Nachname"))
    page.keyboard.type("Kim Beispiel")
    tab_to(page, page.get_by_label("E-Mail-Adresse"))
    page.keyboard.type("kim@stadt.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vielen Dank.")

    (mail,) = own_site.mails(1)
    text = mail.get_body(("plain",)).get_content()
    page.goto(re.search(r"http://\S+/meine-anmeldung/\S+", text)[0])
    expect(page.get_by_text("Abgemeldet", exact=True)).to_have_count(0)
    assert violations(page) == []
    tab_to(page, page.get_by_role("link", name=re.compile("Abmelden")).first)
    page.keyboard.press("Enter")
    assert violations(page) == []
    tab_to(page, page.get_by_role("button", name="Ja, abmelden"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Sie sind abgemeldet.")
    expect(page.get_by_text("Abgemeldet", exact=True)).to_have_count(1)


def test_keyboard_alone_searches_the_archive(open_page):
    page = open_page("/archiv/?land=brandenburg")
    tab_to(page, page.get_by_label("Suche"))
    page.keyboard.type("buergerrat")
    tab_to(page, page.get_by_label("Land"))
    page.keyboard.type("Sachsen")
    page.keyboard.press("Tab")
    tab_to(page, page.get_by_role("button", name="Talks suchen"))
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/archiv/\?q=buergerrat&land=sachsen-anhalt$"))
    expect(page.locator("p.found")).to_have_text("1 Talk zu „buergerrat“, Sachsen-Anhalt")


def test_mark_on_the_map_leads_to_its_town(open_page):
    page = open_page("/landkarte/")
    mark = tab_to(page, page.get_by_role("link", name="Vrees, Niedersachsen"))
    page.keyboard.press("Enter")

    assert page.url.endswith(mark.get_attribute("href"))
    expect(page.locator("li:target .sign")).to_have_text("Vrees")


@pytest.mark.parametrize("email", ["", "kim@", "kim@stadt.example"])
def test_every_state_of_the_form_is_accessible(open_page, email):
    page = open_page("/anmeldung/")
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_role("button", name="Kostenfrei anmelden").click()
    expect(page.get_by_role("alert")).to_be_focused()

    assert violations(page) == []


# Counts from here on: what a page painted in pieces moved before is not the fonts' doing.
WATCH = """() => {
    window.moved = 0;
    window.watching = new PerformanceObserver(list => {
        for (const entry of list.getEntries())
            if (!entry.hadRecentInput) window.moved += entry.value;
    });
    window.watching.observe({type: "layout-shift"});
}"""
# A shift is handed over before the second frame after it.
MOVED = """() => document.fonts.ready.then(() => new Promise(resolve =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.moved)))))"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["/", "/archiv/", "/landkarte/", G1])
def test_nothing_moves_while_fonts_arrive(open_page, site, path, width):
    page = open_page("about:blank", width=width)
    held: list[Route] = []
    page.route("**/*.woff2", lambda route: held.append(route))
    with page.expect_request("**/*.woff2"):
        page.goto(site.url + path, wait_until="domcontentloaded")
    # Two frames: the page stands there in the fonts of the system.
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")

    page.evaluate(WATCH)
    page.unroute("**/*.woff2")  # lets go what was held
    page.wait_for_load_state("networkidle")

    # Below 0.1 counts as good; fonts of other measures than the fallbacks' reach twice that.
    assert page.evaluate(MOVED) < 0.1


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["/", "/archiv/", "/landkarte/", "/abonnieren/", G1])
def test_targets_are_large_enough(open_page, path, width):
    page = open_page(path, width=width)
    # WCAG 2.5.8 leaves out links within a sentence.
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, select, input, summary")]
            .filter(e => !e.closest("p:not(.actions), figcaption, .card, h2, h3"))
            .filter(e => !(e.closest("main li") && e.parentElement.childNodes.length > 1))
            .map(e => [e.textContent.trim() || e.name, e.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
            .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)"""
    )

    assert small == []


def test_focus_can_be_seen_everywhere(open_page):
    page = open_page("/archiv/?thema=klima")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
                const focused = document.activeElement;
                const shown = focused.closest(".card") || focused;
                const place = [...document.querySelectorAll("*")].indexOf(focused);
                const name = `${focused.outerHTML} ${place}`;
                return [name, getComputedStyle(shown).outlineStyle];
            }"""
        )
        if name in seen or name.startswith("<body"):
            break
        seen.add(name)
        assert (name, outline) == (name, "solid")
    assert len(seen) > 15


@pytest.mark.parametrize("path", ["/", "/archiv/", "/landkarte/", "/anmeldung/", G1])
def test_forced_colours_hide_nothing(open_page, path):
    page = open_page(path, width=390)
    page.emulate_media(forced_colors="active")

    # The colours are the reader's own, and axe would compare ours.
    found = Axe().run(page, options={"rules": {"color-contrast": {"enabled": False}}})
    assert found.violations_count == 0, found.generate_report()
    name = path.strip("/").rpartition("/")[2][:12] or "start"
    screenshot(page, f"forced-colors-{name}")


def test_forced_colours_reach_the_map(open_page):
    page = open_page("/landkarte/")
    fill = "e => getComputedStyle(e).fill"
    shaded = page.locator(".land[data-shade='1']").first
    before = shaded.evaluate(fill)
    page.emulate_media(forced_colors="active")

    assert (before, shaded.evaluate(fill)) == ("rgb(211, 226, 214)", "rgb(255, 255, 255)")


def test_less_motion_means_none(open_page):
    page = open_page("/")
    page.emulate_media(reduced_motion="reduce")
    button = page.get_by_role("link", name="Kostenfrei anmelden")

    assert button.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert button.evaluate("e => getComputedStyle(e).transitionDuration") != "0s"


def test_less_motion_means_none_in_the_admin(open_page):
    page = open_page("/admin/")
    page.emulate_media(reduced_motion="reduce")

    moving = """() => [...document.querySelectorAll("*")]
        .filter(e => getComputedStyle(e).transitionDuration !== "0s").length"""
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0


def test_print_is_black_on_white_with_the_talks_short_addresses(open_page):
    page = open_page("/", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")

    colours = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    assert page.locator("html").evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    expect(page.get_by_role("navigation", name="Hauptmenü")).to_be_hidden()
    link = page.locator("main h3 a").first
    content = link.evaluate("e => getComputedStyle(e, '::after').content")
    assert re.fullmatch(r'"localhost:\d+/t/\d+"', content)
    screenshot(page, "print-start")


def test_search_engines_data_is_no_script(open_page):
    page = open_page(G1)

    data = page.locator("script").evaluate("e => JSON.parse(e.textContent)")

    assert (data["@type"], data["name"]) == (
        "Event",
        page.get_by_role("heading", level=1).text_content(),
    )


@pytest.fixture
def town_website(tmp_path, site):
    """Serve a page of another origin that frames the talks, and one that frames the start page."""
    for name, path in (("talks", "/einbetten/"), ("start", "/")):
        frame = (
            f'<iframe src="{site.url}{path}" title="Termine" width="600" height="600"></iframe>'
        )
        (tmp_path / f"{name}.html").write_text(f"<!doctype html><title>Stadt</title>{frame}")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_other_websites_can_frame_the_talks_and_nothing_else(browser, town_website):
    page = browser.new_context().new_page()
    page.goto(f"{town_website}/talks.html")
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_have_text(
        "Kleinstadt Web-Talks"
    )
    screenshot(page, "embedded")
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name=re.compile("G1")).click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("G1 in Gudensberg")

    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"{town_website}/start.html")
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_have_count(0)
