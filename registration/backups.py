"""Backups: one folder each with the database, the uploaded files and a manifest.

A folder is written under another name and renamed once everything in it is on the disk: what has a
backup's name is whole. Beside the folders lies the erasure log, which outlives every one of them.
"""

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from registration import erasures
from registration.dumps import dump_of
from registration.models import Erasure

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media"
LOG = "erasures.jsonl"
# What is not whole, be it that it is not yet, or not any more.
UNFINISHED = ".unfertig-"
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


class BackupError(Exception):
    """Tells the operator, in German, why there is no backup, or why this one cannot be used."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, and from which site it is."""

    format: int
    made_at: str
    database: str
    dump: str
    code: str
    python: str
    django: str
    key: str
    migrations: list[str]
    counts: dict[str, int]
    # By path in the folder: sha256, size, mtime_ns.
    files: dict[str, dict]

    @classmethod
    def of(cls, folder: Path):
        """Read the manifest of a backup; raises BackupError if it has none of ours."""
        try:
            values = json.loads((folder / MANIFEST).read_text())
            if values["format"] == FORMAT:
                return cls(**values)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupError(f"{folder} ist keine vollständige Sicherung: {error}.") from error
        raise BackupError(f"{folder} hat ein Format, das diese Version nicht kennt.")

    @property
    def age(self) -> timedelta:
        return timezone.now() - datetime.fromisoformat(self.made_at)


def all_whole(directory: Path) -> list[Path]:
    """Return the backups in the directory, the oldest first."""
    return sorted(
        path
        for path in directory.iterdir()
        if NAME.fullmatch(path.name) and (path / MANIFEST).is_file()
    )


def make(directory: Path) -> Path:
    """Back everything up into a new folder of `directory` and return it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(directory / ".lock", "Hier läuft schon eine Sicherung."):
        for leftover in directory.glob(f"{UNFINISHED}*"):
            shutil.rmtree(leftover)
        write_erasure_log(directory)
        while (whole := directory / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}").exists():
            time.sleep(0.1)
        unfinished = directory / f"{UNFINISHED}{whole.name}"
        try:
            _fill(unfinished, (all_whole(directory) or [None])[-1])
            unfinished.rename(whole)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync(directory)
    return whole


def prune(directory: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups; return what went."""
    old = all_whole(directory)[:-keep]
    for folder in old:
        gone = folder.rename(directory / f"{UNFINISHED}{folder.name}")
        shutil.rmtree(gone)
    return old


def _fill(folder: Path, previous: Path | None):
    folder.mkdir(mode=0o700)
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    dump = dump_of(connection)
    # Before and after: a file that the database names was there before it, or is there now.
    media = copy_media(folder, previous, {})
    held = dump.write(folder / dump.name)
    media = copy_media(folder, previous, media)
    sync(folder / dump.name)
    files = {dump.name: described(folder / dump.name)} | media
    manifest = Manifest(
        format=FORMAT,
        made_at=moment,
        database=dump.vendor,
        dump=dump.name,
        code=code_version(),
        python=platform.python_version(),
        django=django.__version__,
        key=key_print(settings.SECRET_KEY),
        migrations=held.migrations,
        counts=held.counts,
        files=files,
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False))
    for path in (folder / MANIFEST, *(path for path in folder.rglob("*") if path.is_dir())):
        sync(path)
    sync(folder)


def copy_media(folder: Path, previous: Path | None, copied: dict) -> dict[str, dict]:
    """Copy the uploaded files that are not in `copied` as they are; return all of them.

    What the previous backup holds already becomes a second name of the same file.
    """
    known = Manifest.of(previous).files if previous else {}
    files = dict(copied)
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = f"{MEDIA}/{path.relative_to(root)}"
        try:
            stat = path.stat()
            if _is_same(stat, files.get(name)):
                continue
            target = folder / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            if _is_same(stat, known.get(name)) and _link(previous / name, target, known[name]):
                files[name] = known[name]
            else:
                files[name] = copy(path, target)
        except FileNotFoundError:  # an organiser has just removed it
            continue
    return files


def _is_same(stat, entry) -> bool:
    return bool(entry) and (stat.st_size, stat.st_mtime_ns) == (entry["size"], entry["mtime_ns"])


def _link(source: Path, target: Path, entry: dict) -> bool:
    """Give the file of the previous backup one more name, unless it is damaged."""
    try:
        if sha256(source) != entry["sha256"]:
            return False
        os.link(source, target)
    except OSError:  # the file system knows no hard links, or the file is gone
        return False
    return True


def copy(source: Path, target: Path) -> dict:
    """Copy a file with its time, on to the disk; return its description."""
    shutil.copyfile(source, target)
    shutil.copystat(source, target)
    target.chmod(0o600)
    sync(target)
    return described(target)


def described(path: Path) -> dict:
    stat = path.stat()
    return {"sha256": sha256(path), "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path):
    """Wait until a file or a directory is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def code_version() -> str:
    """Return a hash of the code's modules: the same code has the same everywhere."""
    digest = hashlib.sha256()
    for app in ("webtalks", "events", "registration"):
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def key_print(key: str) -> str:
    """Return by what SECRET_KEY is known again; it tells nothing of the key itself."""
    return salted_hmac("registration.backups", "SECRET_KEY", secret=key).hexdigest()[:16]


@contextmanager
def alone(path: Path, refusal=""):
    """Hold the lock file; whoever finds it held waits, or gets a BackupError with `refusal`."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (fcntl.LOCK_NB if refusal else 0))
        except BlockingIOError:
            raise BackupError(refusal) from None
        yield


# The erasure log beside the backups


def write_erasure_log(directory: Path) -> int:
    """Add to the file what the database's log knows more; return how many entries it has then."""
    # Before an update the database may be older than this code, and have no log.
    has_log = Erasure._meta.db_table in connection.introspection.table_names()
    return add_to_erasure_log(directory, erasures.read(erasures.lines()) if has_log else ())


def add_to_erasure_log(directory: Path, entries) -> int:
    """Add the entries that are not in the file yet, and drop what is older than every backup."""
    with alone(directory / ".erasures.lock"):
        known = {entry.uuid: entry for entry in read_erasure_log(directory)}
        known = {entry.uuid: entry for entry in entries} | known
        limit = timezone.now() - timedelta(days=settings.ERASURE_LOG_DAYS)
        kept = sorted((entry for entry in known.values() if entry.erased_at >= limit), key=by_time)
        unfinished = directory / f".{LOG}.new"
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{erasures.line(entry)}\n" for entry in kept)
        sync(unfinished)
        unfinished.replace(directory / LOG)
    return len(kept)


def by_time(entry):
    return entry.erased_at, entry.uuid


def read_erasure_log(directory: Path) -> list:
    """Return the entries of the file; none if there is no file."""
    try:
        with open(directory / LOG) as file:
            return list(erasures.read(file))
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise BackupError(f"{directory / LOG}: {error}") from error


# What this process has written last; a new entry may have a smaller key than one before it.
_written = None


def keep_erasure_log():
    """Let the file in BACKUP_DIR know who was erased since; a worker calls it every minute.

    Not the erasing itself: web processes need not reach the backups, and whoever erases shall not
    wait for a disk.
    """
    global _written
    if not settings.BACKUP_DIR:
        return
    newest = Erasure.objects.order_by("-pk").values_list("pk", flat=True).first()
    present = (Erasure.objects.count(), newest)
    if present != _written:
        settings.BACKUP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_erasure_log(settings.BACKUP_DIR)
        _written = present
