"""Texts of organisers as HTML: paragraphs, lists whose lines begin with "- ", links.

No markup language: whatever else is typed is shown as it is.
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from events.text.addresses import canonical_email

ADDRESS = re.compile(r"https?://[^\s<>\"„“”]+", re.IGNORECASE)
# What ends a sentence behind an address is none of it.
AFTER = ".,;:!?'*»«"
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w.-]+\.\w+")
ITEM = re.compile(r"[-–•] +(\S.*)")


type InHtml = Callable[[str], SafeString]


def prose(text: str) -> SafeString:
    """Return the text as HTML; an empty line parts paragraphs."""
    return _blocks(text, linked)


def contact(text: str) -> SafeString:
    """Return the text as `prose` does, with the e-mail addresses in it as links, too."""
    return _blocks(text, lambda line: linked(line, mail_linked))


def _blocks(text: str, in_html: InHtml) -> SafeString:
    blocks = re.split(r"\n{2,}", text.replace("\r\n", "\n").strip("\n"))
    return joined("\n\n", (_block(block, in_html) for block in blocks if block.strip()))


def _block(block: str, in_html: InHtml) -> SafeString:
    """Return one paragraph, with the lists in it."""
    parts: list[SafeString] = []
    lines: list[str] = []
    items: list[str] = []
    for line in block.split("\n"):
        found = ITEM.fullmatch(line.strip())
        if found:
            parts += _paragraph(lines, in_html)
            lines = []
            items.append(found[1])
        else:
            parts += _list(items, in_html)
            items = []
            lines.append(line)
    return joined("\n", [*parts, *_list(items, in_html), *_paragraph(lines, in_html)])


def _paragraph(lines: list[str], in_html: InHtml) -> list[SafeString]:
    if not lines:
        return []
    first, *further = map(in_html, lines)
    broken = format_html_join("", "<br>{}", ((line,) for line in further))
    return [format_html("<p>{}{}</p>", first, broken)]


def _list(items: list[str], in_html: InHtml) -> list[SafeString]:
    if not items:
        return []
    entries = format_html_join("", "<li>{}</li>", ((in_html(item),) for item in items))
    return [format_html("<ul>{}</ul>", entries)]


def linked(line: str, between: InHtml = escape) -> SafeString:
    """Return the line as HTML, each address in it as a link; `between` does what is between."""
    parts, end = [], 0
    for found in ADDRESS.finditer(line):
        address = without_what_follows(found[0])
        if address.partition("://")[2]:
            parts += [between(line[end : found.start()])]
            parts += [format_html('<a href="{0}" rel="nofollow">{0}</a>', address)]
            end = found.start() + len(address)
    return joined("", [*parts, between(line[end:])])


def mail_linked(words: str) -> SafeString:
    """Return the words as HTML, each e-mail address that can be written to as a link."""
    parts, end = [], 0
    for found in MAIL.finditer(words):
        try:
            address = quote(canonical_email(found[0]), safe="@")
        except ValidationError:
            continue
        parts += [escape(words[end : found.start()])]
        parts += [format_html('<a href="mailto:{}">{}</a>', address, found[0])]
        end = found.end()
    return joined("", [*parts, escape(words[end:])])


def joined(between: str, parts: Iterable[SafeString]) -> SafeString:
    return format_html_join(between, "{}", ((part,) for part in parts))


def without_what_follows(address: str) -> str:
    """Return the address without the end of the sentence or bracket in which it stands."""
    while address and (
        address[-1] in AFTER or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address
