"""Argon2 for the organisers' passwords, a few at a time: each needs 100 MB and a whole core."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from webtalks.http.database_away import ComeBackLater

# In each process.
AT_ONCE = 2
# How many may wait for their turn; the next one is asked to come back. Together they are fewer
# than the threads of a process, so that readers are served meanwhile.
WAITING = 1

_admitted = BoundedSemaphore(AT_ONCE + WAITING)
_working = BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for the turn. Raises ComeBackLater where others wait already."""
    if not _admitted.acquire(blocking=False):
        raise ComeBackLater("many passwords are checked at once")
    try:
        with _working:
            yield
    finally:
        _admitted.release()


class FewAtOnce(Argon2PasswordHasher):
    """Django's hasher, which takes turns."""

    def encode(self, password: str, salt: str) -> str:
        with turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with turn():
            return super().verify(password, encoded)
