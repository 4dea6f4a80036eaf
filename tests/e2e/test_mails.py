"""Every kind of mail in a browser, as a telephone and a window of a mail program show it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from events.models import Series, Talk
from registration.mail.deliver import render
from registration.models import OutgoingMail
from tests.e2e.conftest import screenshot
from tests.registration.mail.every_kind import EVERY_KIND, LONG_TITLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# The gate looks at the narrow window in dark colours, which is what fails first.
SCREENS = [(320, "dark")]
OTHER_SCREENS = [(320, "light"), (640, "light"), (640, "dark")]
SERIOUS = {"serious", "critical"}


@pytest.fixture
def show(browser):
    """Give a function that shows HTML as a mail, in a page that can load nothing else."""
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.route("**/*", lambda route: route.abort())

    def show(html, width, scheme):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.set_content(html)
        return page

    yield show
    context.close()


def mail_of(kind, make, clock) -> str:
    """Return the HTML of the newest mail of this kind, about talks with everything."""
    Series.objects.create(
        contact_email="kontakt@reihe.example", organisers="Städteverein e. V.\nAkademie & Co."
    )
    make(clock)
    long_link = f"https://stadt.example/{'x' * 300}"
    Talk.objects.update(title=LONG_TITLE, dial_in="1" * 60, announcement=f"Mehr: {long_link}")
    mail = render(OutgoingMail.objects.filter(kind=kind).latest("pk"))
    return mail.alternatives[0].content


def faults(page) -> list[str]:
    """Return what axe finds that keeps people from reading."""
    found = Axe().run(page).response["violations"]
    return [fault["id"] for fault in found if fault["impact"] in SERIOUS]


@pytest.mark.parametrize(
    "screens", [SCREENS, pytest.param(OTHER_SCREENS, marks=pytest.mark.slow)], ids=["", "others"]
)
@pytest.mark.parametrize(("kind", "make"), EVERY_KIND)
def test_mail_fits_its_window_and_has_no_serious_fault(kind, make, screens, clock, show):
    html = mail_of(kind, make, clock)

    for width, scheme in screens:
        page = show(html, width, scheme)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (width, scheme, wide, faults(page)) == (width, scheme, width, [])
        screenshot(page, f"mail-{kind.value}-{make.__name__}-{width}-{scheme}")


def test_what_is_too_wide_or_hard_to_read_is_found(show):
    page = show("<p style='color: #999; width: 500px'>Wärme</p>", 320, "light")

    assert page.evaluate("document.documentElement.scrollWidth") > 320
    assert "color-contrast" in faults(page)
