"""A reader of mail headers that forgives nothing, unlike Python's (RFC 2047, RFC 2231, RFC 5322).

It raises AssertionError for what a strict mail program would show raw or a strict server refuse.
"""

import re
from base64 import b64decode
from quopri import decodestring
from urllib.parse import unquote_to_bytes

WORD = re.compile(r"=\?([!-<>@-~]+?)(?:\*[a-z-]+)?\?([bq])\?([!->@-~]+)\?=", re.IGNORECASE)
# What an encoded word may hold in a display name (RFC 2047 §5, rule 3).
IN_PHRASE = re.compile(r"[A-Za-z0-9!*+/=_-]+")
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
SPEC = re.compile(rf"{ATOM}(?:\.{ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\[ -~])*)"')


def headers(raw: bytes) -> list[tuple[str, str]]:
    """Return the unfolded headers in their order; look at every line on the way."""
    block = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii")
    for line in block.split("\n"):
        assert len(line) <= 998, line
        assert line.strip(), "a folded header must not have a blank line"
        assert "=?" not in line or len(line) <= 76, line
    unfolded = re.sub(r"\n(?=[ \t])", "", block)
    return [
        (name, value.strip())
        for name, _, value in (x.partition(":") for x in unfolded.split("\n"))
    ]


def text(value: str) -> str:
    """Return what unstructured text says; white space between encoded words does not count."""
    result, gap, was_encoded = "", "", False
    for token in re.findall(r"[ \t]+|[^ \t]+", value):
        if token.isspace():
            gap = token
            continue
        found = WORD.fullmatch(token)
        assert found or "=?" not in token, f"not an encoded word: {token}"
        assert not found or len(token) <= 75, token
        said = decoded(found) if found else token
        result += ("" if found and was_encoded else gap) + said
        gap, was_encoded = "", bool(found)
    return result


def decoded(found: re.Match[str]) -> str:
    """Return what one encoded word says; it must hold whole characters (RFC 2047 §5)."""
    charset, how, content = found.groups()
    if how.lower() == "b":
        return b64decode(content, validate=True).decode(charset)
    assert re.fullmatch(r"(?:[!-<>@-~]|=[0-9A-F]{2})+", content), content
    return decodestring(content.encode(), header=True).decode(charset)


def people(value: str) -> list[tuple[str, str]]:
    """Return display name and address of everybody in a header that lists addresses."""
    found = []
    rest = value
    while rest:
        match = re.match(
            rf'((?:{QUOTED.pattern}|[^",<])*?)<([^>]*)>(?:,|$)|([^,"<]*)(?:,|$)', rest
        )
        assert match, f"not a list of addresses: {rest}"
        phrase, spec = match[1], match[3] if match[1] is not None else (match[4] or "").strip()
        assert SPEC.fullmatch(spec), spec
        found.append((display_name((phrase or "").strip()), spec))
        rest = rest[match.end() :].strip()
    return found


def display_name(phrase: str) -> str:
    if quoted := QUOTED.fullmatch(phrase):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    for token in phrase.split():
        encoded = WORD.fullmatch(token)
        assert encoded or re.fullmatch(ATOM, token), f"a word that must be quoted: {token}"
        assert not encoded or encoded[2] in "bB" or IN_PHRASE.fullmatch(encoded[3]), token
    return text(phrase)


def file_name(value: str) -> str:
    """Return the file name in a Content-Disposition, put together from its pieces (RFC 2231)."""
    pieces = re.findall(r';[ \t]*filename(\*\d+)?(\*)?=("(?:[^"\\]|\\.)*"|[^ \t;"]+)', value)
    assert pieces, value
    numbers = [number for number, _, _ in pieces]
    assert numbers in ([""], [f"*{place}" for place in range(len(pieces))]), value
    whole = "".join(re.sub(r"\\(.)", r"\1", piece.strip('"')) for _, _, piece in pieces)
    if not pieces[0][1]:
        return whole
    charset, _, content = whole.split("'", 2)
    return unquote_to_bytes(content).decode(charset)
