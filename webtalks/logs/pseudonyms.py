"""Who was refused, in a log that names nobody: the same sign for the same name, and no way back.

A sign is a short HMAC under SECRET_KEY. It tells ten attempts by one from ten attempts by ten.
"""

from django.utils.crypto import salted_hmac

LENGTH = 12


def pseudonym(kind: str, text: str | None) -> str:
    """Return the sign of a name or network; "-" where there is none."""
    if not text:
        return "-"
    hashed = salted_hmac(f"webtalks.log.{kind}", text.casefold(), algorithm="sha256")
    return hashed.hexdigest()[:LENGTH]


def who(name: str | None, network: str | None) -> str:
    """Return how a line of the log says whose request it was."""
    return f"name {pseudonym('name', name)}, network {pseudonym('network', network)}"
