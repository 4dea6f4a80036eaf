"""The check code on a certificate: 80 bits that vouch for talk, name and minutes.

Nothing is stored: the code itself says which key, which talk and how many minutes, and 49 bits of
an HMAC-SHA256 vouch for them and for the name. So it outlives the person's data, and a wrong
certificate cannot be revoked. It is written in Crockford's base 32, which has no I, L, O and U.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Self

from events.models import Talk
from registration import certificate_keys as keys
from registration.certificate_keys import HIGHEST_TALK, Key

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
# What people and fonts confuse.
READ_AS = str.maketrans("OIL", "011")
# Keyboards of phones write other apostrophes and hyphens than those of computers.
TYPED_AS = str.maketrans(dict.fromkeys("’‘ʼ`´′", "'") | dict.fromkeys("‐‑‒–—−", "-"))
# How many bits each part has, in their order.
KEY_BITS, TALK_BITS, MINUTES_BITS, MAC_BITS = 5, 16, 10, 49
# In the place of minutes: an organiser has confirmed that the person was there.
CONFIRMED = 2**MINUTES_BITS - 1


class Unreadable(ValueError):
    """What was typed is no code."""


@dataclass(frozen=True)
class Code:
    """A code in its parts; `str()` writes it in four groups of four."""

    key_number: int
    talk_pk: int
    written_minutes: int
    mac: int

    @classmethod
    def issue(cls, talk: Talk, name: str, minutes: int | None) -> Self | None:
        """Return the code; None for minutes: an organiser vouches for the presence.

        Returns None where there is no key, or the talk's number has no room in a code.
        """
        key = keys.current()
        if key is None or talk.pk > HIGHEST_TALK:
            return None
        written = CONFIRMED if minutes is None else min(minutes, CONFIRMED - 1)
        return cls(key.number, talk.pk, written, _mac(key, talk, name, written))

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what was typed, tolerantly. Raises Unreadable."""
        digits = re.sub(r"[\s\-‐‑–—.·]", "", unicodedata.normalize("NFKC", text)).upper()
        digits = digits.translate(READ_AS)
        if len(digits) != LENGTH or set(digits) - set(ALPHABET):
            raise Unreadable
        number = 0
        for digit in digits:
            number = number * 32 + ALPHABET.index(digit)
        number, mac = divmod(number, 2**MAC_BITS)
        number, minutes = divmod(number, 2**MINUTES_BITS)
        key_number, talk_pk = divmod(number, 2**TALK_BITS)
        return cls(key_number, talk_pk, minutes, mac)

    def __str__(self) -> str:
        number = self.key_number * 2**TALK_BITS + self.talk_pk
        number = number * 2**MINUTES_BITS + self.written_minutes
        number = number * 2**MAC_BITS + self.mac
        digits = ""
        for _ in range(LENGTH):
            number, digit = divmod(number, 32)
            digits = ALPHABET[digit] + digits
        return "-".join(digits[start : start + 4] for start in range(0, LENGTH, 4))

    @property
    def minutes(self) -> int | None:
        """The minutes that it vouches for; None: an organiser has confirmed the presence."""
        return None if self.written_minutes == CONFIRMED else self.written_minutes

    def vouches_for(self, talk: Talk, name: str) -> bool:
        """Tell whether this code was issued for this name in this talk."""
        key = keys.numbered(self.key_number)
        if key is None or talk.pk != self.talk_pk:
            return False
        expected = _mac(key, talk, name, self.written_minutes)
        return hmac.compare_digest(expected.to_bytes(8), self.mac.to_bytes(8))


def canonical_name(name: str) -> str:
    """Return the name as it counts.

    Small letters, widths, accents' parts, blanks, and which apostrophe or hyphen it is do not.
    """
    folded = unicodedata.normalize("NFKC", name.translate(TYPED_AS)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def _mac(key: Key, talk: Talk, name: str, minutes: int) -> int:
    """Return 49 bits that nobody can find without the key."""
    text = f"{talk.uid.hex} {minutes} {canonical_name(name)}"
    digest = hmac.digest(key.secret.encode(), text.encode(), hashlib.sha256)
    return int.from_bytes(digest) >> (8 * len(digest) - MAC_BITS)
