"""A Content-Type that Django cannot read fails before any of our code runs: it is replaced."""

from django.utils.http import parse_header_parameters

# Stands in its place; `RefuseUnreadable` (refusals.py) answers 400.
UNREADABLE = "unreadable/unreadable"


def readable_type(content_type: str) -> str:
    """Return the header as it is, or UNREADABLE where Django could make no request of it.

    `charset*=nobody''utf-8` (RFC 2231) is such a one, and a header without end.
    """
    try:
        parse_header_parameters(content_type)
    except ValueError:
        return UNREADABLE
    return content_type
