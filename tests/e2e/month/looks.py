"""How a page looks to whoever opens it: it fits phone and desktop, and axe finds no fault."""

from tests.e2e.conftest import let_fades_end, screenshots
from tests.e2e.test_desk_fits import faults

SCREENS = ((390, "light"), (1120, "dark"))


def looks_right(person, name):
    """Hold that nothing leaves the window and nobody is shut out; keep pictures as `name`."""
    page, window = person.page, person.page.viewport_size
    page.emulate_media(reduced_motion="reduce")
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        let_fades_end(page)
        needed = page.evaluate("document.documentElement.scrollWidth")
        assert (name, width, max(needed, width), faults(page)) == (name, width, width, [])
    screenshots(page, f"danach-{name}")
    page.set_viewport_size(window)
    page.emulate_media(color_scheme="light")


def is_wide_enough_for_large_letters(person, name):
    """Hold that nothing leaves a phone whose letters are twice as large."""
    page = person.page
    page.locator("html").evaluate("html => html.style.fontSize = '200%'")
    needed = page.evaluate("document.documentElement.scrollWidth")
    assert (name, needed) == (name, page.viewport_size["width"])
    page.locator("html").evaluate("html => html.style.fontSize = ''")
