"""Texts of organisers as HTML: paragraphs, lists whose lines begin with "- ", links.

No markup language: whatever else is typed is shown as it is.
"""

import re
from collections.abc import Iterable

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

ADDRESS = re.compile(r"https?://[^\s<>\"„“”]+", re.IGNORECASE)
# What ends a sentence behind an address is none of it.
AFTER = ".,;:!?'*»«"
ITEM = re.compile(r"[-–•] +(\S.*)")


def prose(text: str) -> SafeString:
    """Return the text as HTML; an empty line parts paragraphs."""
    blocks = re.split(r"\n{2,}", text.replace("\r\n", "\n").strip("\n"))
    return joined("\n\n", (_block(block) for block in blocks if block.strip()))


def _block(block: str) -> SafeString:
    """Return one paragraph, with the lists in it."""
    parts: list[SafeString] = []
    lines: list[str] = []
    items: list[str] = []
    for line in block.split("\n"):
        found = ITEM.fullmatch(line.strip())
        if found:
            parts += _paragraph(lines)
            lines = []
            items.append(found[1])
        else:
            parts += _list(items)
            items = []
            lines.append(line)
    return joined("\n", [*parts, *_list(items), *_paragraph(lines)])


def _paragraph(lines: list[str]) -> list[SafeString]:
    if not lines:
        return []
    first, *further = map(linked, lines)
    broken = format_html_join("", "<br>{}", ((line,) for line in further))
    return [format_html("<p>{}{}</p>", first, broken)]


def _list(items: list[str]) -> list[SafeString]:
    if not items:
        return []
    entries = format_html_join("", "<li>{}</li>", ((linked(item),) for item in items))
    return [format_html("<ul>{}</ul>", entries)]


def linked(line: str) -> SafeString:
    """Return the line as HTML, each address in it as a link."""
    parts, end = [], 0
    for found in ADDRESS.finditer(line):
        address = without_what_follows(found[0])
        if address.partition("://")[2]:
            parts += [escape(line[end : found.start()])]
            parts += [format_html('<a href="{0}" rel="nofollow">{0}</a>', address)]
            end = found.start() + len(address)
    return joined("", [*parts, escape(line[end:])])


def joined(between: str, parts: Iterable[SafeString]) -> SafeString:
    return format_html_join(between, "{}", ((part,) for part in parts))


def without_what_follows(address: str) -> str:
    """Return the address without the end of the sentence or bracket in which it stands."""
    while address and (
        address[-1] in AFTER or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address
