"""What backups and the erasure log need of a disk: to be alone in a place, and to be sure.

Also the one error of both, which tells the operator, in German, what stands in the way.
"""

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path


class BackupError(Exception):
    """Tells the operator, in German, why there is no backup, or why this one cannot be used."""


@contextmanager
def alone(path: Path, refusal=""):
    """Hold the lock file; whoever finds it held waits, or gets a BackupError with `refusal`."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (fcntl.LOCK_NB if refusal else 0))
        except BlockingIOError:
            raise BackupError(refusal) from None
        yield


def sync(path: Path):
    """Wait until a file or a directory is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
