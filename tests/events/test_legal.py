"""The legal pages: what they name, what they claim, and what `check_content` finds missing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from events.models import Series
from events.series import NEEDED, NEEDED_IF_THERE
from tests.conftest import NOW
from tests.events.uploads import jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

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


def statement(client, **fields) -> str:
    Series.objects.create(**FILLED | fields)
    return client.get("/barrierefreiheit/").content.decode()


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


@pytest.mark.parametrize(
    ("duty", "words"),
    [
        ("none", "Er gibt diese Erklärung freiwillig ab."),
        ("federal", "gibt diese Erklärung nach § 12b BGG ab."),
        ("state", "nach dem Recht des Landes ab."),
        ("", "Vom Betreiber zu ergänzen: ob der Anbieter zu dieser Erklärung verpflichtet ist"),
    ],
)
def test_statement_says_whether_it_is_owed(client, duty, words):
    assert words in statement(client, accessibility_duty=duty)


@pytest.mark.parametrize(
    ("fields", "claims"),
    [
        ({"accessibility_result": "full"}, True),
        ({"accessibility_result": "partial"}, False),
        ({"accessibility_result": "full", "accessibility_assessed_on": None}, False),
        ({"accessibility_result": ""}, False),
    ],
)
def test_statement_claims_conformity_only_where_it_was_entered(client, fields, claims):
    html = statement(client, **fields)

    assert ("Diese Website ist <strong>barrierefrei</strong>" in html) == claims


def test_imprint_names_today_s_laws(client):
    pages = [client.get(path).content.decode() for path in ("/impressum/", "/datenschutz/")]
    html = " ".join(pages).replace("\xa0", " ")

    assert [law for law in ("§ 5 DDG", "§ 18 Abs. 2 MStV", "TDDDG") if law not in html] == []
    assert "TMG" not in html
