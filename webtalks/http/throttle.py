"""How much strangers may send: the numbers for `registration/models/limits.py`."""

import math

from django.core.exceptions import ImproperlyConfigured

DEFAULTS: dict[str, float] = {
    # A canonical address: forms in an hour; mails in a day that a stranger can cause.
    "forms": 5,
    "mails": 3,
    # Ways into one talk by mail, in an hour, from an hour before its beginning.
    "way_in": 5,
    # A network: forms in 10 minutes until each asks for a click, and until they are refused.
    "sign_ups": 60,
    "sign_ups_refused": 300,
    # A network: links in an hour that lead nowhere.
    "dead_links": 30,
}


def limits(text: str) -> dict[str, float]:
    """Return the limits that the environment's `THROTTLE` asks for.

    "" means DEFAULTS, "off" no limit at all, and "forms=50 mails=10" other numbers for these two.
    Raises ImproperlyConfigured for anything else.
    """
    if text.strip() == "off":
        return dict.fromkeys(DEFAULTS, math.inf)
    found: dict[str, float] = {}
    for part in text.split():
        name, _, number = part.partition("=")
        if name not in DEFAULTS or not (number.isascii() and number.isdigit()):
            raise ImproperlyConfigured(
                f"THROTTLE: „{part}“ ist nicht zu verstehen. Möglich sind „off“ oder Angaben wie "
                f"„forms=10 mails=5“ mit den Namen {', '.join(DEFAULTS)}."
            )
        found[name] = int(number)
    return DEFAULTS | found
