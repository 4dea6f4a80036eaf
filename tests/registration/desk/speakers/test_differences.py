"""What differs between two texts, word by word."""

import time

import pytest

from registration.desk.speakers.differences import MOST, marked


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ("", "")),
        ("Gleich", "Gleich", ("Gleich", "Gleich")),
        ("", "Neu", ("", "<ins>Neu</ins>")),
        ("Alt", "", ("<del>Alt</del>", "")),
        (
            "Zwei alte Wörter",
            "Zwei neue Wörter",
            (
                "Zwei <del>alte</del> Wörter",
                "Zwei <ins>neue</ins> Wörter",
            ),
        ),
        # How many spaces there are is no difference; a new paragraph is one.
        ("Ein  Satz", "Ein Satz", ("Ein  Satz", "Ein Satz")),
        (
            "Ein Satz. Noch einer.",
            "Ein Satz.\n\nNoch einer.",
            (
                "Ein Satz. Noch einer.",
                "Ein Satz.\n\nNoch einer.",
            ),
        ),
        ("Das Ende", "Das Ende und mehr", ("Das Ende", "Das Ende <ins>und mehr</ins>")),
        # Nothing of it is markup.
        (
            "<b>",
            '<i> & "ä"',
            (
                "<del>&lt;b&gt;</del>",
                "<ins>&lt;i&gt; &amp; &quot;ä&quot;</ins>",
            ),
        ),
    ],
)
def test_words_that_differ_are_marked(before, after, expected):
    assert marked(before, after) == expected


def test_very_long_texts_are_shown_without_marks_and_at_once():
    long = "<wort> " * MOST
    began = time.monotonic()

    assert marked(long, "neu") == (long.replace("<", "&lt;").replace(">", "&gt;"), "neu")
    assert time.monotonic() - began < 2
