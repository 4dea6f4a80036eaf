import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from registration import addresses


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("kim@stadt.de", "kim@stadt.de"),
        ("  kim@stadt.de\n", "kim@stadt.de"),
        ("Kim.Beispiel@Stadt.DE", "Kim.Beispiel@stadt.de"),
        ("o'brien+talk@stadt.de", "o'brien+talk@stadt.de"),
        # IDNA 2008: another domain than strasse.de.
        ("info@straße.de", "info@xn--strae-oqa.de"),
        ("info@MÜNCHEN.de", "info@xn--mnchen-3ya.de"),
        ("info@xn--mnchen-3ya.de", "info@xn--mnchen-3ya.de"),
        # NFKC: the ligature is what a mail server would make of it.
        ("a@ﬁ.de", "a@fi.de"),
        ("kim＠stadt.de", "kim@stadt.de"),
        # Kelvin sign and long s look like ASCII and become it.
        ("\u212aim@stadt.de", "Kim@stadt.de"),
        ("a" * 64 + "@stadt.de", "a" * 64 + "@stadt.de"),
    ],
)
def test_canonical_email_accepts(typed, canonical):
    assert addresses.canonical_email(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "kim",
        "kim@",
        "@stadt.de",
        "kim@localhost",
        "kim@stadt",
        "kim@stadt.123",
        "kim@stadt.de.",
        "kim@stadt.de..",
        "kim@[127.0.0.1]",
        "kim@127.0.0.1",
        "kim@@stadt.de",
        "kim@stadt..de",
        "kim@.stadt.de",
        "kim@-stadt.de",
        "kim@stadt_mitte.de",
        "kim.@stadt.de",
        ".kim@stadt.de",
        "kim..b@stadt.de",
        "kim b@stadt.de",
        '"kim"@stadt.de',
        '"a\x01b"@stadt.de',
        "Kim <kim@stadt.de>",
        "kim@stadt.de, lea@stadt.de",
        "kim@stadt.de\nBcc: lea@stadt.de",
        "kim\r\n@stadt.de",
        "kim@sta\x00dt.de",
        "kim@stadt.de\u2028x",
        "jörg@stadt.de",
        "кim@stadt.de",
        "kim\u200b@stadt.de",
        "a" * 65 + "@stadt.de",
        "kim@" + "a" * 64 + ".de",
        "kim@" + ".".join(["abcdefgh"] * 30) + ".de",
        "mailto:kim@stadt.de",
    ],
)
def test_canonical_email_refuses(typed):
    with pytest.raises(ValidationError) as caught:
        addresses.canonical_email(typed)

    assert caught.value.messages == [
        "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@stadt.de."
    ]


@given(st.text(max_size=40), st.text(max_size=40))
def test_canonical_email_is_stable(local_part, domain):
    try:
        once = addresses.canonical_email(f"{local_part}@{domain}.de")
    except ValidationError:
        return

    assert addresses.canonical_email(once) == once
    assert once.isascii()
    assert once.isprintable()


@given(st.emails())
def test_ordinary_addresses_are_accepted_or_refused_cleanly(address):
    try:
        canonical = addresses.canonical_email(address)
    except ValidationError:
        return

    assert canonical.lower() == address.lower()


def test_email_key_ignores_case():
    assert addresses.email_key("Kim.Beispiel@stadt.de") == "kim.beispiel@stadt.de"


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


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("Kim Beispiel", "Kim Beispiel"),
        ("  Kim \t Beispiel ", "Kim Beispiel"),
        ("Seán O'Brien-Müller", "Seán O'Brien-Müller"),
        ("王小明", "王小明"),
        ("محمد بن علي", "محمد بن علي"),
        ("Zoe\u0308", "Zoë"),
        ("Dr.-Ing. K. v. d. Heide, M.A.", "Dr.-Ing. K. v. d. Heide, M.A."),
        ("Lea 🏡", "Lea 🏡"),
        ("Dr.med. Kim St.Georgen", "Dr.med. Kim St.Georgen"),
        ("ł ş ı", "ł ş ı"),
        ("=1+1 Kim", "=1+1 Kim"),
    ],
)
def test_clean_name_accepts(typed, clean):
    assert addresses.clean_name(typed) == clean


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "no_letter"),
        ("---", "no_letter"),
        ("12345", "no_letter"),
        ("🏡", "no_letter"),
        ("Kim\x00", "invisible"),
        ("Kim\x01Beispiel", "invisible"),
        ("Kim\u200bBeispiel", "invisible"),
        ("Kim\u202eleipsieB", "invisible"),
        ("Kim\u2066Beispiel", "invisible"),
        ("Kim\ufeff", "invisible"),
        ("Kim\ue000", "invisible"),
        ("Kim https://boese.example", "url"),
        ("www.boese.example", "url"),
        ("boese.example/geld", "url"),
        ("Gewinn auf evil.de abholen", "url"),
        ("Jetzt bit.ly?x", "url"),
        ("http:evil.de", "url"),
    ],
)
def test_clean_name_refuses(typed, code):
    with pytest.raises(ValidationError) as caught:
        addresses.clean_name(typed)

    assert caught.value.code == code


@pytest.mark.parametrize("separator", ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029"])
def test_clean_line_is_one_line(separator):
    assert addresses.clean_line(f"Stadt{separator}Bcc: a@b.de") == "Stadt Bcc: a@b.de"


def test_clean_text_keeps_lines():
    assert addresses.clean_text(" Eins?\r\nZwei?\rDrei?\n\n") == "Eins?\nZwei?\nDrei?"


def test_clean_text_refuses_control_characters():
    with pytest.raises(ValidationError):
        addresses.clean_text("Wie\x1b[31m geht das?")


@given(st.text(max_size=60))
def test_clean_name_is_stable(text):
    try:
        once = addresses.clean_name(text)
    except ValidationError:
        return

    assert addresses.clean_name(once) == once


def test_organisation_may_look_like_an_address_without_being_one():
    name = "Verwaltungsgemeinschaft St.Georgen/Schwarzwald"

    assert addresses.clean_line(name) == name
