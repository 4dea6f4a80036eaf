"""The environment's THROTTLE: other numbers for the limits in `registration/models/limits.py`."""

import math

from django.core.exceptions import ImproperlyConfigured

NAMES = (
    "forms",
    "mails",
    "way_in",
    "new_address",
    "sign_ups",
    "sign_ups_refused",
    "dead_links",
    "feedback",
    "certificates",
    "proposals",
    "uploads",
)


def limits(text: str) -> dict[str, float]:
    """Return by name the numbers that `text` sets.

    "" sets none, "off" lifts every limit, and "forms=50 mails=10" sets these two. Raises
    ImproperlyConfigured for anything else.
    """
    if text.strip() == "off":
        return dict.fromkeys(NAMES, math.inf)
    found: dict[str, float] = {}
    for part in text.split():
        name, _, number = part.partition("=")
        if name not in NAMES or not (number.isascii() and number.isdigit()):
            raise ImproperlyConfigured(
                f"THROTTLE: „{part}“ ist nicht zu verstehen. Möglich sind „off“ oder Angaben wie "
                f"„forms=10 mails=5“ mit den Namen {', '.join(NAMES)}."
            )
        found[name] = int(number)
    return found
