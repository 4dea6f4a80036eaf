"""publiccode.yml keeps to the standard and says what other files say."""

import re
import tomllib

import pytest
import yaml
from django.conf import settings

ROOT = settings.BASE_DIR
FILE = yaml.safe_load((ROOT / "publiccode.yml").read_text())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_says_what_the_project_says():
    assert FILE["softwareVersion"] == PROJECT["version"]
    assert FILE["legal"]["license"] == PROJECT["license"]
    (python, *_) = FILE["dependsOn"]["open"]
    assert (python["name"], f">={python['versionMin']}") == ("Python", PROJECT["requires-python"])
    assert FILE["localisation"]["availableLanguages"] == [settings.LANGUAGE_CODE]


def test_names_nobody_who_is_not_named_elsewhere():
    (contact,) = FILE["maintenance"]["contacts"]

    assert FILE["maintenance"]["type"] == "internal"
    assert list(contact) == ["name"]
    assert contact["name"] == FILE["legal"]["mainCopyrightOwner"]
    assert contact["name"] in (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize("language", ["de", "en"])
def test_description_is_as_long_as_the_standard_allows(language):
    text = FILE["description"][language]

    assert 0 < len(text["shortDescription"]) <= 150
    assert 150 <= len(text["longDescription"]) <= 10_000
    assert 5 <= len(text["features"]) <= 20
    assert all((ROOT / path).is_file() for path in text["screenshots"])


def test_both_languages_say_the_same():
    german, english = (FILE["description"][language] for language in ("de", "en"))

    assert list(german) == list(english)
    assert len(german["features"]) == len(english["features"])
    for name in (
        "vhw – Bundesverband für Wohnen und Stadtentwicklung e. V.",
        "Kleinstadt Akademie",
    ):
        assert name in german["longDescription"]
        assert name in english["longDescription"]


def test_keys_are_those_of_the_standard():
    mandatory = {
        "publiccodeYmlVersion",
        "name",
        "platforms",
        "categories",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    }
    optional = {"softwareVersion", "releaseDate", "intendedAudience", "dependsOn", "url"}

    assert mandatory <= set(FILE) <= mandatory | optional


def test_release_is_the_newest_of_the_changelog():
    """And above it is the place for what comes next."""
    text = (ROOT / "CHANGELOG.md").read_text()

    first, second, *_ = re.findall(r"^## (.+)$", text, re.MULTILINE)

    assert (first, second) == (
        "Unreleased",
        f"{FILE['softwareVersion']} ({FILE['releaseDate']})",
    )
