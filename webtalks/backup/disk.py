"""What backups and the erasure log need of a disk: a lock on a folder, and to know it is written.

Their one error stands here too.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BackupError(Exception):
    """Tells the operator, in German, why there is no backup, or why this one cannot be used."""


@contextmanager
def locked(path: Path, *, refusal: str = "") -> Iterator[None]:
    """Hold the lock file at `path`, so that no other process does the same work.

    While another process holds it, this waits; with a `refusal` it raises BackupError instead.
    """
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        how = fcntl.LOCK_EX | fcntl.LOCK_NB if refusal else fcntl.LOCK_EX
        try:
            fcntl.flock(lock, how)
        except BlockingIOError:
            raise BackupError(refusal) from None
        yield


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
