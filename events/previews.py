"""Links to a draft, passed on to those who are to speak."""

from django.core import signing

SALT = "events.preview"
VALID_DAYS = 30


def token_of(talk) -> str:
    """Return the signed part of the talk's preview address; it is good for VALID_DAYS."""
    return signing.TimestampSigner(salt=SALT).sign(talk.uid.hex)


def uid_of(token: str) -> str | None:
    """Return the uid, in hexadecimal, of the talk that the link shows; None if it is dead."""
    try:
        return signing.TimestampSigner(salt=SALT).unsign(token, max_age=VALID_DAYS * 24 * 3600)
    except signing.BadSignature:
        return None
