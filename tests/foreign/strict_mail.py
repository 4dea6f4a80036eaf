"""A look at the octets of a mail that forgives nothing (RFC 5321, RFC 5322, RFC 2045).

It shares nothing with the library that has written the mail. What header text says is read by
tests/registration/mail/strict_headers.py.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from tests.registration.mail import strict_headers

LONGEST = 998  # RFC 5322 §2.1.1, without CRLF
RECOMMENDED = 78
ENCODED = 76  # RFC 2045 §6.7 and §6.8
# One long word each, which no mail program would take if it were broken.
MAY_BE_LONG = {"List-Unsubscribe", "Message-ID"}
ONCE = ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type")
DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
MESSAGE_ID = re.compile(rf"<{strict_headers.SPEC.pattern}>")
BOUNDARY = re.compile(r'boundary="([^"]{1,70})"')  # RFC 2046 §5.1.1
QUOTED_PRINTABLE = re.compile(r"(?:[!-<>-~]|=[0-9A-F]{2}|[ \t](?!$))*=?")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def faults(raw: bytes) -> list[str]:
    """Return what a strict server or mail program would object to."""
    return [*of_octets(raw), *of_headers(raw), *of_part(raw)]


def of_octets(raw: bytes) -> Iterator[str]:
    """Look at the lines: CRLF alone ends them, all is ASCII, none is too long."""
    if re.search(rb"[\r\n]", raw.replace(b"\r\n", b"")):
        yield "a line that does not end with CRLF"
    if not raw.isascii() or b"\0" in raw:
        yield "octets that are no ASCII"
    if any(len(line) > LONGEST for line in raw.split(b"\r\n")):
        yield "a line that is too long"


def of_headers(raw: bytes) -> Iterator[str]:
    """Look at the headers of the whole mail (RFC 5322 §3.6)."""
    try:
        headers = strict_headers.headers(raw)
        strict_headers.text(dict(headers).get("Subject", ""))
        people = strict_headers.people(dict(headers).get("From", ""))
        people += strict_headers.people(dict(headers).get("To", ""))
    except (AssertionError, ValueError) as fault:
        yield f"a header that cannot be read: {fault}"
        return
    names = [name for name, _ in headers]
    yield from (f"{names.count(name)} times {name}" for name in ONCE if names.count(name) != 1)
    yield from (f"not one of each: {len(people)} people" for _ in "x" if len(people) != 2)
    yield from long_lines(raw)
    values = dict(headers)
    if not is_date(values.get("Date", "")):
        yield f"no date: {values.get('Date')}"
    if not MESSAGE_ID.fullmatch(values.get("Message-ID", "")):
        yield f"no identifier: {values.get('Message-ID')}"


def long_lines(raw: bytes) -> Iterator[str]:
    """Name the headers with lines that are longer than recommended."""
    block = re.sub(rb"\r\n(?=[ \t])", b"\n", raw.partition(b"\r\n\r\n")[0]).decode(
        "ascii", "replace"
    )
    for header in block.split("\r\n"):
        name = header.partition(":")[0]
        if name not in MAY_BE_LONG and max(map(len, header.split("\n"))) > RECOMMENDED:
            yield f"a long line in {name}"


def is_date(value: str) -> bool:
    """Whether it is a date (RFC 5322 §3.3) on the weekday that it names."""
    if not DATE.fullmatch(value):
        return False
    return datetime.strptime(value, "%a, %d %b %Y %H:%M:%S %z").strftime("%a") == value[:3]


def of_part(raw: bytes) -> Iterator[str]:
    """Look at a part and at all that are in it: each says how it is encoded, and is."""
    head, _, body = raw.decode("ascii", "replace").partition("\r\n\r\n")
    head = re.sub(r"\r\n(?=[ \t])", "", head)
    values = dict(line.split(": ", 1) for line in head.split("\r\n") if ": " in line)
    kind = values.get("Content-Type", "")
    if kind.startswith("multipart/"):
        yield from of_parts(kind, body)
        return
    lines = body.removesuffix("\r\n").split("\r\n")
    how = values.get("Content-Transfer-Encoding", "7bit")
    wanted = {"quoted-printable": QUOTED_PRINTABLE, "base64": BASE64}
    if how in wanted:
        if any(len(line) > ENCODED or not wanted[how].fullmatch(line) for line in lines):
            yield f"a line that is not {how} in {kind}"
    elif how != "7bit":
        yield f"{how} in {kind}"


def of_parts(kind: str, body: str) -> Iterator[str]:
    """Look at the parts between the boundaries (RFC 2046 §5.1)."""
    found = BOUNDARY.search(kind)
    if not found or f"\r\n--{found[1]}--" not in body:
        yield f"no boundary, or no end: {kind}"
        return
    inside = f"\r\n{body}".split(f"\r\n--{found[1]}--")[0]
    for part in inside.split(f"\r\n--{found[1]}\r\n")[1:]:
        yield from of_part(part.encode())
