"""What a cell may hold; texts that a program could take for a formula: test_export.py."""

import pytest

from registration.desk.figures.spreadsheets import harmless


@pytest.mark.parametrize(
    "text", ["", "Kim", "O'Brien", "a=b", "王小明", "1-2", "zwei\nZeilen", " x"]
)
def test_plain_text_stays_as_it_is(text):
    assert harmless(text) == text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\ttabs", "\nlines", "  =1", "\u00a0=1", "＝1"],
)
def test_text_that_may_be_a_formula_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


def test_control_characters_go():
    assert harmless("a\x01\x0b\x85\ufffeb\rc") == "ab\nc"
