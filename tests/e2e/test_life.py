"""One talk from its publication to its end, played by four people and a colleague.

The site runs in this process, because the clock is moved; `make test` gives it PostgreSQL.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from registration.mail.deliver import Outcome, deliver_due
from registration.models import Registration
from registration.models.addresses import email_key
from tests.conftest import BERLIN
from tests.e2e.conftest import listen, screenshots
from tests.e2e.test_publish import log_in
from tests.mailbox import Mailbox
from tests.makers import TITLE, make_talk
from webtalks.management.commands.worker import DUTIES

MEETING = "https://konferenz.example/räume/7?pwd=a&amp=ł"
ROOM = re.compile(r"^https://konferenz\.example/")
PUBLISHED = datetime(2025, 10, 6, 12, 0, tzinfo=BERLIN)
# Summer time; a week later, where the talk is moved to, it is winter time.
FIRST_DATE = datetime(2025, 10, 22, 10, 0, tzinfo=BERLIN)
DATE = datetime(2025, 10, 29, 10, 0, tzinfo=BERLIN)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def url(own_url, clock):
    clock.move_to(PUBLISHED - timedelta(hours=3))
    return own_url


@dataclass
class Person:
    """Somebody with a browser and a mailbox."""

    name: str
    mailbox: Mailbox
    page: object
    device: dict

    def follow(self, path, **which):
        """Open the link of the newest mail that leads to `path`."""
        self.page.goto(self.mailbox.link(path, **which))

    def press(self, role, name):
        """Click, or tap on a phone; the name may have the talk's title behind it."""
        target = self.page.get_by_role(role, name=re.compile(f"^{name}")).first
        target.tap() if "has_touch" in self.device else target.click()

    def sees(self, heading):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def photograph(self, name):
        """Keep pictures of the page, and go on with the own screen."""
        screenshots(self.page, f"life-{name}")
        self.page.set_viewport_size(self.device["viewport"])
        self.page.emulate_media(color_scheme="light")

    def sign_up(self, answer):
        """Fill in the form behind the button `answer` of the open talk's page."""
        self.press("link", answer)
        expect(self.page.get_by_role("checkbox", name=re.compile(TITLE))).to_be_checked()
        self.page.get_by_label("Vor- und Nachname").fill(self.name)
        self.page.get_by_label("E-Mail-Adresse").fill(self.mailbox.address)
        self.press("button", answer)
        self.sees("Vielen Dank.")


class Stage:
    """The site and its people; whenever mail has gone out, everybody's calendar is true."""

    password = "nur-für-diesen-Test"

    def __init__(self, browser, clock, smtp_server, url):
        self.browser, self.clock, self.smtp_server, self.url = browser, clock, smtp_server, url
        self.people, self.pages, self.complaints = [], [], []
        User.objects.create_superuser("admin", password=self.password)
        self.talk = make_talk(
            starts_at=FIRST_DATE, publish_at=PUBLISHED, capacity=2, meeting_url=MEETING
        )
        self.talk_url = f"{url}{self.talk.get_absolute_url()}"

    def new_page(self, device=DESK):
        context = self.browser.new_context(locale="de-DE", **device)
        context.route(ROOM, lambda route: route.fulfill(body="<h1>Videokonferenz</h1>"))
        self.pages.append(context.new_page())
        listen(self.pages[-1], self.complaints, expected="status of 404")
        return self.pages[-1]

    def enter(self, first_name, device=DESK):
        mailbox = Mailbox(self.smtp_server, f"{first_name.lower()}@stadt.example")
        page = self.new_page(device)
        self.people.append(Person(f"{first_name} Beispiel", mailbox, page, device))
        return self.people[-1]

    def change_talk(self, **fields):
        """Save the talk as an organiser does, with what the admin does behind it."""
        self.talk.refresh_from_db()
        for field, value in fields.items():
            setattr(self.talk, field, value)
        self.talk.save()
        Registration.objects.promote_waiting(self.talk)

    def let_pass(self, **time):
        self.turn_to(datetime.now(BERLIN) + timedelta(**time))

    def turn_to(self, moment):
        """Let the worker do what is due at this moment, and compare all calendars."""
        self.clock.move_to(moment)
        for duty in DUTIES:
            duty()
        assert set(deliver_due()) <= {Outcome.SENT}
        for person in self.people:
            assert person.mailbox.calendar == truth(person.mailbox.address), person.name


@pytest.fixture
def stage(browser, clock, smtp_server, url):
    stage = Stage(browser, clock, smtp_server, url)
    yield stage
    # Before the server ends: it must not wait for a browser that keeps its connections.
    for page in stage.pages:
        page.context.close()


def truth(address) -> dict:
    """Return the talks in which this address has a seat: beginning, end and title by UID."""
    rows = Registration.objects.of(email_key(address)).confirmed().select_related("talk")
    return {
        str(row.talk.uid): (row.talk.starts_at, row.talk.ends_at, row.talk.title)
        for row in rows
        if row.talk.is_taking_place
    }


def subscribe(stage, person):
    """Ask for news of new talks, and confirm it in the mail."""
    person.page.goto(f"{stage.url}/terminhinweise/")
    person.page.get_by_label("E-Mail-Adresse").fill(person.mailbox.address)
    person.page.get_by_label(re.compile("^Ja, informieren Sie mich")).check()
    person.press("button", "Informieren Sie mich")
    person.sees("Fast fertig.")
    stage.let_pass(minutes=1)
    person.follow("/terminhinweise/bestaetigen/")
    person.photograph("interest-confirm")
    person.press("button", "Ja, bitte informieren")
    person.sees("Neue Termine per E-Mail")
    person.photograph("interest-mine")


def fill_the_talk(stage, toni, robin, ulli):
    """Take both seats, and queue one person, who has to confirm the address first."""
    toni.follow("/talks/")
    toni.photograph("talk-open")
    toni.sign_up("Kostenfrei anmelden")
    robin.page.goto(stage.talk_url)
    robin.sign_up("Kostenfrei anmelden")
    stage.change_talk(double_opt_in=True)
    ulli.page.goto(stage.talk_url)
    ulli.sign_up("Auf die Warteliste")
    stage.let_pass(minutes=1)
    assert ulli.mailbox.subjects == ["Bitte bestätigen"]
    ulli.follow("/anmeldung/bestaetigen/")
    ulli.photograph("confirm")
    ulli.press("button", "Anmeldung bestätigen")
    expect(ulli.page.get_by_text("Auf der Warteliste", exact=True)).to_be_visible()
    ulli.photograph("mine-waiting")
    stage.change_talk(double_opt_in=False)
    stage.let_pass(minutes=1)


def cancel_and_come_back(stage, toni, ulli):
    """Give the seat to the queue, then join its end."""
    toni.follow("/meine-anmeldung/")
    toni.photograph("mine-confirmed")
    toni.press("link", "Abmelden")
    toni.photograph("cancel")
    toni.press("button", "Ja, abmelden")
    expect(toni.page.get_by_text("Abgemeldet", exact=True)).to_be_visible()
    stage.let_pass(hours=1)
    assert ulli.mailbox.subjects[-1] == "Nachgerückt"
    toni.follow("/meine-anmeldung/")
    toni.press("button", "Auf die Warteliste")
    expect(toni.page.get_by_text("Sie stehen auf der Warteliste.")).to_be_visible()
    toni.photograph("mine-back")
    stage.let_pass(hours=1)


def hand_over(stage, robin, sascha):
    """Give the seat to a colleague; the old links die."""
    robin.follow("/meine-anmeldung/")
    robin.press("link", "Platz weitergeben")
    robin.page.get_by_label("Vor- und Nachname").fill(sascha.name)
    robin.page.get_by_label("E-Mail-Adresse").fill(sascha.mailbox.address)
    robin.photograph("hand-over")
    robin.press("button", "Platz weitergeben")
    robin.sees("Ihr Platz ist weitergegeben.")
    robin.photograph("handed-over")
    stage.let_pass(hours=1)
    assert "Robin Beispiel" in sascha.mailbox.messages[0].get_body(("plain",)).get_content()
    for path in ("/meine-anmeldung/", "/teilnehmen/"):
        robin.follow(path, message=0)
        robin.sees("Dieser Link gilt nicht oder nicht mehr.")


def move_talk(stage):
    """Move the talk by a week in the admin, and tell everybody when it asks."""
    page = stage.new_page()
    page.goto(f"{stage.url}/admin/")
    log_in(page, stage)
    page.goto(f"{stage.url}{reverse('admin:events_talk_change', args=[stage.talk.pk])}")
    page.locator("[name=starts_at_0]").fill(f"{DATE:%d.%m.%Y}")
    page.get_by_role("button", name="Sichern", exact=True).first.click()
    expect(page.get_by_text("2 mit Platz, 1 auf der Warteliste")).to_be_visible()
    screenshots(page, "life-tell-of-change")
    page.get_by_role("button", name="Ja, jetzt benachrichtigen").click()
    expect(page.get_by_text("3 Mails gehen jetzt hinaus.")).to_be_visible()
    stage.let_pass(days=1)


def go_in(stage, toni, sascha):
    """Try too early, then by the button, which leads into the conference."""
    stage.turn_to(DATE - timedelta(minutes=15, seconds=1))
    for person, name in ((toni, "phone"), (sascha, "desk")):
        person.follow("/teilnehmen/")
        person.sees("Der Raum ist noch geschlossen.")
        expect(person.page.get_by_text("29. Oktober 2025 um 9:45 Uhr")).to_be_visible()
        person.photograph(f"way-in-early-{name}")
    stage.turn_to(DATE - timedelta(minutes=15))
    toni.page.reload()
    toni.sees("Der Raum ist offen.")
    toni.photograph("way-in-open")
    toni.press("button", "Jetzt teilnehmen")
    toni.sees("Videokonferenz")
    assert toni.page.url == "https://konferenz.example/r%C3%A4ume/7?pwd=a&amp=%C5%82"
    # Where the browser does not go on by itself, there is a link.
    sascha.page.context.route(ROOM, lambda route: route.abort("aborted"))
    sascha.page.reload()
    sascha.press("button", "Jetzt teilnehmen")
    sascha.sees("Es geht los.")
    link = sascha.page.get_by_role("link", name="Zur Videokonferenz")
    assert link.get_attribute("href") == MEETING
    sascha.photograph("joined")


def test_one_talk_from_publication_to_its_end(stage):
    toni, robin = stage.enter("Toni", PHONE), stage.enter("Robin")
    ulli, sascha, kim = stage.enter("Ulli"), stage.enter("Sascha"), stage.enter("Kim")

    subscribe(stage, toni)
    stage.turn_to(PUBLISHED + timedelta(minutes=settings.ANNOUNCE_AFTER_MINUTES))
    fill_the_talk(stage, toni, robin, ulli)
    cancel_and_come_back(stage, toni, ulli)
    hand_over(stage, robin, sascha)
    move_talk(stage)
    stage.change_talk(capacity=4)
    kim.page.goto(stage.talk_url)
    kim.sign_up("Kostenfrei anmelden")
    stage.let_pass(days=1)
    stage.turn_to(datetime(2025, 10, 28, 10, 0, tzinfo=BERLIN))
    stage.turn_to(DATE - timedelta(hours=1))
    go_in(stage, toni, sascha)
    stage.turn_to(DATE + timedelta(hours=1))
    kim.follow("/teilnehmen/")
    kim.sees("Dieser Talk ist zu Ende.")
    kim.photograph("way-in-over")

    joined = Registration.objects.exclude(joined_at=None).order_by("email")
    opened_at = DATE - timedelta(minutes=15)
    assert list(joined.values_list("name", "joined_at")) == [
        ("Sascha Beispiel", opened_at),
        ("Toni Beispiel", opened_at),
    ]
    reminders = ["Morgen", "Gleich geht es los"]
    assert {person.name.split()[0]: person.mailbox.subjects for person in stage.people} == {
        # The plain case: three mails.
        "Kim": ["Angemeldet", *reminders],
        "Toni": [
            "Bitte bestätigen",
            "Neuer Termin",
            "Angemeldet",
            "Abgemeldet",
            "Warteliste",
            "Geändert",
            "Nachgerückt",
            *reminders,
        ],
        "Robin": ["Angemeldet", "Platz weitergegeben"],
        "Sascha": ["Platz erhalten", "Geändert", *reminders],
        "Ulli": [
            "Bitte bestätigen",
            "Warteliste",
            "Nachgerückt",
            "Geändert",
            *reminders,
        ],
    }
    assert stage.complaints == []
