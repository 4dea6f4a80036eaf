"""The Markdown of the handbook."""

import pytest

from registration.desk.markdown import HandbookPicture, Heading, anchor, page


def html(text: str) -> str:
    return page(text, lambda path: HandbookPicture(f"/{path}", 4, 3)).html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ein\nAbsatz.\n\nNoch einer.", "<p>Ein Absatz.</p>\n<p>Noch einer.</p>"),
        ("**fett** und *schräg*", "<p><strong>fett</strong> und <em>schräg</em></p>"),
        ("`{name} **x** <b>`", "<p><code>{name} **x** &lt;b&gt;</code></p>"),
        ("a < b & <script>", "<p>a &lt; b &amp; &lt;script&gt;</p>"),
        ("[Wort](#der-ort)", '<p><a href="#der-ort">Wort</a></p>'),
        ('[x](/a?b&c"d)', '<p><a href="/a?b&amp;c&quot;d">x</a></p>'),
        ("[Betrieb](betrieb.md)", "<p>Betrieb</p>"),
        ("[x](javascript:alert)", "<p>x</p>"),
        ("* eins\n  weiter\n* zwei", "<ul><li>eins weiter</li><li>zwei</li></ul>"),
        ("Text:\n* eins", "<p>Text:</p>\n<ul><li>eins</li></ul>"),
        (
            "1. a\n2. b\n\nc\n\n3. d",
            '<ol><li>a</li><li>b</li></ol>\n<p>c</p>\n<ol start="3"><li>d</li></ol>',
        ),
        ("1. a\n   * b\n   * c", "<ol><li>a<ul><li>b</li><li>c</li></ul></li></ol>"),
        ("1. a\n\n   weiter\n2. b", "<ol><li>a weiter</li><li>b</li></ol>"),
        (
            "![Ein Bild](handbuch/a.png)",
            '<p class="picture"><img src="/handbuch/a.png" alt="Ein Bild" '
            'width="4" height="3" loading="lazy"></p>',
        ),
        (
            "| A | B |\n|---|---|\n| 1 | **2** |",
            '<div class="scrolls" tabindex="0" role="group" aria-label="Tabelle">'
            '<table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
            "<tbody><tr><td>1</td><td><strong>2</strong></td></tr></tbody></table></div>",
        ),
        ("## Über *uns*\nText", '<h2 id="über-uns">Über <em>uns</em></h2>\n<p>Text</p>'),
    ],
)
def test_text_becomes_html(text, expected):
    assert html(text) == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Der Talk wird angekündigt", "der-talk-wird-angekündigt"),
        ("Wer, wann & wo?", "wer-wann--wo"),
    ],
)
def test_anchor_is_as_others_link_to_it(heading, expected):
    assert anchor(heading) == expected


def test_headings_are_told():
    found = page("# A\n\n## B C\n", lambda path: HandbookPicture(path, 1, 1)).headings

    assert found == [Heading(1, "A", "a"), Heading(2, "B C", "b-c")]
