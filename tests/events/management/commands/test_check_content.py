"""`manage.py check_content`: what the legal pages and the published pictures lack."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from events.models import Series
from events.models.series import NEEDED, NEEDED_IF_THERE
from tests.conftest import NOW
from tests.events.upload_files import jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FILLED = dict.fromkeys([*NEEDED, *NEEDED_IF_THERE], "x") | {
    "accessibility_assessed_on": NOW.date(),
    "accessibility_result": "partial",
    "accessibility_method": "self",
    "accessibility_duty": "none",
    "contact_email": "orga@stadt.example",
}


def check() -> str:
    out = StringIO()
    try:
        call_command("check_content", stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error} (Exit {error.returncode})"
    return out.getvalue()


def test_empty_series_lacks_everything_that_is_needed():
    lines = check().splitlines()

    assert lines[:2] == ["Fehlt: Impressum: E-Mail-Adresse", "Fehlt: Impressum: Telefon"]
    assert lines[-1] == f"{len(NEEDED)} Angaben fehlen. (Exit 1)"
    assert [line for line in lines if line.startswith("Bitte prüfen")] == [
        "Bitte prüfen: Impressum: Register und Nummer (oder „entfällt“)",
        "Bitte prüfen: Impressum: Umsatzsteuer-ID (oder „entfällt“)",
        "Bitte prüfen: Datenschutz: Datenschutzbeauftragte Person (oder „entfällt“)",
    ]


def test_filled_series_lacks_nothing(client):
    Series.objects.create(**FILLED)

    assert check() == "Alle nötigen Angaben sind da.\n"
    for path in ("/impressum/", "/datenschutz/", "/barrierefreiheit/"):
        assert (path, "Vom Betreiber" in client.get(path).content.decode()) == (path, False)


@pytest.mark.parametrize("field", FILLED)
def test_each_gap_is_found(field):
    Series.objects.create(**FILLED | {field: None if field.endswith("_on") else ""})

    assert len(Series.load().gaps) == 1
    assert (Series.load().gaps[0].is_needed, "Fehlt" in check()) == ((field in NEEDED),) * 2


@pytest.mark.parametrize(("duty", "missing"), [("none", 0), ("federal", 1), ("state", 1)])
def test_public_bodies_need_a_conciliation_body(duty, missing):
    Series.objects.create(**FILLED | {"accessibility_duty": duty})

    assert check().count("Fehlt: Barrierefreiheit: Schlichtungsstelle") == missing


def test_published_picture_needs_an_alternative_text():
    Series.objects.create(**FILLED)
    picture = {"image": upload(jpeg()), "image_credit": "© A"}
    make_talk(title="Ohne & Text", **picture)
    make_talk(title="Mit Text", image_alt="Ein Markt", **picture)
    make_talk(title="Entwurf", status="draft", **picture)
    make_talk(title="Ohne Bild")

    assert check() == "Fehlt: Alternativtext des Bildes: Ohne & Text\n1 Angaben fehlen. (Exit 1)"
