"""Signed links to the preview of a draft, which organisers pass on to the speakers."""

from typing import Protocol
from uuid import UUID

from django.core import signing

SALT = "events.preview"
VALID_DAYS = 30


class HasUid(Protocol):
    """A talk, of which this module knows no more."""

    @property
    def uid(self) -> UUID: ...


def token_of(talk: HasUid) -> str:
    """Return the signed part of the address of the talk's preview; it is valid for VALID_DAYS."""
    return signing.TimestampSigner(salt=SALT).sign(talk.uid.hex)


def uid_of(token: str) -> str | None:
    """Return the uid, in hexadecimal, of the talk in `token`; None if it is forged or too old."""
    try:
        return signing.TimestampSigner(salt=SALT).unsign(token, max_age=VALID_DAYS * 24 * 3600)
    except signing.BadSignature:
        return None
