"""What a PDF says when it is read aloud: a program for the blind reads it in this order."""

import subprocess
from datetime import timedelta

import pytest

from events.models import Series
from registration.certificates.paper import STYLES, certificate_of
from registration.pdf import write_pdf
from tests.foreign.tools import program
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def text_of(content, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    command = [program("pdftotext", "poppler-utils"), path, "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_certificate_reads_from_top_to_bottom(clock, tmp_path):
    row = make_registration(make_talk(), name="Dr. Łucja Müller-Şahin")
    row.minutes_present = 50
    clock.move_to(row.talk.ends_at + timedelta(hours=1))
    found = certificate_of(row, Series(organisers="vhw", provider_address="Weg 1\n10585 Berlin"))

    text = text_of(
        write_pdf("pdf/certificates.html", {"certificates": [found]}, *STYLES), tmp_path
    )

    order = [
        *("Kleinstadt Web-Talks", "Teilnahmebescheinigung", "Dr. Łucja Müller-Şahin"),
        *("hat an dieser Veranstaltung teilgenommen:", 'Wärme & "Licht" für Gudensberg'),
        *("Vortrag", "Sina Massow, Bürgermeisterin", "Datum", "Zeit", "Form", "online, live"),
        *("Anwesend", "50 von 60 Minuten", "Umfang", "0,83 Zeitstunden", "Veranstalter", "vhw"),
        *("10585 Berlin", "Ausgestellt", "Prüfcode", str(found.code), "testserver/bescheinigung/"),
    ]
    words = " ".join(text.split())
    places = [words.find(part) for part in order]
    assert (places, -1 in places) == (sorted(places), False)
