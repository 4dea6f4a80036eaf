"""Backups: one folder each with the database, the uploaded files and a manifest.

A folder gets the name of a backup only when everything in it is on the disk; so every folder with
such a name is complete. Beside the folders lies the erasure log, which outlives each of them.

How often one is made, and how many are kept, says the operator's cron line (docs/betrieb.md).
"""

import hashlib
import json
import os
import platform
import re
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, TypedDict

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from registration import certificate_keys as keys
from webtalks.backup import erasure_file
from webtalks.backup.disk import BackupError, locked, sync
from webtalks.backup.dump import dump_of

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media"
# The beginning of a folder's name while it is being written or removed.
INCOMPLETE = ".unfertig-"
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


class FileEntry(TypedDict):
    """One file in the manifest; the time of its last change is in nanoseconds."""

    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, and from which site it is; its fields are the keys in the file."""

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
    # By the file's path in the folder.
    files: dict[str, FileEntry]
    # Which erasure log belongs to it (Origin in registration/models/erasure.py). None: the backup
    # was made by a version of the site that had no origins yet.
    origin: str | None = None
    # Which key vouched for certificates; None: the site had none.
    certificate_key: str | None = None

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the manifest of a backup; raises BackupError if there is none that we know."""
        try:
            values = json.loads((folder / MANIFEST).read_text())
            if values["format"] == FORMAT:
                return cls(**values)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupError(f"{folder} ist keine vollständige Sicherung: {error}.") from error
        raise BackupError(f"{folder} hat ein Format, das diese Version nicht kennt.")

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / MANIFEST).write_text(text)
        sync(folder / MANIFEST)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    @property
    def age(self) -> timedelta:
        return timezone.now() - self.moment


def complete_backups(directory: Path) -> list[Path]:
    """Return the folders of all complete backups in `directory`, the oldest first."""
    return sorted(
        path
        for path in directory.iterdir()
        if NAME.fullmatch(path.name) and (path / MANIFEST).is_file()
    )


def make(directory: Path) -> Path:
    """Back everything up into a new folder of `directory`; return that folder."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(directory / ".lock", refusal="Hier läuft schon eine Sicherung."):
        for leftover in directory.glob(f"{INCOMPLETE}*"):
            shutil.rmtree(leftover)
        # Taken before the erasure log is written: the log must be complete until this moment.
        moment = datetime.now(UTC)
        origin = erasure_file.write(directory)
        earlier = complete_backups(directory)
        while (folder := directory / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}").exists():
            time.sleep(0.1)
        incomplete = directory / f"{INCOMPLETE}{folder.name}"
        try:
            _fill(incomplete, earlier[-1] if earlier else None, moment, origin)
            incomplete.rename(folder)
        except BaseException:
            shutil.rmtree(incomplete, ignore_errors=True)
            raise
        sync(directory)
    return folder


def prune(directory: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups; return the folders that are gone."""
    old = complete_backups(directory)[:-keep]
    for folder in old:
        incomplete = folder.rename(directory / f"{INCOMPLETE}{folder.name}")
        shutil.rmtree(incomplete)
    return old


def _fill(folder: Path, previous: Path | None, moment: datetime, origin: str | None) -> None:
    """Write everything into the new folder; what is in `previous` already is not copied."""
    folder.mkdir(mode=0o700)
    dump = dump_of(connection)
    # Copied before the database and once more after it. A file that the database names was there
    # before, or has come meanwhile; one pass would miss what is removed or added in between.
    media = copy_media(folder, previous, {})
    contents = dump.write(folder / dump.name)
    media = copy_media(folder, previous, media)
    sync(folder / dump.name)
    certificate_key = keys.current()
    manifest = Manifest(
        format=FORMAT,
        made_at=moment.isoformat(),
        database=dump.vendor,
        dump=dump.name,
        code=code_version(),
        python=platform.python_version(),
        django=django.__version__,
        key=key_fingerprint(settings.SECRET_KEY),
        certificate_key=certificate_key.fingerprint if certificate_key else None,
        migrations=contents.migrations,
        counts=contents.counts,
        files={dump.name: describe(folder / dump.name)} | media,
        origin=origin,
    )
    manifest.write(folder)
    for path in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
        sync(path)


def copy_media(
    folder: Path, previous: Path | None, copied: dict[str, FileEntry]
) -> dict[str, FileEntry]:
    """Copy the uploaded files that are new or other than in `copied`; return all of them.

    A file that the previous backup has already is not copied but gets a second name (hard link).
    """
    known = Manifest.read(previous).files if previous else {}
    files = dict(copied)
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = f"{MEDIA}/{path.relative_to(root)}"
        former = previous / name if previous else None
        try:
            if name not in files or not _is_same(path.stat(), files[name]):
                files[name] = _link_or_copy(path, folder / name, former, known.get(name))
        except FileNotFoundError:  # an organiser has just removed it
            continue
    return files


def _link_or_copy(
    path: Path, target: Path, former: Path | None, entry: FileEntry | None
) -> FileEntry:
    """Bring the file at `path` to `target`; `former` is its place in the previous backup."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if former and entry and _is_same(path.stat(), entry) and _link(former, target, entry):
        return entry
    return copy(path, target)


def _is_same(stat: os.stat_result, entry: FileEntry) -> bool:
    return (stat.st_size, stat.st_mtime_ns) == (entry["size"], entry["mtime_ns"])


def _link(former: Path, target: Path, entry: FileEntry) -> bool:
    """Give a file of the previous backup a second name; return False if that cannot be done."""
    try:
        if sha256(former) != entry["sha256"]:  # it is damaged
            return False
        os.link(former, target)
    except OSError:  # the file system knows no hard links, or the file is gone
        return False
    return True


def copy(source: Path, target: Path) -> FileEntry:
    """Copy a file with its time and wait until it is on the disk; return its entry."""
    shutil.copyfile(source, target)
    shutil.copystat(source, target)
    target.chmod(0o600)
    sync(target)
    return describe(target)


def describe(path: Path) -> FileEntry:
    stat = path.stat()
    return {"sha256": sha256(path), "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_version() -> str:
    """Return a hash of the code's modules; it is the same wherever the same code runs."""
    digest = hashlib.sha256()
    for app in ("webtalks", "events", "registration"):
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def key_fingerprint(key: str) -> str:
    """Return a hash by which SECRET_KEY can be recognised, but not found out."""
    return salted_hmac("registration.backups", "SECRET_KEY", secret=key).hexdigest()[:16]
