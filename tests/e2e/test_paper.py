"""What comes out of the printer: one sheet, yellow signs, and no link that is somebody's own.

Those marked slow ask other people's programs what stands on the sheet.
"""

import re
import subprocess
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from registration.models import links
from tests.e2e.conftest import screenshot
from tests.events.upload_files import jpeg, upload
from tests.foreign.tools import program
from tests.makers import make_registration, make_talk
from tests.pdf import text_in

G1 = "/talks/vom-supermarkt-zum-begegnungszentrum-das-g1-in-gudensberg/"
# What fits between the margins of A4, in pixels of CSS.
WIDTH_OF_A4 = 703
# What a page writes behind its links, and every text of it that is cut off.
WRITTEN_OUT = """() => [...document.querySelectorAll("a")]
    .map(e => getComputedStyle(e, "::after").content)
    .filter(text => !["none", "normal", '""'].includes(text))"""
CUT_OFF = """() => [...document.querySelectorAll(".poster .lead, .poster .text")]
    .filter(e => e.scrollWidth > e.clientWidth + 1 || e.clientHeight < 15)
    .map(e => e.textContent)"""


def sheets(page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.fixture
def own_page(browser, own_url):
    """Give a function that opens a page of the site in this process."""
    context = browser.new_context(viewport={"width": WIDTH_OF_A4, "height": 1000})

    def open_path(path):
        page = context.new_page()
        page.goto(own_url + path)
        return page

    yield open_path
    context.close()


def test_notice_is_one_sheet_in_colour_with_everything_on_it(open_page):
    page = open_page(f"{G1}aushang/", width=WIDTH_OF_A4)
    expect(page.get_by_text("Diese Seite passt auf ein Blatt A4.")).to_be_visible()
    expect(page.get_by_alt_text("QR-Code")).to_be_visible()

    page.emulate_media(media="print")
    screenshot(page, "print-notice")
    assert sheets(page) == 1
    assert page.evaluate(CUT_OFF) == []
    sign = page.locator(".poster .sign").evaluate(
        "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).printColorAdjust]"
    )
    assert sign == ["rgb(255, 207, 31)", "exact"]
    # Organisers and address once: what frames other pages stays away.
    expect(page.get_by_text("Veranstaltet von").locator("visible=true")).to_have_count(1)
    expect(page.get_by_text(re.compile(r"localhost:\d+")).locator("visible=true")).to_have_count(1)


@pytest.mark.parametrize("length", [5, 60, 120, 200])
def test_notice_is_one_sheet_for_every_length_of_title(own_page, length):
    words = "Bürgerbeteiligung & Verwaltungsgemeinschaften „vor Ort“ " * 40
    talk = make_talk(
        title=words[:length].strip(),
        subtitle=words[5 : 5 + length].strip(),
        announcement=words,
        town="Hohenstein-Ernstthal",
    )
    page = own_page(f"{talk.get_absolute_url()}aushang/")

    assert sheets(page) == 1
    page.emulate_media(media="print")
    heights = (
        "e => [e.getBoundingClientRect().bottom, e.parentElement.getBoundingClientRect().bottom]"
    )
    bottom, of_sheet = page.locator(".poster .join").evaluate(heights)
    assert bottom <= of_sheet
    assert length == 200 or page.evaluate(CUT_OFF) == []


def test_start_page_is_one_sheet_also_with_photographs(own_page, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = {"image_credit": "© ä", "image_alt": "Markt"}
    for days in (20, 40, 60, -20, -40, -60):
        make_talk(
            title=f"Wärme & Licht: Wie {days} Kleinstädte ihre Wärmeplanung gemeinsam angehen",
            starts_in=timedelta(days=days),
            image=upload(jpeg(size=(1600, 1000))),
            **picture,
        )

    page = own_page("/")
    assert sheets(page) == 1
    page.emulate_media(media="print")
    for days in (20, 40, 60):
        expect(page.get_by_text(f"Wie {days} Kleinstädte").locator("visible=true")).to_have_count(
            1
        )


def test_meine_anmeldung_is_printed_without_a_link(own_page):
    row = make_registration(make_talk(meeting_url="https://meet.example/geheim"))
    page = own_page(f"/meine-anmeldung/{links.token(row.key, links.PURPOSE_MINE)}/")
    page.emulate_media(media="print")

    assert page.evaluate(WRITTEN_OUT) == []
    assert row.key not in page.locator("body").inner_text()


@pytest.mark.slow
def test_printed_meine_anmeldung_holds_no_key(own_page, own_url):
    row = make_registration(make_talk(meeting_url="https://meet.example/geheim"))
    token = links.token(row.key, links.PURPOSE_MINE)
    # Without line ends: a long address is broken somewhere.
    text = text_in(own_page(f"/meine-anmeldung/{token}/").pdf()).replace("\n", "")
    assert "Kim Beispiel" in text
    for secret in (token[:20], token[-20:], own_url, "/meine-anmeldung/", "meet.example"):
        assert (secret, secret in text) == (secret, False)


@pytest.mark.slow
def test_camera_reads_the_code_on_the_notice_and_arrives_at_the_talk(open_page, site, tmp_path):
    page = open_page(f"{G1}aushang/")
    page.pdf(path=tmp_path / "notice.pdf", prefer_css_page_size=True)
    pdftoppm = program("pdftoppm", "poppler-utils")
    sheet = tmp_path / "sheet"
    subprocess.run(
        [pdftoppm, "-r", "100", "-png", "-singlefile", tmp_path / "notice.pdf", sheet], check=True
    )

    zbarimg = program("zbarimg", "zbar-tools")
    command = [zbarimg, "--quiet", "--raw", "--nodbus", f"{sheet}.png"]
    read = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    short = read.removeprefix(site.url)
    assert re.fullmatch(r"/t/\d+", short)
    assert read.partition("://")[2] in text_in((tmp_path / "notice.pdf").read_bytes())
    page.goto(read)
    expect(page).to_have_url(site.url + G1)
