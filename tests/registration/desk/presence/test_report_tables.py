"""Files as tables: which row is a heading, what is a fact about the meeting, what a title."""

import pytest
from django.core.exceptions import ValidationError

from registration.desk.presence.report_tables import MAX_BYTES, columns_of, read_document

BLOCKS = '''1. Zusammenfassung,
Besprechungstitel,"Wärme & ""Licht"""
Teilnehmer,45

2. Teilnehmer
Name,Erster Beitritt,E-Mail
Kim,10:00,kim@stadt.example
Jo,10:05,

Umfrage,3
'''


def test_parts_of_a_file_are_told_apart():
    document = read_document(BLOCKS.encode())

    (table,) = document.tables
    assert (table.title, len(table.rows)) == ("2. Teilnehmer", 2)
    assert [table.cell(row, "email") for row in table.rows] == ["kim@stadt.example", ""]
    assert table.cell(table.rows[0], "role") == ""
    assert (table.head("first_joined"), table.head("role")) == ("erster beitritt", "")
    assert ("besprechungstitel", 'Wärme & "Licht"') in document.facts
    assert ("umfrage", "3") in document.facts


@pytest.mark.parametrize(
    ("heads", "columns"),
    [
        ("Name (Original Name)|User Email|Duration (Minutes)", {"name", "email", "duration"}),
        ("Vorname|Nachname|Dauer", {"first_name", "last_name", "duration"}),
        ("Full Name|User Action|Timestamp", {"name", "action", "moment"}),
        ("Vollständiger Name|Benutzeraktion|Zeitstempel", {"name", "action", "moment"}),
        ("Anzeigename|Im Warteraum|Beitrittszeit", {"name", "waiting", "joined"}),
        # About the meeting, not about people.
        ("Meeting ID|Topic|Start Time|User Email|Duration (Minutes)|Participants", set()),
        ("Meeting-ID|Thema|Startzeit|Benutzer-E-Mail|Dauer (Minuten)|Teilnehmer", set()),
        ("Teilnehmer|45", set()),
        ("Name|E-Mail", set()),
        ("Name", set()),
    ],
)
def test_headings_are_known_in_both_languages(heads, columns):
    assert columns_of(heads.split("|")).keys() == columns


@pytest.mark.parametrize(
    ("heads", "position"),
    [
        ("Host Email|Name|Email|Dauer", 2),
        ("Name|Email|Participant ID (UPN)|Registration Email|Dauer", 3),
        ("Email|Name|Dauer", 0),
    ],
)
def test_address_is_the_persons_own(heads, position):
    assert columns_of(heads.split("|"))["email"] == position


def test_table_without_a_blank_line_before_the_next_one():
    text = "Host Details,\nName,Dauer\nRika,60\nAttendee Details,\nName,Dauer\nKim,50\n"

    tables = read_document(text.encode()).tables

    assert [(table.title, table.rows) for table in tables] == [
        ("Host Details", [["Rika", "60"]]),
        ("Attendee Details", [["Kim", "50"]]),
    ]


def test_too_large_a_file_is_refused():
    with pytest.raises(ValidationError, match="mehr als 8 MB"):
        read_document(b"x" * (MAX_BYTES + 1))
