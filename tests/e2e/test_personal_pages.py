"""The pages behind personal links, as those of everybody: accessible, and never too wide."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from registration.models import ProposedChange, links
from tests.e2e.conftest import listen, screenshots, violations
from tests.e2e.test_pages import WIDTHS, overflow
from tests.makers import make_interest, make_registration, make_speaker_link, make_talk

OF_PERSON = ("mine", "details", "change_address", "erase")
OF_TALK = ("cancel", "question", "hand_over", "certificate")
OF_OTHER_LINKS = ("new_address", "confirm", "not_me", "join", "reminders", "recap_off")
LONG_TITLE = "Wärme & „Licht“ für Donaudampfschifffahrtsgesellschaftskapitänsmützen"


@pytest.fixture
def page(browser, own_url, clock):
    context, complaints = browser.new_context(locale="de-DE"), []
    page = context.new_page()
    listen(page, complaints)
    yield page
    context.close()
    assert complaints == []


def address(name, row) -> str:
    """Return the path of the page for the person of this registration."""
    mine = links.token(row.key, links.PURPOSE_MINE)
    wish = links.NewAddress(row.key, "eine.sehr.lange.adresse@verwaltungsgemeinschaft.example")
    tokens = {
        "new_address": links.new_address_token(wish, timezone.now() + timedelta(hours=1)),
        "confirm": links.token(row.key, links.PURPOSE_CONFIRM),
        "not_me": links.token(row.key, links.PURPOSE_NOT_ME),
        "join": links.token(row.key, links.PURPOSE_JOIN),
        "reminders": links.token(row.key, links.PURPOSE_REMINDERS),
        "recap_off": links.token(row.key, links.PURPOSE_RECAP),
    }
    arguments = [mine, row.uuid] if name in OF_TALK else [tokens.get(name, mine)]
    return reverse(f"registration:{name}", args=arguments)


def check(page, name):
    assert {width: overflow(page, width) for width in WIDTHS} == dict.fromkeys(WIDTHS, 0)
    assert violations(page) == []
    screenshots(page, f"personal-{name}")
    # Text twice as large.
    page.locator("html").evaluate("html => html.style.fontSize = '200%'")
    assert {width: overflow(page, width) for width in (320, 390)} == {320: 0, 390: 0}


@pytest.mark.parametrize("name", [*OF_PERSON, *OF_TALK, *OF_OTHER_LINKS])
def test_page_fits_and_is_accessible(page, own_url, name):
    talk = make_talk(title=LONG_TITLE, capacity=5, dial_in="069 1234567, PIN 4711#")
    email = "buergerbeteiligung@verwaltungsgemeinschaft.example"
    row = make_registration(talk, email=email, question="Wer trägt die Kosten?")

    path = address(name, row)
    assert page.goto(own_url + path).status == 200
    assert page.url == own_url + path
    check(page, name)


def test_page_of_a_pending_person_fits_and_is_accessible(page, own_url):
    row = make_registration(make_talk(title=LONG_TITLE, double_opt_in=True))

    page.goto(own_url + address("confirm", row))
    check(page, "confirm-pending")


@pytest.mark.parametrize("name", ["mine", "cancel", "join"])
def test_page_of_a_waiting_person_fits_and_is_accessible(page, own_url, name):
    talk = make_talk(title=LONG_TITLE, capacity=1)
    make_registration(talk, email="sitzt@stadt.example")
    row = make_registration(talk)

    page.goto(own_url + address(name, row))
    check(page, f"{name}-waiting")


@pytest.mark.parametrize("name", ["speaker", "speaker_preview", "speaker_reminders"])
def test_speakers_page_fits_and_is_accessible(page, own_url, name):
    talk = make_talk(title=LONG_TITLE, starts_in=timedelta(days=3))
    for number in range(5):
        make_registration(talk, email=f"{number}@stadt.example", question=f"{LONG_TITLE}?")
    link = make_speaker_link(talk)
    for field in ("title", "announcement", "contact"):
        ProposedChange.objects.propose(link, field, f"Neu: {LONG_TITLE}")
    ProposedChange.objects.propose(link, "subtitle", LONG_TITLE).decide("declined", LONG_TITLE)

    page.goto(own_url + reverse(f"registration:{name}", args=[link.token]))
    check(page, name)


def test_mistake_of_a_speaker_is_led_to(browser, own_url, clock):
    page = browser.new_page(locale="de-DE")
    page.goto(own_url + reverse("registration:speaker", args=[make_speaker_link().token]))
    page.get_by_label("Titel", exact=True).fill("")
    page.get_by_role("button", name="Titel und Text speichern").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    check(page, "speaker-mistake")
    summary.get_by_role("link").click()
    expect(page.get_by_label("Titel", exact=True)).to_be_focused()
    page.close()


@pytest.mark.parametrize("notice", ["?stand=adresse", "?stand=vorbei"])
def test_notice_on_meine_anmeldung_fits_and_is_accessible(page, own_url, notice):
    row = make_registration(make_talk(title=LONG_TITLE))

    page.goto(own_url + address("mine", row) + notice)
    check(page, f"mine-{notice[7:]}")


def test_pages_of_the_interest_list_fit_and_are_accessible(page):
    interest = make_interest("buergerbeteiligung@verwaltungsgemeinschaft.example")

    for name, url in (("mine", interest.manage_url), ("end", interest.unsubscribe_url)):
        page.goto(url)
        check(page, f"interest-{name}")
