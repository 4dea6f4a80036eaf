"""When a form was opened: a signed moment in a hidden field, which programs get wrong.

A form that comes back too soon, too late or without the field is not refused. It asks for a click
in the mail (double opt-in), which costs a person little and a program much.
"""

import time

from django.conf import settings
from django.core.signing import BadSignature, Signer

# Seconds. A page that was left open longer counts as one without the field.
MAX_AGE = 12 * 3600


def _signer() -> Signer:
    return Signer(salt="webtalks.form-opened", sep=".")


def new() -> str:
    return _signer().sign(str(int(time.time())))


def opened_at(stamp: str | None) -> int | None:
    """Return the moment, in seconds since 1970; None if it is missing, forged or impossible."""
    try:
        moment = int(_signer().unsign(stamp or ""))
    except (BadSignature, ValueError):
        return None
    return moment if 0 <= time.time() - moment <= MAX_AGE else None


def is_plausible(stamp: str | None) -> bool:
    """Whether a person had time to fill in the form since it was opened."""
    moment = opened_at(stamp)
    return moment is not None and time.time() - moment >= settings.FORM_MIN_SECONDS
