"""Five people who know nothing of the site reach what they want, each with a few clicks.

`legs` counts clicks: one number from the start page on, and one from each link on that was opened
in a mail. Opening the mail's link belongs to the mail and is not counted, neither is typing; the
button of a form is. No leg may be longer than three.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from events.models import Topic
from registration.mail.deliver import deliver_due
from registration.models import Registration
from tests.conftest import BERLIN
from tests.e2e.conftest import listen
from tests.e2e.test_life import DESK, MEETING, PHONE, ROOM, Person
from tests.mailbox import Mailbox
from tests.makers import TITLE, make_registration, make_talk

START = datetime(2025, 11, 19, 10, 0, tzinfo=BERLIN)


@dataclass
class Visitor(Person):
    """Somebody who came to the start page, and whose clicks are counted."""

    legs: list[int] = field(default_factory=lambda: [0])

    def press(self, role, name):
        self.legs[-1] += 1
        super().press(role, re.escape(name))

    def follow(self, path, **which):
        self.legs.append(0)
        super().follow(path, **which)

    def type_address(self, address=None):
        label = re.compile("E-Mail-Adresse$")
        self.page.get_by_label(label).fill(address or self.mailbox.address)

    def sees_text(self, text):
        expect(self.page.get_by_text(text).first).to_be_visible()


@pytest.fixture
def come(browser, own_url, clock, smtp_server):
    """Give the function that lets somebody come to the start page with an empty browser."""
    contexts, complaints = [], []

    def come(first_name, device=DESK):
        contexts.append(browser.new_context(locale="de-DE", **device))
        contexts[-1].route(ROOM, lambda route: route.fulfill(body="<h1>Videokonferenz</h1>"))
        page = contexts[-1].new_page()
        listen(page, complaints)
        page.goto(own_url)
        mailbox = Mailbox(smtp_server, f"{first_name.lower()}@stadt.example")
        return Visitor(f"{first_name} Beispiel", mailbox, page, device)

    yield come
    # Before the server ends: it must not wait for a browser that keeps its connections.
    for context in contexts:
        context.close()
    assert complaints == []


def sign_up(person, action):
    """Choose the next talk on the start page, and send the form."""
    person.press("link", action)
    expect(person.page.get_by_role("checkbox", name=re.compile(TITLE))).to_be_checked()
    person.page.get_by_label("Vor- und Nachname").fill(person.name)
    person.type_address()
    person.press("button", action)
    person.sees("Vielen Dank.")


def test_latecomer_without_a_mail_at_hand(come, clock):
    make_registration(make_talk(starts_at=START, meeting_url=MEETING), email="toni@stadt.example")
    deliver_due()
    clock.move_to(START - timedelta(minutes=2))

    toni = come("Toni", PHONE)
    toni.press("link", "Schon angemeldet? Zum Talk")
    toni.type_address()
    toni.press("button", "Link zuschicken")
    toni.sees("Bitte schauen Sie in Ihr Postfach.")
    deliver_due()
    assert len(toni.mailbox.messages) == 2
    toni.follow("/teilnehmen/")
    toni.sees("Der Raum ist offen.")
    toni.press("button", "Jetzt teilnehmen")
    toni.sees("Videokonferenz")

    assert toni.legs == [2, 1]


def test_doubler_learns_what_holds_and_gets_the_link_again(come, clock):
    talk = make_talk(starts_at=START)
    robin = come("Robin")
    sign_up(robin, "Kostenfrei anmelden")
    deliver_due()
    clock.shift(timedelta(days=1))

    robin = come("Robin")
    sign_up(robin, "Kostenfrei anmelden")
    robin.sees_text("Dann gilt die erste E-Mail")
    assert robin.legs == [2]
    deliver_due()
    assert robin.mailbox.subjects == ["Angemeldet", "Bereits angemeldet"]

    # Whoever does not find that mail either asks for the link, on the page that says so.
    robin.legs.append(0)
    robin.press("link", "Link noch einmal zuschicken")
    robin.type_address()
    robin.press("button", "Link zuschicken")
    robin.sees("Bitte schauen Sie in Ihr Postfach.")
    deliver_due()
    assert len(robin.mailbox.messages) == 3
    robin.follow("/meine-anmeldung/")
    robin.sees("Meine Anmeldung")
    robin.sees_text("Angemeldet")

    assert robin.legs == [2, 2, 0]
    assert Registration.objects.in_talk(talk).count() == 1


def test_person_with_a_new_address_keeps_the_seat(come, smtp_server):
    talk = make_talk(starts_at=START, capacity=1)
    make_registration(talk, email="ulli@stadt.example")
    make_registration(talk, email="wartet@stadt.example")
    deliver_due()

    ulli = come("Ulli")
    # With a mail at hand this leg is not needed.
    ulli.press("link", "Meine Anmeldung")
    ulli.type_address()
    ulli.press("button", "Link zuschicken")
    deliver_due()
    ulli.follow("/meine-anmeldung/")
    ulli.press("link", "E-Mail-Adresse ändern")
    ulli.type_address("ulli@kreis.example")
    ulli.press("button", "Bestätigung anfordern")
    ulli.sees_text("Bitte schauen Sie in das neue Postfach.")
    deliver_due()
    old, ulli.mailbox = ulli.mailbox, Mailbox(smtp_server, "ulli@kreis.example")
    ulli.follow("/anmeldung/neue-adresse/")
    ulli.press("button", "Ja, Adresse ändern")
    ulli.sees("Ihre neue Adresse gilt.")
    deliver_due()
    ulli.follow("/meine-anmeldung/")
    ulli.sees_text("Angemeldet")

    assert ulli.legs == [2, 2, 1, 0]
    seats = Registration.objects.in_talk(talk).confirmed()
    assert [row.email for row in seats] == ["ulli@kreis.example"]
    assert list(ulli.mailbox.calendar.values()) == [(talk.starts_at, talk.ends_at, TITLE)]
    assert old.subjects[-1] == "Adresse geändert"


def test_waiting_person_knows_the_place_in_the_queue(come):
    talk = make_talk(starts_at=START, capacity=1)
    make_registration(talk, email="sitzt@stadt.example")
    make_registration(talk, email="wartet@stadt.example")

    kim = come("Kim", PHONE)
    kim.sees_text("Ausgebucht – Warteliste")
    sign_up(kim, "Auf die Warteliste")
    deliver_due()
    assert kim.mailbox.subjects == ["Warteliste"]
    kim.follow("/meine-anmeldung/")
    kim.sees_text("Sie stehen auf Platz 2 der Warteliste")

    assert kim.legs == [2, 0]


@pytest.fixture
def empty_shops(transactional_db, clock):
    """Return a coming talk that has the word in its announcement and topic, not in its title."""
    make_talk(starts_at=START, title="Der nächste Talk")
    make_talk(starts_in=timedelta(days=-30), title="Ein Talk von früher")
    talk = make_talk(
        starts_at=START + timedelta(days=7), announcement="Was gegen Leerstände hilft"
    )
    talk.topics.add(Topic.objects.create(name="Leerstand"))
    return talk


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
def test_talk_about_empty_shops_is_found_by_search(empty_shops, come, device):
    sascha = come("Sascha", device)
    sascha.press("link", "Alle Talks")
    sascha.page.get_by_label("Suche").fill("Leerstand")
    sascha.press("button", "Talks suchen")
    sascha.press("link", TITLE)
    sascha.sees(TITLE)

    assert sascha.legs == [3]


def test_talk_about_empty_shops_is_found_by_topic(empty_shops, come):
    sascha = come("Sascha")
    sascha.press("link", "Leerstand")
    sascha.press("link", TITLE)
    sascha.sees(TITLE)

    assert sascha.legs == [2]
