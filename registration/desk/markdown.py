"""The little of Markdown that docs/handbuch.md uses, as HTML; anything else stays as it is typed.

Headings, paragraphs, lists (one within another where it is indented), tables, pictures, and within
a line bold, slanted, code and links. The text is the project's own, and escaped all the same.
"""

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import NamedTuple

HEADING = re.compile(r"(#{1,4}) (.+)")
ITEM = re.compile(r"(\s*)([*-]|\d+\.) (.*)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
# What stands within backticks is no Markdown.
CODE = re.compile(r"(`[^`]+`)")
RULE_OF_TABLE = re.compile(r"\|[\s:|-]+\|?")
WORDS = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*([^*]+)\*(?![\w*])"), r"<em>\1</em>"),
)


class Heading(NamedTuple):
    level: int
    text: str
    anchor: str


class HandbookPicture(NamedTuple):
    """Its size keeps the text in its place while pictures come in."""

    address: str
    width: int
    height: int


class Page(NamedTuple):
    html: str
    headings: list[Heading]


def anchor(heading: str) -> str:
    """Return what follows `#` in a link to the heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def page(text: str, picture: Callable[[str], HandbookPicture]) -> Page:
    """Return the page of `text`; `picture` finds what a picture's path names."""
    headings: list[Heading] = []
    html = "\n".join(_block(block, headings, picture) for block in _blocks(text.splitlines()))
    return Page(html, headings)


def _blocks(lines: Iterable[str]) -> list[list[str]]:
    """Return the lines of each block.

    An empty line ends it, but a list only where what follows is not indented.
    """
    blocks: list[list[str]] = [[]]
    for line in lines:
        is_list = bool(blocks[-1]) and ITEM.fullmatch(blocks[-1][0]) is not None
        if not line.strip():
            blocks.append([])
            continue
        goes_on = len(blocks) > 1 and not blocks[-1] and line.startswith("  ")
        if goes_on and blocks[-2] and ITEM.fullmatch(blocks[-2][0]):
            blocks.pop()
        elif blocks[-1] and (
            any(map(HEADING.fullmatch, (line, blocks[-1][0])))
            or (ITEM.fullmatch(line) and not is_list)
        ):
            blocks.append([])
        blocks[-1].append(line)
    return [block for block in blocks if block]


def _block(
    lines: list[str], headings: list[Heading], picture: Callable[[str], HandbookPicture]
) -> str:
    if found := HEADING.fullmatch(lines[0]):
        heading = Heading(len(found[1]), found[2], anchor(found[2]))
        headings.append(heading)
        tag = f"h{heading.level}"
        return f'<{tag} id="{escape(heading.anchor)}">{_words(heading.text)}</{tag}>'
    if found := PICTURE.fullmatch(" ".join(line.strip() for line in lines)):
        source, width, height = picture(found[2])
        return (
            f'<p class="picture"><img src="{escape(source)}" alt="{escape(found[1])}" '
            f'width="{width}" height="{height}" loading="lazy"></p>'
        )
    if ITEM.fullmatch(lines[0]):
        return _list(lines)
    if len(lines) > 1 and RULE_OF_TABLE.fullmatch(lines[1].strip()):
        return _table(lines)
    return f"<p>{_words(' '.join(line.strip() for line in lines))}</p>"


def _list(lines: list[str]) -> str:
    """Return the list that begins with the first of these lines, with the lists within it."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    items: list[list[str]] = []
    for line in lines:
        found = ITEM.fullmatch(line)
        if found and len(found[1]) <= indent:
            items.append([found[3]])
        else:
            items[-1].append(line)
    mark = lines[0].split()[0]
    inner = "".join(f"<li>{_item(item)}</li>" for item in items)
    if mark in ("*", "-"):
        return f"<ul>{inner}</ul>"
    first = int(mark.rstrip("."))
    return f'<ol start="{first}">{inner}</ol>' if first != 1 else f"<ol>{inner}</ol>"


def _item(lines: list[str]) -> str:
    within = next((number for number, line in enumerate(lines) if ITEM.fullmatch(line)), None)
    own = lines if within is None else lines[:within]
    text = _words(" ".join(line.strip() for line in own))
    return text if within is None else text + _list(lines[within:])


def _table(lines: list[str]) -> str:
    head, _, *rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines
    ]
    cells = "".join(f'<th scope="col">{_words(cell)}</th>' for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_words(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    table = f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
    # Where it is wider than the window it scrolls, by the keyboard too.
    return f'<div class="scrolls" tabindex="0" role="group" aria-label="Tabelle">{table}</div>'


def _words(text: str) -> str:
    """Return a line's HTML; a link to another document of the project becomes its words."""
    parts = CODE.split(text)
    return "".join(
        f"<code>{escape(part[1:-1])}</code>" if CODE.fullmatch(part) else _marked(part)
        for part in parts
    )


def _marked(text: str) -> str:
    text = escape(text, quote=False)
    for pattern, html in WORDS:
        text = pattern.sub(html, text)
    return LINK.sub(_link, text)


def _link(found: re.Match[str]) -> str:
    words, target = found[1], found[2]
    if not target.startswith(("#", "/", "https://")):
        return words
    quoted = target.replace('"', "&quot;")  # the line is escaped already, but for quotes
    return f'<a href="{quoted}">{words}</a>'
