"""How the name of a mailbox is written to an IMAP server (RFC 3501 §5.1.3)."""

import base64
import re


def quoted(name: str) -> str:
    """Return the name in modified UTF-7, as a quoted string."""
    coded = re.sub(r"&|[^\x20-\x7e]+", _coded, name)
    escaped = re.sub(r'(["\\])', r"\\\1", coded)
    return f'"{escaped}"'


def _coded(match: re.Match[str]) -> str:
    letters = match[0]
    if letters == "&":
        return "&-"
    base = base64.b64encode(letters.encode("utf-16-be"), altchars=b"+,").decode()
    return f"&{base.rstrip('=')}-"
