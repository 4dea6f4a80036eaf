"""What differs between two texts, word by word, as HTML that can be read without colours."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html
from django.utils.safestring import SafeString

# A word with the spaces behind it, or the line breaks between two paragraphs.
PIECE = re.compile(r"\n+|\S+[^\S\n]*|[^\S\n]+")
# Longer texts are shown without marks: comparing them would take seconds.
MOST = 20_000


def marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Return both texts: what the second leaves out in <del>, what it adds in <ins>."""
    old, new = PIECE.findall(before), PIECE.findall(after)
    if len(old) + len(new) > MOST:
        return format_html("{}", before), format_html("{}", after)
    left, right = SafeString(), SafeString()
    matcher = SequenceMatcher(None, _keys(old), _keys(new))
    for word, i1, i2, j1, j2 in matcher.get_opcodes():
        mark_old, mark_new = (_plain, _plain) if word == "equal" else (_deleted, _inserted)
        left += mark_old("".join(old[i1:i2]))
        right += mark_new("".join(new[j1:j2]))
    return left, right


def _keys(pieces: list[str]) -> list[str]:
    """Return what is compared: how many spaces stand behind a word is no difference."""
    return [piece.strip(" ") for piece in pieces]


def _plain(text: str) -> SafeString:
    return format_html("{}", text)


def _deleted(text: str) -> SafeString:
    return _within("<del>{}</del>{}", text)


def _inserted(text: str) -> SafeString:
    return _within("<ins>{}</ins>{}", text)


def _within(html: str, text: str) -> SafeString:
    """Return the text inside the element, and the space behind its last word outside of it."""
    words = text.rstrip()
    return format_html(html, words, text[len(words) :]) if words else _plain(text)
