"""Sentences that are too long to be read at once, in pages and in mails.

`too_long` takes the HTML of a page or of a mail, `too_long_in_text` a mail's plain text.
Headings are no sentences: what stands there are titles of talks.
"""

import re
from html.parser import HTMLParser

MOST_WORDS = 25
# What ends a sentence of its own, whether or not a full stop stands there.
BLOCKS = {"br", "button", "dd", "dt", "figcaption", "hr", "label", "legend", "li", "option", "p"}
BLOCKS |= {"article", "div", "dl", "footer", "form", "header", "main", "nav", "ol", "section"}
BLOCKS |= {"summary", "table", "td", "th", "tr", "ul"}
NOT_READ = {"script", "style", "title", "textarea", "h1", "h2", "h3", "h4", "h5", "h6"}
# A full stop after a short form, a day or a single letter ends nothing.
SHORT_FORM = re.compile(r"\W*(\d{1,2}|\w|Abs|Art|bzw|ca|Dr|evtl|ggf|lit|Nr|Tel|usw|vgl)\.")
ADDRESS_ALONE = re.compile(r"^\s*(?:https?://\S+|\S+@\S+)\s*$", re.MULTILINE)
WORD = re.compile(r"\S*\w\S*")


class _Text(HTMLParser):
    """The visible text, with an empty line between blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in NOT_READ
        self.parts.append("\n\n" if tag in BLOCKS | NOT_READ else "")

    def handle_endtag(self, tag):
        self.hidden -= tag in NOT_READ
        self.parts.append("\n\n" if tag in BLOCKS | NOT_READ else "")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(re.sub(r"[^\S\u00a0]+", " ", data))


def sentences(html: str) -> list[str]:
    """Return the sentences that a reader of the page sees, without its headings."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return sentences_of_text("".join(reader.parts))


def sentences_of_text(text: str) -> list[str]:
    """Return the sentences of plain text: empty lines part its paragraphs, `- ` begins a point."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n|\n(?=- )", ADDRESS_ALONE.sub("\n\n", text)):
        sentence: list[str] = []
        for word in paragraph.split():
            sentence.append(word)
            if _ends_sentence(word):
                found.append(" ".join(sentence))
                sentence = []
        found.append(" ".join(sentence))
    return [sentence for sentence in found if WORD.search(sentence)]


def _ends_sentence(word: str) -> bool:
    bare = word.rstrip('“"»)')
    return bare.endswith(("?", "!", "…")) or (
        bare.endswith(".") and not SHORT_FORM.fullmatch(bare)
    )


def too_long(html: str) -> list[str]:
    """Return the sentences of a page or of a mail's HTML that have too many words."""
    return _too_long(sentences(html))


def too_long_in_text(text: str) -> list[str]:
    return _too_long(sentences_of_text(text))


def _too_long(found: list[str]) -> list[str]:
    return [sentence for sentence in found if len(WORD.findall(sentence)) > MOST_WORDS]
