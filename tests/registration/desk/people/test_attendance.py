"""Who was there, from the exports of Zoom and Teams."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registration.desk.people.attendance import Attendee, match, read
from registration.models import Registration
from tests.makers import make_registration, make_talk

ZOOM = """Meeting-ID,Thema,Startzeit,Benutzer-E-Mail,Dauer (Minuten)
812 3456,"Wärme, Licht",29.10.2025 10:00,host@vhw.example,61

Name (ursprünglicher Name),Benutzer-E-Mail,Beitrittszeit,Austrittszeit,Gast
Änne Groß,aenne@stadt.example,10:00,10:59,Ja
"Beispiel, Kim",,10:01,10:58,Ja
Änne Groß,aenne@stadt.example,10:30,10:59,Ja
=HYPERLINK("http://x"),,10:01,10:58,Ja
"""
WEBINAR = """Attendee Report
Attendee Details
Attended,User Name (Original Name),Email,Join Time
Yes,Änne Groß,aenne@stadt.example,10:00
No,Kim Beispiel,kim@stadt.example,--
"""
TEAMS = (
    "1. Zusammenfassung\r\nBesprechungstitel\tWärme\r\nTeilnehmer\t2\r\n\r\n"
    "2. Teilnehmer\r\nName\tErster Beitritt\tDauer\tE-Mail\tRolle\r\n"
    "Änne Groß\t10:00\t59m\taenne@stadt.example\tReferentin\r\n"
    "Kim Beispiel (Gast)\t10:00\t59m\t\tTeilnehmer\r\n\r\n"
    "3. Aktivitäten\r\nUmfrage\t3\r\n"
)
AENNE = Attendee("Änne Groß", "aenne@stadt.example")
FROM_ZOOM = [AENNE, Attendee("Beispiel, Kim", ""), Attendee('=HYPERLINK("http://x")', "")]


@pytest.mark.parametrize(
    ("content", "people"),
    [
        (ZOOM.encode(), FROM_ZOOM),
        (ZOOM.encode("utf-8-sig"), FROM_ZOOM),
        (ZOOM.encode("cp1252"), FROM_ZOOM),
        (ZOOM.replace(",", ";").encode(), [AENNE, Attendee("Beispiel; Kim", ""), FROM_ZOOM[2]]),
        (WEBINAR.encode(), [AENNE]),
        (TEAMS.encode("utf-16"), [AENNE, Attendee("Kim Beispiel (Gast)", "")]),
        (TEAMS.encode("utf-16-le"), [AENNE, Attendee("Kim Beispiel (Gast)", "")]),
        (b"E-Mail\naenne@stadt.example\n", [Attendee("", "aenne@stadt.example")]),
    ],
)
def test_export_is_read(content, people):
    assert read(content) == people


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "keine Spalte"),
        (b"Datum;Betrag\n1.1.;5\n", "keine Spalte"),
        (b"PK\x03\x04xlsx", "Excel"),
        (b"\xff\xfea", "nicht als Text"),
        (b"Name\n\x81\xe4\n", "nicht als Text"),
        (b"Name,Email\n" + b"Kim,kim@stadt.example\n" * 20_001, "mehr als 20.000 Zeilen"),
        (b"Name,Email\n" + b"x" * 900_000, "900 KB"),
        (b'Name,Email\n"' + b"x" * 200_000, "Zeile"),
    ],
)
def test_what_cannot_be_read_is_told_in_german(content, message):
    with pytest.raises(ValidationError, match=message):
        read(content)


def test_many_lines_are_read():
    table = io.StringIO()
    csv.writer(table).writerows([["Name", "Email"], *([f"P {n}", ""] for n in range(15_000))])

    assert len(read(table.getvalue().encode())) == 15_000


@pytest.mark.django_db
def test_address_comes_first_then_a_name_that_only_one_has(clock):
    talk = make_talk()
    aenne = make_registration(talk, name="Änne Groß", email="aenne@stadt.example")
    kim = make_registration(talk, name="Kim Beispiel")
    oda = make_registration(talk, name="Dr. Oda Süß", email="oda@stadt.example")
    make_registration(talk, name="Lea Klein", email="lea@stadt.example")
    make_registration(talk, name="Lea Klein", email="lea2@stadt.example")
    lines = [
        Attendee("Ganz anders", "Aenne@STADT.example"),
        Attendee("Änne Groß", ""),
        Attendee("beispiel, KIM", "privat@web.example"),
        Attendee("Sonne (Kim Beispiel)", ""),
        Attendee("Dr.Oda Süß", ""),
        Attendee("Lea Klein", ""),
        Attendee("Niemand", "niemand@web.example"),
        Attendee("", "kein-at"),
    ]

    report = match(lines, Registration.objects.filter(talk=talk))

    assert (report.rows, report.ambiguous, report.unknown) == (
        [aenne, kim, oda],
        [lines[5]],
        lines[6:],
    )


# The page


def test_attendance_is_read_from_a_file(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    row = make_registration(talk)
    path = reverse("admin:import_attendance", args=[talk.pk])

    def send(content):
        file = SimpleUploadedFile("bericht.csv", content)
        return admin_client.post(path, {"file": file}).content.decode()

    assert "Bitte wählen" not in admin_client.get(path).content.decode()
    content = "Name,E-Mail\nKim,kim@stadt.example\n<b>Fremd</b>,\n".encode("utf-16")
    assert "steht noch bevor" in send(content)
    clock.move_to(talk.starts_at)
    html = send(content)

    row.refresh_from_db()
    assert row.joined_at == talk.starts_at
    assert "1 Person erkannt</strong>, 1 davon neu" in html
    assert "Nicht unter den Angemeldeten gefunden (1)" in html
    assert "&lt;b&gt;Fremd&lt;/b&gt;" in html
    assert "1 Person erkannt</strong>, 0 davon neu" in send(content)
    assert "keine Spalte" in send("Datum;Größe\n".encode("cp1252"))
    assert "Bitte wählen" in admin_client.post(path).content.decode()
