"""Texts of organisers as HTML."""

import pytest

from events.text.prose import prose
from tests.makers import make_talk


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Eins\nzwei\n\n\nDrei", "<p>Eins<br>zwei</p>\n\n<p>Drei</p>"),
        ("A\r\n\r\nB", "<p>A</p>\n\n<p>B</p>"),
        ('<b> & "x"', "<p>&lt;b&gt; &amp; &quot;x&quot;</p>"),
        ("- eins\n- zwei", "<ul><li>eins</li><li>zwei</li></ul>"),
        (
            "Es geht um:\n– eins\n• <i>\nEnde",
            "<p>Es geht um:</p>\n<ul><li>eins</li><li>&lt;i&gt;</li></ul>\n<p>Ende</p>",
        ),
        ("10 - 12 Uhr\n-5 Grad\n- ", "<p>10 - 12 Uhr<br>-5 Grad<br>- </p>"),
    ],
)
def test_paragraphs_and_lists(text, html):
    assert prose(text) == html


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("https://vhw.de", "https://vhw.de", ""),
        ("https://vhw.de/a?b=1&c=2.", "https://vhw.de/a?b=1&amp;c=2", "."),
        ("https://vhw.de/a_(b))", "https://vhw.de/a_(b)", ")"),
        ("HTTP://vhw.de/x!", "HTTP://vhw.de/x", "!"),
        ("https://vhw.de/„", "https://vhw.de/", "„"),
        ('https://vhw.de/"onclick=x', "https://vhw.de/", "&quot;onclick=x"),
        ("https://vhw.de/<script>", "https://vhw.de/", "&lt;script&gt;"),
        ("https://vhw.de/'x", "https://vhw.de/&#x27;x", ""),
    ],
)
def test_addresses_become_links(text, address, rest):
    link = f'<a href="{address}" rel="nofollow">{address}</a>'

    assert prose(f"Mehr: {text}") == f"<p>Mehr: {link}{rest}</p>"
    assert prose(f"- {text}") == f"<ul><li>{link}{rest}</li></ul>"


@pytest.mark.parametrize(
    "text", ["https://", "https://...", "javascript:alert(1)", "www.vhw.de", "a@b.example"]
)
def test_other_words_are_no_links(text):
    assert "<a" not in prose(text)


@pytest.mark.django_db
def test_announcement_has_links_and_lists_on_its_page(client, clock):
    talk = make_talk(announcement="- https://vhw.de/x?a=1&b=2\n- <b>")
    html = client.get(talk.get_absolute_url()).content.decode()

    link = "https://vhw.de/x?a=1&amp;b=2"
    assert f'<li><a href="{link}" rel="nofollow">{link}</a></li><li>&lt;b&gt;</li>' in html
