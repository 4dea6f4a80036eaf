"""The main job on the real server: find a talk, sign up, get the mail, cancel by its link."""

import contextlib
import re
import sqlite3
import time

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.e2e.conftest import screenshots, start_site, stop_site

G1 = "Vom Supermarkt zum Begegnungszentrum – Das G1 in Gudensberg"
HERZBERG = "Vier Jahre Bürgerräte in Herzberg – Praxiserfahrungen und Maßnahmen zur Verstetigung"


def calendars(mail):
    return [
        Calendar.from_ical(part.get_content())
        for part in mail.iter_attachments()
        if part.get_content_type() == "application/ics"
    ]


@pytest.fixture
def own_site(tmp_path):
    """Run a site for one test, and end it also when the test fails."""
    site = start_site(tmp_path)
    yield site
    if site.process.poll() is None:
        stop_site(site)


@pytest.mark.parametrize("javascript", [True, False])
def test_sign_up_for_both_talks_and_cancel_one(own_site, browser, javascript):
    site = own_site
    page = browser.new_context(java_script_enabled=javascript).new_page()

    page.goto(site.url)
    page.get_by_role("link", name="Kostenfrei anmelden").click()
    expect(page.get_by_role("checkbox", name=re.compile(G1))).to_be_checked()
    page.get_by_role("checkbox", name=re.compile("Bürgerräte in Herzberg")).check()
    page.get_by_label("Vor- und Nachname").fill("Kim Beispiel")
    page.get_by_label("E-Mail-Adresse").fill("kim@stadt.example")
    page.get_by_role("button", name="Kostenfrei anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vielen Dank.")
    screenshots(page, "thanks")

    (mail,) = site.mails(1)
    assert mail["To"] == "kim@stadt.example"
    assert [str(c["METHOD"]) for c in calendars(mail)] == ["REQUEST", "REQUEST"]
    events = [c.walk("VEVENT")[0] for c in calendars(mail)]
    assert [str(event["SUMMARY"]) for event in events] == [G1, HERZBERG]
    assert {event.start.hour for event in events} == {10}

    text = mail.get_body(("plain",)).get_content()
    page.goto(re.search(r"http://\S+/meine-anmeldung/\S+", text)[0])
    screenshots(page, "mine")
    page.get_by_role("link", name=re.compile(f"Abmelden.*{G1}")).click()
    screenshots(page, "cancel")
    page.get_by_role("button", name="Ja, abmelden").click()
    expect(page.get_by_role("status")).to_contain_text("Sie sind abgemeldet")
    expect(page.get_by_text("Abgemeldet", exact=True)).to_have_count(1)
    expect(page.get_by_role("link", name=re.compile("Abmelden"))).to_have_count(1)

    screenshots(page, "mine-cancelled")

    cancellation = site.mails(2)[1]
    (calendar,) = calendars(cancellation)
    assert (str(calendar["METHOD"]), calendar.walk("VEVENT")[0]["UID"]) == (
        "CANCEL",
        events[0]["UID"],
    )
    code, output = stop_site(site)
    assert code == 0
    for line in (f"{site.url}/\n", f"{site.url}/admin/\n", "admin\n", f"{site.password}\n"):
        assert line in output


def test_second_start_changes_nothing(tmp_path_factory):
    directory = tmp_path_factory.mktemp("twice")
    site = start_site(directory)
    wait_for_worker(directory)
    first = stop_site(site)[1]
    before = content(directory)

    second = stop_site(start_site(directory))[1]

    assert "6 Talks angelegt" in first
    assert first.count("Zum Ausprobieren verlegt") == 2
    assert "0 Talks angelegt" in second
    assert "Zum Ausprobieren" not in second
    # The names alone: the whole contents would fill the report.
    after = content(directory)
    assert [name for name in before | after if before.get(name) != after.get(name)] == []


def wait_for_worker(directory):
    """Wait until the worker has looked at the clock: talks are then announced."""
    for _ in range(150):
        if any("registration_heartbeat" in line for line in dump(directory)):
            return
        time.sleep(0.1)
    raise AssertionError("the worker has not been seen")


def dump(directory):
    """Return the database's rows as SQL."""
    with contextlib.closing(sqlite3.connect(directory / "db.sqlite3")) as database:
        return [line for line in database.iterdump() if line.startswith("INSERT")]


def content(directory) -> dict:
    """Return every file's bytes and each table's rows; that the worker lives is no change."""
    files = [p for p in directory.rglob("*") if p.is_file() and "sqlite3" not in p.name]
    found = {str(path): path.read_bytes() for path in files}
    for line in dump(directory):
        table = line.split()[2]
        if table != '"registration_heartbeat"':
            found[table] = [*found.get(table, []), line]
    return found


def test_form_with_errors_keeps_everything(open_page):
    page = open_page("/anmeldung/")
    page.get_by_label("Vor- und Nachname").fill("Kim Beispiel")
    page.get_by_label("E-Mail-Adresse").fill("kim@")
    page.get_by_role("button", name="Kostenfrei anmelden").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Bitte wählen Sie mindestens einen Termin.")
    expect(page.get_by_label("Vor- und Nachname")).to_have_value("Kim Beispiel")
    expect(page.get_by_label("E-Mail-Adresse")).to_have_value("kim@")
    screenshots(page, "form-errors")
    summary.get_by_role("link").last.click()
    expect(page.get_by_label("E-Mail-Adresse")).to_be_focused()
