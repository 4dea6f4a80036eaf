"""The keys under which certificates are checked, numbered, because paper outlives a key.

`CERTIFICATE_KEY` is the one under which certificates are issued, `CERTIFICATE_KEY_FORMER` those
under which they once were. Each is written `2:…`, its number and the secret; without a number it
is number 0. SECRET_KEY does not do: whoever changes it must not kill printed papers.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

# Five bits of a code.
HIGHEST_NUMBER = 31
# The highest primary key of a talk that a code has room for: sixteen bits.
HIGHEST_TALK = 2**16 - 1
# Characters.
SHORTEST_SECRET = 32
WRITTEN = re.compile(r"(?:(\d{1,2}):)?([^\s:]+)", re.ASCII)


@dataclass(frozen=True)
class Key:
    """A key and its number."""

    number: int
    secret: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Tell keys apart without telling them: it stands in backups."""
        return hashlib.sha256(self.secret.encode()).hexdigest()[:8]


class BadKey(ValueError):
    """What is set is no key; the words say why."""


def read(text: str) -> Key:
    """Return the key written as `text`. Raises BadKey."""
    found = WRITTEN.fullmatch(text)
    if not found:
        raise BadKey("Geschrieben wird ein Schlüssel als „2:…“: die Nummer und das Geheimnis.")
    key = Key(int(found[1] or 0), found[2])
    if key.number > HIGHEST_NUMBER:
        raise BadKey(f"Die Nummer eines Schlüssels ist höchstens {HIGHEST_NUMBER}.")
    if len(key.secret) < SHORTEST_SECRET or len(set(key.secret)) < 10:
        raise BadKey("Ein Schlüssel ist zu kurz oder zu erraten.")
    return key


def current() -> Key | None:
    """Return the key for new certificates; None: there are none."""
    return _keys(settings.CERTIFICATE_KEY, "")[0]


def are_there_for(talk_pk: int) -> bool:
    """Whether certificates can be issued for this talk."""
    return current() is not None and talk_pk <= HIGHEST_TALK


def numbered(number: int) -> Key | None:
    """Return the key under which a certificate with this number was issued."""
    return next((key for key in known() if key.number == number), None)


def known() -> list[Key]:
    """Return all keys, the current one first."""
    found = _keys(settings.CERTIFICATE_KEY, settings.CERTIFICATE_KEY_FORMER)
    return [key for key in found if key]


def mistakes() -> Iterator[str]:
    """Yield what is wrong with the keys that are set."""
    for text in [settings.CERTIFICATE_KEY, *settings.CERTIFICATE_KEY_FORMER.split()]:
        try:
            read(text) if text else None
        except BadKey as error:
            yield str(error)
    counts = Counter(key.number for key in known())
    for number in sorted(number for number, count in counts.items() if count > 1):
        yield f"Die Nummer {number} haben zwei Schlüssel."


@lru_cache(maxsize=8)
def _keys(current: str, former: str) -> list[Key | None]:
    """Return the current key, None where there is no usable one, then the former ones."""
    return [_or_none(current), *(_or_none(text) for text in former.split())]


def _or_none(text: str) -> Key | None:
    try:
        return read(text) if text else None
    except BadKey:
        return None
