"""The sample reports as they come over the wire, about a mail of one's own."""

import re
from pathlib import Path

REPORTS = Path(__file__).parent / "reports"
# The Message-ID that all samples are about.
OURS = "<0b5f2a4e-6c1d-4f0a-9a3e-2d7c8b1e4f50@webtalks.example>"


def sample(name: str) -> bytes:
    """Return the mail with the line ends of RFC 5322."""
    return (REPORTS / f"{name}.eml").read_bytes().replace(b"\n", b"\r\n")


def changed(name: str, old: str, new: str) -> bytes:
    """Return the sample with `new` for the pattern `old`, which must be there."""
    text = sample(name)
    assert re.search(old.encode(), text)
    return re.sub(old.encode(), new.encode(), text)


def report_of(mail, name="postfix", status="5.1.1") -> bytes:
    """Return the sample as if it were about `mail`; a status of the postfix ones is 5.1.1."""
    raw = sample(name).replace(OURS.encode(), mail.message_id.encode())
    return raw.replace(b"Status: 5.1.1", f"Status: {status}".encode())
