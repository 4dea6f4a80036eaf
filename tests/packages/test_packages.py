"""What is said of the packages that the site runs with."""

import json
import re
import tomllib

import pytest
from django.conf import settings

from events.management.commands import import_municipalities
from events.models.municipality import Land
from tests.packages import audit, licences, register
from tests.packages.lockfile import locked


def test_lock_names_versions():
    packages = locked()

    assert packages["django"].startswith("6.1.")
    assert len(packages) > 15
    assert [version for version in packages.values() if not re.fullmatch(r"[\d.]+", version)] == []


def test_licences_are_those_of_exactly_the_locked_packages():
    text = (settings.BASE_DIR / "docs/licences.md").read_text()

    assert text == licences.document(), "run: make licences"
    rows = re.findall(r"^\| ([\w.-]+) \| ([\d.]+) \| (.+) \|$", text, re.MULTILINE)
    assert {name: version for name, version, _ in rows} == locked()


def test_every_licence_lets_us_pass_the_site_on():
    permissive = r"MIT|BSD|Apache|ISC|OFL|CC-BY|LGPL|Python|PSF|MPL|HPND|Unlicense|Public Domain"
    text = (settings.BASE_DIR / "docs/licences.md").read_text()
    cells = re.findall(r"^\| .* \| .* \| (.+) \|$", text, re.MULTILINE)[1:]

    assert [cell for cell in cells if not re.search(permissive, cell)] == ["licence"]


def test_every_vendored_file_has_its_licence():
    named = re.findall(r"^\| `(static/vendor/[^`]+)`", licences.FILES, re.MULTILINE)
    folders = {path for path in (settings.BASE_DIR / "static/vendor").iterdir() if path.is_dir()}

    assert {path for pattern in named for path in settings.BASE_DIR.glob(pattern)} == folders
    assert all((folder / "LICENSE").is_file() for folder in folders)


def test_reuse_says_of_each_file_what_the_document_says():
    """`reuse lint` asks only that something is said of each file."""
    rows = re.findall(r"^\| `(.+?)` \| .* \| ([\w.-]+)(?:, see there)? \|$", licences.FILES, re.M)
    annotations = tomllib.loads((settings.BASE_DIR / "REUSE.toml").read_text())["annotations"]
    ours, *others = [(table["path"], table["SPDX-License-Identifier"]) for table in annotations]

    assert ours == ("**", "MIT")
    assert [(path.removesuffix("**"), licence) for path, licence in others] == rows
    texts = {path.stem for path in (settings.BASE_DIR / "LICENSES").iterdir()}
    assert texts == {"MIT", *(licence for _, licence in rows)}


def report(**vulnerabilities):
    return json.dumps(
        {
            "dependencies": [
                {"name": name, "version": "1.0", "vulns": found}
                if found is not None
                else {"name": name, "skip_reason": "not found"}
                for name, found in vulnerabilities.items()
            ]
        }
    )


FLAW = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": []}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (report(django=[], pillow=[]), 0, "2 packages checked, nothing known."),
        (report(django=[FLAW], pillow=[]), 1, "django 1.0: PYSEC-1, fixed in ['1.1']"),
        (
            report(django=[], pillow=None),
            3,
            "NOT CHECKED, the database could not be asked: pillow",
        ),
        (report(django=[]), 3, "NOT CHECKED, the database could not be asked: pillow"),
        ("", 3, "NOT CHECKED, the database could not be asked: django, pillow"),
        ("Traceback", 3, "NOT CHECKED, the database could not be asked: django, pillow"),
    ],
)
def test_audit_claims_only_what_was_looked_up(text, code, line):
    found, lines = audit.verdict(text, {"django": "1.0", "pillow": "1.0"})

    assert (found, lines[0]) == (code, line)


def test_flaw_is_a_flaw_although_the_rest_is_unknown():
    found, lines = audit.verdict(report(django=[FLAW], pillow=None), {"django": "", "pillow": ""})

    assert (found, len(lines)) == (1, 2)


def test_register_holds_the_places_of_germany(tmp_path, monkeypatch):
    source = tmp_path / "cities500.json"
    source.write_text(
        '{"2": {"geonameid": 2, "name": "Größenau", "countrycode": "DE", "admin1code": "05",'
        ' "population": 0, "latitude": 50.5, "longitude": 9.25},'
        ' "1": {"geonameid": 1, "name": "Wien", "countrycode": "AT", "admin1code": "09",'
        ' "population": 1, "latitude": 48.2, "longitude": 16.4}}'
    )
    written = tmp_path / "out.csv"

    assert register.write_register(source, written) == 1

    assert written.read_text() == (
        "geonames_id,name,land,population,latitude,longitude\n2,Größenau,Hessen,,50.5,9.25\n"
    )
    monkeypatch.setattr(import_municipalities, "REGISTER", written)
    assert [place.population for place in import_municipalities.read_register()] == [None]
    assert set(register.LAENDER.values()) == set(Land.values)
