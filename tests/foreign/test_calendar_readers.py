"""Two foreign readers see in the mails' calendar parts what we mean: khal and npm's ical.js."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from registration.mail.deliver import deliver_due
from tests.conftest import BERLIN
from tests.foreign.tools import program
from tests.mailbox import Mailbox, calendar_parts
from tests.makers import TITLE, make_registration, make_talk
from tests.server import ROOT

pytestmark = pytest.mark.django_db

ICAL_JS = "ical.js@2.2.1"
# Downloaded once.
NODE_PACKAGES = ROOT / "var" / "node" / ICAL_JS
KHAL = """
[calendars]
[[termine]]
path = {directory}/termine
[sqlite]
path = {directory}/{zone}.db
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M
longdatetimeformat = %Y-%m-%dT%H:%M
[default]
default_calendar = termine
"""
DATES = {
    "winter": (datetime(2025, 11, 26, 10), datetime(2025, 12, 3, 10)),
    "summer": (datetime(2026, 7, 15, 10, 30), datetime(2026, 7, 22, 14, 30)),
    "summer to winter": (datetime(2026, 10, 21, 10), datetime(2026, 10, 28, 10)),
    "winter to summer": (datetime(2026, 3, 25, 10), datetime(2026, 4, 1, 10)),
}


@pytest.fixture(params=DATES, ids=DATES)
def dates(request):
    """Give the beginning of a talk, by the clock on the wall, and where it is moved to."""
    return DATES[request.param]


@pytest.fixture
def messages(dates, clock, smtp_server, tmp_path) -> list[Path]:
    """Give the calendar files of the mails: signed up, moved, cancelled, came back."""
    first, second = (date.replace(tzinfo=BERLIN) for date in dates)
    row = make_registration(make_talk(starts_at=first))
    deliver_due()
    talk = row.talk
    talk.starts_at, talk.ends_at = second, second + timedelta(hours=1)
    talk.save()
    type(row).objects.tell_of_change(talk)
    deliver_due()
    row.cancel()
    deliver_due()
    make_registration(talk)
    deliver_due()
    paths = []
    for message in Mailbox(smtp_server, "kim@stadt.example").messages:
        (content,) = calendar_parts(message)
        paths.append(tmp_path / f"{len(paths)}.ics")
        paths[-1].write_bytes(content)
    return paths


@pytest.fixture
def truth(dates) -> list[list[datetime]]:
    """Give the beginning that the person's calendar must show after each mail, or none."""
    first, second = dates
    return [[first], [second], [], [second]]


def run(*command, **environment) -> str:
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
    return done.stdout


def test_messages_are_request_request_cancel_request(messages):
    calendars = [Calendar.from_ical(path.read_bytes()) for path in messages]

    events = [calendar.walk("VEVENT")[0] for calendar in calendars]
    assert [str(calendar["METHOD"]) for calendar in calendars] == [
        "REQUEST",
        "REQUEST",
        "CANCEL",
        "REQUEST",
    ]
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2, 3]
    assert len({event["UID"] for event in events}) == 1


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC"])
def test_khal_shows_the_truth(messages, truth, tmp_path, zone):
    config = tmp_path / "khal"
    config.write_text(KHAL.format(directory=tmp_path, zone=zone))
    (tmp_path / "termine").mkdir()

    def khal(*arguments):
        return run(program("khal", "khal"), "--config", config, *arguments, LC_ALL="C.UTF-8")

    def shown() -> list[list[str]]:
        """Return what khal lists; it keeps a cancelled event, and says so."""
        form = "{start-long}|{end-long}|{title}|{cancelled}|"
        found = khal("list", "--day-format", "", "--format", form, "2025-01-01", "2027-12-31")
        rows = [line.split("|")[:4] for line in found.splitlines() if line]
        return [row[:3] for row in rows if not row[3].strip()]

    def expected(beginning) -> list[str]:
        start = beginning.replace(tzinfo=BERLIN).astimezone(ZoneInfo(zone))
        ends = start + timedelta(hours=1)
        return [f"{start:%Y-%m-%dT%H:%M}", f"{ends:%Y-%m-%dT%H:%M}", TITLE]

    seen = []
    for path in messages:
        khal("import", "--batch", "--include-calendar", "termine", path)
        seen.append(shown())

    assert seen == [[expected(beginning) for beginning in step] for step in truth]
    assert len(list((tmp_path / "termine").iterdir())) == 1


@pytest.fixture(scope="session")
def node_packages() -> Path:
    """Give the folder in which npm has put ical.js."""
    if not (NODE_PACKAGES / "node_modules" / "ical.js").is_dir():
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts"]
        run(program("npm", "npm"), "install", *quiet, "--prefix", NODE_PACKAGES, ICAL_JS)
    return NODE_PACKAGES / "node_modules"


def test_ical_js_shows_the_truth(messages, truth, node_packages):
    script = Path(__file__).with_name("ical_reader.js")

    output = run(
        program("node", "nodejs"), script, *messages, NODE_PATH=str(node_packages), TZ="UTC"
    )

    def expected(beginning) -> dict:
        moment = beginning.replace(tzinfo=BERLIN).astimezone(UTC)
        return {
            "title": TITLE,
            "zone": "Europe/Berlin",
            "start": f"{beginning:%Y-%m-%dT%H:%M:%S}",
            "end": f"{beginning + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}",
            "moment": f"{moment:%Y-%m-%dT%H:%M:%S.000Z}",
        }

    assert json.loads(output) == [[expected(beginning) for beginning in step] for step in truth]
