"""Backups: one folder each with the database, the uploaded files and a manifest.

A folder is written under another name and renamed once everything in it is on the disk: what has a
backup's name is whole. Beside the folders lies the erasure log, which outlives every one of them.
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

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from webtalks.backup import erasure_file
from webtalks.backup.disk import BackupError, alone, sync
from webtalks.backup.dump import dump_of

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media"
# What is not whole, be it that it is not yet, or not any more.
UNFINISHED = ".unfertig-"
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


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
    # Which erasure log belongs to it (erasures.Origin); None: the database knew none yet.
    origin: str | None = None

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
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    @property
    def age(self) -> timedelta:
        return timezone.now() - self.moment


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
        # Before the log is written: that says until when it is complete, and must not be older.
        moment = datetime.now(UTC)
        origin = erasure_file.write(directory)
        while (whole := directory / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}").exists():
            time.sleep(0.1)
        unfinished = directory / f"{UNFINISHED}{whole.name}"
        try:
            _fill(unfinished, (all_whole(directory) or [None])[-1], moment, origin)
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


def _fill(folder: Path, previous: Path | None, moment: datetime, origin: str | None):
    folder.mkdir(mode=0o700)
    dump = dump_of(connection)
    # Before and after: a file that the database names was there before it, or is there now.
    media = copy_media(folder, previous, {})
    held = dump.write(folder / dump.name)
    media = copy_media(folder, previous, media)
    sync(folder / dump.name)
    files = {dump.name: described(folder / dump.name)} | media
    manifest = Manifest(
        format=FORMAT,
        made_at=moment.isoformat(),
        database=dump.vendor,
        dump=dump.name,
        code=code_version(),
        python=platform.python_version(),
        django=django.__version__,
        key=key_print(settings.SECRET_KEY),
        migrations=held.migrations,
        counts=held.counts,
        files=files,
        origin=origin,
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
