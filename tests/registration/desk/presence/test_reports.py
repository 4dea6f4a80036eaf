"""Reports as Zoom, Teams, Webex, BigBlueButton and Google Meet write them; minutes by hand count.

Each file tells of a talk on 29 October 2025 from 10 to 11 o'clock. All names are invented.
"""

from datetime import datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from registration.desk.presence.reading import lines_from
from registration.desk.presence.reports import read_report
from tests.conftest import BERLIN
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

REPORTS = Path(__file__).with_name("reports")
# name: (minutes within the talk, kind, lines)
HAND_COUNTED = {
    "zoom-meeting-alt-deutsch.csv": {
        "Rika Reihe": (60, "host", 1),
        "Sina Massow": (60, "host", 1),  # she speaks
        # 10:00–10:20:30 and 10:25–11:00; five minutes of waiting are left out
        "Kim Beispiel": (55, "person", 3),
        # 10:10–10:55:15, twice in the room from 10:30 to 10:40
        "Muster, Dr. Änne (Stadt Größenau)": (45, "person", 2),
        "Jo Wartend": (0, "waiting", 1),
        "Eva Früh": (0, "outside", 1),
        "4930*****12": (45, "person", 1),
    },
    "zoom-meeting-new.csv": {
        "Rika Reihe": (60, "host", 1),
        "Sonne (Kim Beispiel)": (30, "person", 1),
        "Aenne Muster": (60, "person", 1),
    },
    "zoom-meeting-unique.csv": {
        "Kim Beispiel": (60, "person", 1),  # of 75, the talk has 60
        "Aenne Muster": (29, "person", 1),
    },
    "zoom-webinar.csv": {
        "Rika Reihe": (60, "host", 1),
        "Paul Podium": (60, "host", 1),
        "Kim Beispiel": (50, "person", 2),  # 10:05–10:15, 10:20–11:00
        "Aenne Muster": (29, "person", 1),  # 10:00–10:29:59
        "": (0, "silent", 1),  # registered with Zoom
    },
    "teams-old.tsv": {
        "Rika Reihe": (58, "person", 2),
        "Kim Beispiel": (40, "person", 2),  # 10:00–10:40:30
        # 10:10–10:20, and from 10:30 until the report was downloaded
        "Änne Muster": (38, "person", 3),
        "Jo Spät": (8, "person", 1),
    },
    "teams-neu-deutsch.tsv": {
        "Rika Reihe": (60, "host", 2),
        "Kim Beispiel": (30, "person", 3),  # 10:00–10:12, 10:42–11:00
        "Muster, Änne (Gast)": (45, "person", 2),
        "+49301234567": (30, "person", 2),
    },
    "teams-new.tsv": {
        "Rika Reihe": (60, "host", 1),
        "Kim Beispiel": (34, "person", 1),  # 34 of the 64 minutes between first and last
        "Änne Muster (Guest)": (45, "person", 1),
    },
    "webex.tsv": {
        "Rika Reihe": (60, "host", 1),
        "Kim Beispiel": (39, "person", 2),  # 29:30 and 10:00
        "Änne Muster": (60, "person", 1),
    },
    "bigbluebutton-deutsch.csv": {
        "Rika Reihe": (60, "host", 1),
        "Kim Beispiel": (40, "person", 1),  # of the 70 minutes between first and last
        "Muster, Änne": (20, "person", 1),  # still there at the end
        "": (0, "silent", 1),  # anonymous answers
    },
    "google-meet.csv": {
        "Kim Beispiel": (60, "person", 1),
        "Änne Muster": (25, "person", 1),
        "Rika Reihe": (60, "person", 1),
    },
    "google-meet-deutsch.csv": {
        "Kim Beispiel": (60, "person", 1),
        "Änne Muster": (25, "person", 1),
    },
}


def talk_of_the_reports():
    return make_talk(starts_at=datetime(2025, 10, 29, 10, tzinfo=BERLIN))


def read(content, talk=None):
    """Return (minutes, kind, lines) of each person by name."""
    talk = talk or talk_of_the_reports()
    lines = lines_from([read_report(content, talk)], talk)
    return {line.name: (line.minutes, line.kind, line.number) for line in lines}


@pytest.mark.parametrize("name", HAND_COUNTED)
def test_minutes_are_those_of_the_hand_count(name):
    text = (REPORTS / name).read_text()
    # Teams and Webex write UTF-16.
    encoding = "utf-16" if name.endswith(".tsv") else "utf-8-sig"

    assert read(text.encode(encoding)) == HAND_COUNTED[name]


def test_every_line_is_accounted_for():
    text = (REPORTS / "zoom-webinar.csv").read_text()
    rows = [line for line in text.splitlines() if line.startswith(("Yes,", "No,"))]

    assert sum(number for *_, number in read(text.encode()).values()) == len(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encoding_and_separator_do_not_matter(encoding, separator):
    text = 'Name,Dauer (Minuten)\n"Änne Groß",45\n'.replace(",", separator)

    assert read(text.encode(encoding)) == {"Änne Groß": (45, "person", 1)}


@pytest.mark.parametrize(
    "times",
    [
        "29.10.2025 10:15,29.10.2025 10:45",
        "29.10.25 10:15:00,29.10.25 10:45:00",
        "10/29/2025 10:15:00 AM,10/29/2025 10:45:00 AM",
        "29/10/2025 10:15,29/10/2025 10:45",
        '"10/29/25, 10:15:00\u202fAM","10/29/25, 10:45:00\u202fAM"',
        '"Okt 29, 2025 10:15","Okt 29, 2025 10:45"',
        "29. Oktober 2025 10:15,29. Oktober 2025 10:45",
        "29 Oct 2025 10:15,29 Oct 2025 10:45",
        "2025-10-29T09:15:00Z,2025-10-29T09:45:00Z",
        "2025-10-29 10:15:00+01:00,2025-10-29 10:45:00+01:00",
        "2025-10-29 11:15 MESZ,2025-10-29 11:45 MESZ",
        "10:15,10:45",
        "10:15 Uhr,10:45 Uhr",
    ],
)
def test_time_is_read_as_it_is_written(times):
    text = f"Name,Beitrittszeit,Austrittszeit\nKim,{times}\n"

    assert read(text.encode()) == {"Kim": (30, "person", 1)}


@pytest.mark.parametrize(
    "head",
    [
        "Name,Join Time (UTC),Leave Time (UTC)\n",
        "Time Zone,UTC\n\nName,Join Time,Leave Time\n",
        "Zeitzone,(GMT+00:00) London\n\nName,Join Time,Leave Time\n",
    ],
)
def test_zone_is_what_the_report_names(head):
    text = f"{head}Kim,2025-10-29 09:15,2025-10-29 09:45\n"

    assert read(text.encode()) == {"Kim": (30, "person", 1)}


def test_day_and_month_are_read_so_that_they_fit_the_talk():
    talk = make_talk(starts_at=datetime(2025, 11, 12, 10, tzinfo=BERLIN))
    for day in ("11/12/2025", "12/11/2025"):
        text = f"Name,Join Time,Leave Time\nKim,{day} 10:00,{day} 11:00\n"
        assert read(text.encode(), talk) == {"Kim": (60, "person", 1)}


def test_time_alone_may_pass_midnight():
    talk = make_talk(starts_at=datetime(2025, 11, 12, 23, 30, tzinfo=BERLIN))
    text = "Name,Time joined,Time exited\nKim,23:40,00:20\n"

    assert read(text.encode(), talk) == {"Kim": (40, "person", 1)}


def test_role_that_all_have_tells_nothing():
    text = "Name,Moderator,Join,Left,Duration\nA B,TRUE,10:00,11:00,1:00:00\n"
    both = text + "C D,FALSE,10:00,11:00,1:00:00\n"

    assert {kind for _, kind, _ in read(text.encode()).values()} == {"person"}
    assert {name: kind for name, (_, kind, _) in read(both.encode()).items()} == {
        "A B": "host",
        "C D": "person",
    }


def test_name_without_address_is_who_has_one_in_the_same_report():
    head = "Name,Email,Join Time,Leave Time\n"
    kim = "Kim Beispiel,kim@stadt.example,10:00,10:10\n"
    text = f"{head}{kim}Kim Beispiel,,10:20,10:30\n"
    twice = f"{text}Kim Beispiel,andere@stadt.example,10:40,10:45\n"

    talk = talk_of_the_reports()
    assert read(text.encode()) == {"Kim Beispiel": (20, "person", 2)}
    lines = lines_from([read_report(twice.encode(), talk)], talk)
    assert sorted((line.email, line.minutes) for line in lines) == [
        ("", 10),
        ("andere@stadt.example", 5),
        ("kim@stadt.example", 10),
    ]


def test_one_word_without_address_is_nobody_who_has_one():
    """Telephones are called `iPhone`: a stranger's minutes must not become somebody's."""
    head = "Name,Email,Join Time,Leave Time\n"
    text = f"{head}iPhone,kim@stadt.example,10:00,10:10\niPhone,,10:10,11:00\n"

    talk = talk_of_the_reports()
    lines = lines_from([read_report(text.encode(), talk)], talk)

    assert [(line.email, line.minutes) for line in lines] == [("kim@stadt.example", 10), ("", 50)]


def test_comings_and_leavings_that_do_not_fit_are_counted():
    head = "Full Name\tUser Action\tTimestamp\n"
    rows = ["Kim\tLeft\t9:50", "Kim\tJoined\t10:00", "Kim\tJoined\t10:10", "Kim\tLeft\t10:40"]
    rows += ["Kim\tLeft\t10:50", "Jo\tJoined\t--", "\tJoined\t10:00"]

    found = read((head + "\n".join(rows)).encode())

    assert found == {"Kim": (40, "person", 3), "": (0, "silent", 3)}


def test_two_reports_of_one_talk_are_joined():
    talk = talk_of_the_reports()
    head = "Name,Join Time,Leave Time\n"
    parts = [f"{head}Kim,10:00,10:20\n", f"{head}Kim,10:15,10:25\nJo,10:30,10:40\n"]

    reports = [read_report(part.encode(), talk) for part in parts]
    lines = lines_from(reports, talk)

    assert {line.name: line.minutes for line in lines} == {"Kim": 25, "Jo": 10}


def test_formula_and_endless_name_are_text():
    name = "N" * 200
    rows = f'=HYPERLINK("http://x"),10:00,11:00\n{name},10:00,11:00\n{name}x,10:00,11:00\n'

    found = read(f"Name,Join Time,Leave Time\n{rows}".encode())

    assert sorted(found) == ['=HYPERLINK("http://x")', name]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "keine Spalte"),
        (b"Datum;Betrag\n1.1.;5\n", "keine Spalte"),
        (b"Name,Email\nKim,kim@stadt.example\n", "keine Spalte"),
        (b"Name,Dauer\nKim,--\n", "wie lange"),
        (b"PK\x03\x04xlsx", "Excel"),
        (b"\xff\xfea", "nicht als Text"),
        (b"Name,Dauer\n\x81\xe4\n", "nicht als Text"),
        (b"Name,Dauer\n" + b"Kim,5\n" * 50_000, "mehr als 20.000 Zeilen"),
        (b'Name,Dauer\n"' + b"x" * 200_000, "Zeile"),
    ],
)
def test_what_cannot_be_read_is_told_in_german(content, message):
    with pytest.raises(ValidationError, match=message):
        read(content)
