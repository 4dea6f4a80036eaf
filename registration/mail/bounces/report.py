"""What a mail that came to the bounce mailbox says of a mail of ours: a report, or a reply.

A delivery report is RFC 3464 (a `multipart/report` of RFC 6522), or the plain text of an old exim.
Which mail it is about is read from the headers that it returns, and from nowhere else: texts
quote addresses, and the report's own headers are its sender's. Of an automatic reply (RFC 3834)
`In-Reply-To` and `References` say it. Whoever can write here is a stranger.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from typing import NamedTuple

# More of a mail is never looked at: a report's own parts come first, what it returns last.
LOOKED_AT = 200_000
# A mail of more parts is no report; reading so many, each in the other, would take long.
MOST_PARTS = 60
# As `new_message_id` makes them; whether there is such a mail, the database knows.
A_MESSAGE_ID = re.compile(r"<[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@[\w.:\[\]-]{1,80}>", re.I)
MOST_IDS = 20
# RFC 3463 §2: class, subject, detail.
A_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# As servers answer (RFC 5321 §4.2) that say the status too (RFC 2034).
AN_ANSWER = re.compile(r"(?<![\d.])5\d\d[\s-]+#?(5\.\d{1,3}\.\d{1,3})(?![\d.])")
# A failure of which nothing more is known (RFC 3463 §3.1).
NO_DETAIL = "5.0.0"
# Above the mail that an old exim returns in the middle of its text.
COPY_OF_THE_MAIL = re.compile(rb"^-+ This is a copy of (?:the|your) message.*$", re.M)


class Report(NamedTuple):
    """Of which mails it speaks, and with which status they failed; "" if it tells no failure."""

    message_ids: tuple[str, ...]
    status: str = ""


def read(raw: bytes) -> Report | None:
    """Return what the mail says of mails of ours; None if it is neither report nor reply."""
    looked_at = bytes(raw[:LOOKED_AT])
    if looked_at.lower().count(b"content-type:") > MOST_PARTS:
        return None
    try:
        mail = message_from_bytes(looked_at)
        found = _delivery_report(mail) or _old_exim(mail) or _automatic_reply(mail)
    except Exception:  # strangers write it: whatever the parser stumbles over is no report
        return None
    return found if found and found.message_ids else None


def _delivery_report(mail: Message) -> Report | None:
    """Read `multipart/report`; one about anything else than delivery is none (RFC 6522 §3)."""
    if mail.get_content_type() != "multipart/report":
        return None
    about = _text(mail.get_param("report-type", "delivery-status"))
    if about.lower() != "delivery-status":
        return None
    parts = list(_parts(mail))
    recipients = [fields for part in parts for fields in _recipients(part)]
    ids = [number for part in parts for number in _returned_ids(part)]
    return Report(tuple(ids[:MOST_IDS]), _status_of(recipients)) if ids else None


def _parts(mail: Message) -> Iterator[Message]:
    """Yield the parts of a report in all its multiparts, but nothing of a mail that it returns."""
    if mail.get_content_maintype() != "multipart" or not mail.is_multipart():
        yield mail
        return
    for part in mail.get_payload():
        if isinstance(part, Message):
            yield from _parts(part)


def _recipients(part: Message) -> list[Message]:
    """Return the fields of each recipient (RFC 3464 §2.3); those of the mail have no action."""
    if part.get_content_type() != "message/delivery-status":
        return []
    blocks = part.get_payload()
    fields = [block for block in blocks if isinstance(block, Message)]
    return [each for each in fields if each["Action"] or each["Status"]]


def _returned_ids(part: Message) -> list[str]:
    """Return the Message-ID of the mail that this part returns, or of its headers alone."""
    kind = part.get_content_type()
    if kind == "message/rfc822" and part.is_multipart():
        return [number for mail in part.get_payload() for number in _own_ids(mail)]
    if kind in ("text/rfc822-headers", "message/rfc822-headers"):
        if part.is_multipart():
            return [number for mail in part.get_payload() for number in _own_ids(mail)]
        return _own_ids(BytesHeaderParser().parsebytes(_content(part)))
    return []


def _own_ids(mail: object) -> list[str]:
    return _ids(mail, "Message-ID") if isinstance(mail, Message) else []


def _status_of(recipients: list[Message]) -> str:
    """Return the status with which the mail failed; "" while it may have reached anybody.

    A mail of ours has one recipient. Where that is an address for several, all must have failed.
    """
    if not recipients or not all(map(_has_failed, recipients)):
        return ""
    return _status(recipients[0])


def _has_failed(recipient: Message) -> bool:
    """Whether the mail was given up (RFC 3464 §2.3.3); where no action is named, by its class."""
    action = _text(recipient["Action"]).partition("(")[0].strip().lower()
    if action:
        return action == "failed"
    return _text(recipient["Status"]).strip().startswith("5.")


def _status(recipient: Message) -> str:
    """Return the status, or that of the server's answer where it says more (RFC 3464 §2.3.6)."""
    found = A_STATUS.search(_text(recipient["Status"]))
    known = found[0] if found and found[1] != "2" else ""
    if known and not known.endswith(".0.0"):
        return known
    said = _said_by_server(_text(recipient["Diagnostic-Code"]))
    return said or known or NO_DETAIL


def _said_by_server(text: str) -> str:
    """Return the first status that follows the code of a final answer; "" if there is none."""
    found = AN_ANSWER.search(text)
    return found[1] if found else ""


def _old_exim(mail: Message) -> Report | None:
    """Read what exim wrote before it knew RFC 3464: a text, and the mail itself beneath a line."""
    if not mail["X-Failed-Recipients"] or mail.is_multipart():
        return None
    content = _content(mail)
    line = COPY_OF_THE_MAIL.search(content)
    if line is None:
        return None
    returned = BytesHeaderParser().parsebytes(content[line.end() :].lstrip(b"\r\n"))
    words = content[: line.start()].decode("ascii", "replace")
    ids = _own_ids(returned)
    return Report(tuple(ids), _said_by_server(words) or NO_DETAIL) if ids else None


def _automatic_reply(mail: Message) -> Report | None:
    """Read what a program has answered: a holiday note, say. It changes nothing."""
    if not _is_automatic(mail):
        return None
    ids = [*_ids(mail, "In-Reply-To"), *_ids(mail, "References")]
    return Report(tuple(dict.fromkeys(ids))[:MOST_IDS])


def _is_automatic(mail: Message) -> bool:
    """Whether a program has written it (RFC 3834 §5); a person's letter must never count as such.

    Older programs say it with `Precedence`. Lists write `bulk` there too, and people answer
    through lists: with it a second sign is asked for.
    """
    submitted = _word(mail, "Auto-Submitted")
    if submitted:
        return submitted in ("auto-replied", "auto-generated")
    precedence = _word(mail, "Precedence")
    is_bulk = precedence in ("bulk", "junk") and bool(mail["X-Auto-Response-Suppress"])
    return precedence in ("auto_reply", "auto-reply") or is_bulk


def _word(mail: Message, header: str) -> str:
    """Return the header's value without parameters and comments, in small letters."""
    return re.split(r"[;(]", _text(mail[header]))[0].strip().lower()


def _ids(mail: Message, header: str) -> list[str]:
    """Return what in the header looks like a Message-ID of ours, the last first."""
    values = [_text(value) for value in mail.get_all(header, [])]
    return A_MESSAGE_ID.findall(" ".join(values))[::-1]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(value: object) -> str:
    """Return a header's value as text: the parser gives objects for what is no ASCII."""
    return "" if value is None else str(value)
