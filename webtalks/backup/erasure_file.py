"""The erasure log as a file beside the backups, and what it proves.

Its first line says, for each origin (`erasures.Origin`), until when the file holds every erasure.
A backup names its origin. So the right log is told from another site's, from one that a new
machine has begun by itself, and from a copy that is older than the backup.
"""

import json
import logging
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from registration.models import erasure
from registration.models.erasure import Erasure, Logged, Origin
from webtalks.backup.disk import BackupError, alone, sync

logger = logging.getLogger(__name__)

NAME = "erasures.jsonl"


class Log(NamedTuple):
    """Entries, each once, and by origin the moment until which none is missing."""

    entries: list[Logged]
    complete_until: dict[str, datetime]

    def joined(self, other: "Log") -> "Log":
        """Return what both know together, in the order of time."""
        entries = {entry.uuid: entry for entry in [*other.entries, *self.entries]}
        moments = dict(self.complete_until)
        for origin, moment in other.complete_until.items():
            moments[origin] = max(moment, moments.get(origin, moment))
        return Log(sorted(entries.values(), key=by_time), moments)

    def since(self, limit: datetime) -> "Log":
        """Return it without what is older than every backup."""
        return Log(
            [entry for entry in self.entries if entry.erased_at >= limit],
            {origin: moment for origin, moment in self.complete_until.items() if moment >= limit},
        )


def by_time(entry):
    return entry.erased_at, entry.uuid


def read(directory: Path) -> Log | None:
    """Return the log of the directory, None if there is none; raises BackupError if damaged.

    Without a first line of ours, as before there was one, it proves nothing.
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
    return Log(entries, head["complete_until"] if head else {})


def read_head(line: str) -> dict | None:
    """Return what the first line says; None if it is an entry already."""
    try:
        head = json.loads(line)
        moments = {
            origin: datetime.fromisoformat(moment)
            for origin, moment in head["complete_until"].items()
        }
        return {"complete_until": moments, "entries": head["entries"]}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def head_of(log: Log) -> str:
    moments = {origin: moment.isoformat() for origin, moment in log.complete_until.items()}
    return json.dumps({"complete_until": moments, "entries": len(log.entries)})


def add(directory: Path, more: Log, *, origins: Iterable[str] = ()) -> int:
    """Add to the file what it does not know yet; return how many entries it has then.

    Raises BackupError for a log that knows none of the `origins`, if any are given: to write into
    it would make it look complete.
    """
    with alone(directory / ".erasures.lock"):
        found = read(directory) or Log([], {})
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


def of_database() -> tuple[Log, list[str]]:
    """Return the log of the database, and all its origins, the present one last.

    Before an update the database may be older than this code, and know of neither.
    """
    tables = connection.introspection.table_names()
    moment = timezone.now()
    origins = Origin.all_known() if Origin._meta.db_table in tables else []
    has_log = Erasure._meta.db_table in tables
    entries = list(erasure.read(erasure.lines())) if has_log else []
    return Log(entries, dict.fromkeys(origins[-1:], moment)), origins


def write(directory: Path) -> str | None:
    """Add what the database's log knows more; return the database's origin, if it has one yet."""
    log, origins = of_database()
    add(directory, log, origins=origins)
    return origins[-1] if origins else None


# What this process has written last; a new entry may have a smaller key than one before it.
_written = None


def keep():
    """Let the file in BACKUP_DIR know who was erased since; a worker calls it every minute.

    Not the erasing itself: web processes need not reach the backups, and whoever erases shall not
    wait for a disk. Without news once an hour, so that the file says that there were none.
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
