"""The erasure log as a file beside the backups, and what it proves.

An origin is one life of a site (`Origin` in registration/models/erasure.py). The file's first line
says for each origin until when the file holds every erasure. A backup names its origin. So the
right log can be told from the log of another site, from one that a new machine has begun by
itself, and from a copy that is older than the backup.
"""

import json
import logging
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypedDict
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from registration.models import erasure
from registration.models.erasure import Erasure, Logged, Origin
from webtalks.backup.disk import BackupError, locked, sync

logger = logging.getLogger(__name__)

NAME = "erasures.jsonl"


class ErasureLog(NamedTuple):
    """The entries, each once, and for each origin the moment until which none is missing."""

    entries: list[Logged]
    complete_until: dict[str, datetime]

    def joined(self, other: "ErasureLog") -> "ErasureLog":
        """Return the entries and moments of both logs; the oldest entry comes first."""
        entries = {entry.uuid: entry for entry in [*other.entries, *self.entries]}
        moments = dict(self.complete_until)
        for origin, moment in other.complete_until.items():
            moments[origin] = max(moment, moments.get(origin, moment))
        return ErasureLog(sorted(entries.values(), key=by_time), moments)

    def since(self, limit: datetime) -> "ErasureLog":
        """Return the log without what is older than `limit`."""
        return ErasureLog(
            [entry for entry in self.entries if entry.erased_at >= limit],
            {origin: moment for origin, moment in self.complete_until.items() if moment >= limit},
        )


class Head(TypedDict):
    """The first line of the file: the moments of an ErasureLog, and the number of entries."""

    complete_until: dict[str, datetime]
    entries: int


def by_time(entry: Logged) -> tuple[datetime, UUID]:
    return entry.erased_at, entry.uuid


def read(directory: Path) -> ErasureLog | None:
    """Return the log in the folder; None if there is none; raises BackupError if it is damaged.

    A log without the first line is from an earlier version of the site, and proves nothing.
    """
    path = directory / NAME
    try:
        lines = path.read_text().splitlines()
        head = read_head(lines[0]) if lines else None
        entries = list(erasure.read(lines[1:], start=2) if head else erasure.read(lines))
        if head and len(entries) != head["entries"]:
            raise ValueError(f"{len(entries)} Einträge statt {head['entries']}.")
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise BackupError(f"{path} ist beschädigt: {error}") from error
    return ErasureLog(entries, head["complete_until"] if head else {})


def read_head(line: str) -> Head | None:
    """Return what the first line says; None if it is no head but an entry."""
    try:
        head = json.loads(line)
        moments = {
            origin: datetime.fromisoformat(moment)
            for origin, moment in head["complete_until"].items()
        }
        return {"complete_until": moments, "entries": head["entries"]}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def head_of(log: ErasureLog) -> str:
    moments = {origin: moment.isoformat() for origin, moment in log.complete_until.items()}
    return json.dumps({"complete_until": moments, "entries": len(log.entries)})


def add(directory: Path, more: ErasureLog, *, origins: Iterable[str] = ()) -> int:
    """Add to the file the entries that it lacks; return how many entries it has then.

    With `origins`, raises BackupError if the file knows none of them: it belongs to another site,
    and with our entries in it, it would look like the complete log of ours.
    """
    with locked(directory / ".erasures.lock"):
        found = read(directory) or ErasureLog([], {})
        if origins and found.complete_until and found.complete_until.keys().isdisjoint(origins):
            raise BackupError(
                f"In {directory} liegt das Löschprotokoll einer anderen Website. Spielen Sie "
                "deren Sicherung zurück, oder nehmen Sie für diese Website einen anderen Ordner."
            )
        limit = timezone.now() - timedelta(days=settings.ERASURE_LOG_DAYS)
        log = found.joined(more).since(limit)
        unfinished = directory / f".{NAME}.new"
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            print(head_of(log), *map(erasure.line, log.entries), sep="\n", file=file)
        sync(unfinished)
        unfinished.replace(directory / NAME)
    return len(log.entries)


def read_database() -> tuple[ErasureLog, list[str]]:
    """Return the log of the database, and all its origins, the present one last.

    Before an update the database may be older than this code: then it has neither.
    """
    tables = connection.introspection.table_names()
    moment = timezone.now()
    origins = Origin.all_known() if Origin._meta.db_table in tables else []
    has_log = Erasure._meta.db_table in tables
    entries = list(erasure.read(erasure.lines())) if has_log else []
    return ErasureLog(entries, dict.fromkeys(origins[-1:], moment)), origins


def write(directory: Path) -> str | None:
    """Add the database's log to the file in the folder; return the database's present origin.

    None: the database is older than this code and has no origin.
    """
    log, origins = read_database()
    add(directory, log, origins=origins)
    return origins[-1] if origins else None


# What this process has written last: the number of entries, the newest one's key, and the hour.
# The key alone is not enough, because an entry may get a smaller key than an earlier one.
_written: tuple[int, int | None, datetime] | None = None


def update() -> None:
    """Write the erasures since the last call into the file in BACKUP_DIR; the worker calls this.

    Whoever erases does not write the file: web processes need not reach the backups, and nobody
    shall wait for a disk. Without news the file is written once an hour, so that it says until
    when there were none.
    """
    global _written
    if not settings.BACKUP_DIR:
        return
    newest = Erasure.objects.order_by("-pk").values_list("pk", flat=True).first()
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    present = (Erasure.objects.count(), newest, hour)
    if present == _written:
        return
    try:
        settings.BACKUP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(settings.BACKUP_DIR)
    except (BackupError, OSError) as error:
        logger.error("The erasure log is not written: %s", error)
    else:
        _written = present
