import re
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from events.text.addresses import canonical_email
from registration.models import addresses
from tests.registration.models.address_table import (
    GOOD_NAMES,
    HOSTILE_NAMES,
    TIDIED_NAMES,
    URL,
)


def message(function, typed) -> str:
    """Return what the form says of it; empty if it is taken."""
    try:
        function(typed)
    except ValidationError as error:
        return " / ".join(error.messages)
    return ""


def test_email_key_ignores_case():
    assert addresses.email_key("Kim.Beispiel@stadt.de") == "kim.beispiel@stadt.de"


@given(st.emails())
def test_email_key_is_one_for_all_spellings(address):
    try:
        key = addresses.email_key(canonical_email(address))
    except ValidationError:
        return

    assert addresses.email_key(key) == key
    assert addresses.email_key(canonical_email(address.swapcase())) == key


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("kim.beispiel@stadt.de", "k…l@stadt.de"),
        ("ab@stadt.de", "a…@stadt.de"),
        ("a@stadt.de", "a…@stadt.de"),
    ],
)
def test_masked_email(address, masked):
    assert addresses.masked_email(address) == masked


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_clean_name_keeps(name):
    assert addresses.clean_name(name) == unicodedata.normalize("NFC", name) == name


@pytest.mark.parametrize(("typed", "clean"), TIDIED_NAMES.items())
def test_clean_name_tidies(typed, clean):
    assert addresses.clean_name(typed) == clean


@pytest.mark.parametrize(("typed", "words"), HOSTILE_NAMES.items())
def test_clean_name_refuses(typed, words):
    assert message(addresses.clean_name, typed) == words


@pytest.mark.parametrize("separator", ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029"])
def test_clean_line_is_one_line(separator):
    assert addresses.clean_line(f"Stadt{separator}Bcc: a@b.de") == "Stadt Bcc: a@b.de"


def test_clean_text_keeps_lines():
    assert addresses.clean_text(" Eins?\r\nZwei?\rDrei?\n\n") == "Eins?\nZwei?\nDrei?"


def test_clean_text_drops_what_nobody_can_see():
    assert addresses.clean_text("Wie lä\u00aduft\x1b das?\ufeff") == "Wie läuft das?"


@given(st.text(max_size=60))
def test_clean_name_is_stable(text):
    try:
        once = addresses.clean_name(text)
    except ValidationError:
        return

    assert addresses.clean_name(once) == once


@given(st.text("aDr.St。 ß/", max_size=20))
def test_no_mail_program_makes_a_link_of_a_name(text):
    try:
        name = addresses.clean_name(text)
    except ValidationError:
        return

    assert not re.search(r"\w[.。]\w\w|//", name)


@pytest.mark.parametrize(
    "name",
    [
        "Verwaltungsgemeinschaft St.Georgen/Schwarzwald",
        "Stadtwerke Größenau & Söhne",
        "kommune.digital",
        "Gemeinde Bad Beispiel a.d.Donau/Bauamt",
        "Stadt Beispiel a.Havel/Bauamt",
        "Stadt Beispiel // Amt für Kultur",
    ],
)
def test_organisation_may_look_like_an_address_without_being_one(name):
    assert addresses.clean_line(name) == name


@pytest.mark.parametrize("name", ["http://evil.de", "WWW.evil.de", "Evil.De/geld", "//evil"])
def test_organisation_leads_nowhere(name):
    assert message(addresses.clean_line, name) == URL
