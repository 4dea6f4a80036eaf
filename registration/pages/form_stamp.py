"""When a form was opened: a signed moment in a hidden field, which programs have wrong.

A form that comes back too soon, too late or without it is not refused: it asks for a click in the
mail (double opt-in), which costs a person little and a program everything.
"""

import time

from django.conf import settings
from django.core.signing import BadSignature, Signer

# A tab that was left open is as good as one whose stamp is lost.
LONGEST = 12 * 3600


def _signer() -> Signer:
    return Signer(salt="webtalks.form-opened", sep=".")


def new() -> str:
    return _signer().sign(str(int(time.time())))


def opened_at(stamp) -> int | None:
    """Return the moment, in seconds since 1970; None if it is missing, forged or impossible."""
    try:
        moment = int(_signer().unsign(stamp))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None
    return moment if 0 <= time.time() - moment <= LONGEST else None


def is_plausible(stamp) -> bool:
    """Whether a person may have filled in the form since then."""
    moment = opened_at(stamp)
    return moment is not None and time.time() - moment >= settings.FORM_MIN_SECONDS
