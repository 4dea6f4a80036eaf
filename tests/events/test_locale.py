"""The organisers' pages speak German where Django's own translation has gaps."""

import json
import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, ngettext

CATALOGUES = Path(__file__).resolve().parents[2] / "events" / "locale" / "de" / "LC_MESSAGES"


def entries(domain):
    text = (CATALOGUES / f"{domain}.po").read_text(encoding="utf-8")
    return [
        (source.replace('\\"', '"'), target.replace('\\"', '"'))
        for source, target in re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.MULTILINE)
    ]


@pytest.mark.parametrize(("source", "german"), entries("django"))
def test_text_is_translated(source, german):
    assert gettext(source) == german


def test_plural_is_translated():
    source = ("…and %(count)d more object.", "…and %(count)d more objects.")

    assert [ngettext(*source, count) % {"count": count} for count in (1, 2)] == [
        "… und 1 weiteres Objekt.",
        "… und 2 weitere Objekte.",
    ]


def test_scripts_are_translated(admin_client):
    script = admin_client.get("/admin/jsi18n/").content.decode()
    catalogue = json.loads(re.search(r"const newcatalog = (\{.*?\n  \});", script, re.DOTALL)[1])

    expected = dict(entries("djangojs"))
    assert {source: catalogue[source] for source in expected} == expected
    # Django's own part is still there.
    assert catalogue["Midnight"] == "Mitternacht"
