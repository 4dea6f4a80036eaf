"""What counts as a sentence, for the tests that hold that none is too long."""

import pytest

from tests.sentences import sentences, sentences_of_text, too_long, too_long_in_text

LONG = " ".join(["Wort"] * 26)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Eins. Zwei? „Drei!“ Vier</p>", ["Eins.", "Zwei?", "„Drei!“", "Vier"]),
        ("<p>Am 3. Mai sprach die vhw e. V. hier.", ["Am 3. Mai sprach die vhw e. V. hier."]),
        ("<p>Das war 2025. Und nun?</p>", ["Das war 2025.", "Und nun?"]),
        ("<p>Mehr nach Art. 14 <a href='/'>hier</a>.</p>", ["Mehr nach Art. 14 hier."]),
        ("<ul><li>Eins<li>Zwei</ul>Drei<br>Vier", ["Eins", "Zwei", "Drei", "Vier"]),
        ("<h1>Titel</h1><style>p { }</style><p>Wärme &amp; Licht</p>", ["Wärme & Licht"]),
        ("<p> · </p>", []),
    ],
)
def test_sentences_of_a_page(html, expected):
    assert sentences(html) == expected


def test_sentences_of_a_text_go_over_lines_and_end_at_an_address():
    text = "Guten Tag,\n\nhier\ngeht es:\nhttps://stadt.example/a/\nDanach. Schluss"

    assert sentences_of_text(text) == ["Guten Tag,", "hier geht es:", "Danach.", "Schluss"]


def test_each_point_of_a_list_in_a_text_is_a_sentence():
    assert sentences_of_text("Wir bitten um:\n- Bild,\nquer\n- Folien") == [
        "Wir bitten um:",
        "- Bild, quer",
        "- Folien",
    ]


@pytest.mark.parametrize("joint", [" ", ", ", ": ", " – "])
def test_a_sentence_has_at_most_25_words(joint):
    fits, not_any_more = f"{LONG[:-10]}{joint}Ende.", f"{LONG[:-5]}{joint}Ende."

    assert [*too_long(f"<p>{fits}</p>"), *too_long_in_text(fits)] == []
    assert too_long(f"<p>{not_any_more}</p>") == too_long_in_text(not_any_more)
    assert len(too_long_in_text(not_any_more)) == 1
