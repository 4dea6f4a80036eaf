import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text import cleaning

# Format characters that are seen, although Unicode counts them among those that are not.
SEEN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
JOINERS = "\u200c\u200d"
KEPT = [
    "علی‌رضا محمدی",
    "ශ්‍රී ලංකා",
    "അനില്‍",
    "র‍্যাব",
    "Danke 👩‍💻!",
    "Danke für 👨‍👩‍👧 Angebote!",
    "🏳️‍🌈 und 👩🏽‍⚕️ und ⛹🏻‍♀️",
    "10 Uhr",
    "王小明",
    "葛\U000e0100城",
    "§ 3 – „Größe“ & 50 €",
]
HIDDEN = (
    "\0\x01\x07\x08\x1b\x7f\x80\x9f\xad\u061c\u115f\u200b\u200e"
    "\u202a\u202e\u2060\u2066\u2069\u3164\ufeff\ufff9\ufffe\uffff\ue000\ud800"
)
BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("text", KEPT)
def test_what_means_something_stays(text):
    assert (cleaning.line(text), cleaning.lines(text)) == (text, text)


@pytest.mark.parametrize("character", HIDDEN)
def test_what_nobody_can_see_goes(character):
    text = f"Stadt{character}entwicklung"

    assert cleaning.line(text) == cleaning.lines(text) == "Stadtentwicklung"
    assert cleaning.web_address(f"https://stadt{character}.example") == "https://stadt.example"


@pytest.mark.parametrize("text", ["Ki‌m", "Ki‍m", "‍Kim", "Kim‍", "Kim 👩‍", "‍👩", "علی‌ ", "👩‌💻"])
def test_joiner_that_joins_nothing_goes(text):
    assert not set(cleaning.line(text)) & set(JOINERS)


@pytest.mark.parametrize("line_break", BREAKS)
def test_line_break_of_any_kind(line_break):
    text = f" Wärme{line_break}und Licht "

    assert cleaning.line(text) == "Wärme und Licht"
    assert cleaning.lines(text) == "Wärme\nund Licht"


def test_blanks_are_single_in_a_line_and_stay_in_lines():
    assert cleaning.line("\tä \u00ad b\x1fc\u00a0d") == "ä b c\u00a0d"
    assert cleaning.lines("ä  b\tc\n\n\nd") == "ä  b\tc\n\n\nd"


def test_web_address_keeps_its_letters():
    assert cleaning.web_address(" https://stadt.example/wa\u0308rme\u200d ") == (
        "https://stadt.example/wa\u0308rme"
    )


def test_text_is_in_nfc():
    assert cleaning.line("Zoe\u0308 \u212b") == "Zoë Å"


def test_every_invisible_character_is_known():
    """All that Unicode counts as control, format, surrogate or private, and the noncharacters."""
    characters = map(chr, range(sys.maxunicode + 1))
    invisible = {
        character
        for character in characters
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")
        or ord(character) & 0xFFFE == 0xFFFE
        or 0xFDD0 <= ord(character) <= 0xFDEF
    }
    left = {character for character in invisible if cleaning.lines(f"a{character}b") != "ab"}

    assert left == {*SEEN, *BREAKS, "\t", "\x1f"} - {"\r\n", "\u2028", "\u2029"}


@given(
    st.text(max_size=40)
    | st.text("a ä\u0308\u200c\u200d\ufe0f👩🏽س\u094d\u0915\xad\n\x1f", max_size=12)
)
def test_cleaning_twice_changes_nothing_more(text):
    for clean in (cleaning.line, cleaning.lines, cleaning.web_address):
        assert clean(clean(text)) == clean(text)


@given(st.text())
def test_plain_text_has_nothing_to_be_done(text):
    if cleaning.PLAIN.fullmatch(text):
        assert unicodedata.is_normalized("NFC", text)
        assert not cleaning.HIDDEN.search(text)
