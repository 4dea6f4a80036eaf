"""What a cell may hold; texts that a program could take for a formula: test_export.py."""

import pytest

from registration.desk.spreadsheets import harmless


@pytest.mark.parametrize(
    "text", ["", "Kim", "O'Brien", "a=b", "王小明", "1-2", "zwei\nZeilen", " x"]
)
def test_plain_text_stays_as_it_is(text):
    assert harmless(text) == text
