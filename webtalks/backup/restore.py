"""Putting a backup back, so that no mail goes out twice and nobody comes back who was erased.

The database changes in one step; if that is interrupted, the former one is still there. Files are
added before that step and removed after it, so that either database finds its files.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from events.models import Talk
from events.models.revision import Revision
from registration import certificate_keys as keys
from registration.mail import reminders
from registration.models import Origin, OutgoingMail, Registration, interest
from registration.models.heartbeat import Heartbeat
from registration.models.mails import organiser_message
from registration.privacy.erase_again import erase_again, taken_by_period
from webtalks.backup import backup, erasure_file
from webtalks.backup.backup import MEDIA, FileEntry, Manifest
from webtalks.backup.disk import BackupError
from webtalks.backup.dump import dump_of
from webtalks.backup.erasure_file import ErasureLog

# Somebody would miss a database with a row in any of these tables.
TABLES_WITH_WORK = (
    "events_talk",
    "registration_registration",
    "registration_interest",
    "registration_offer",
    "auth_user",
)


@dataclass(frozen=True)
class Restored:
    """What restoring has done."""

    # How many people were erased once more.
    erased: int
    # How many stay whom a period had taken, because of a slip in the date of their talk.
    kept: int
    # Until when the erasure log of the backup's site is complete; None: it proves nothing.
    erased_until: datetime | None
    # How many mails are held back.
    held: int
    # Whether SECRET_KEY is another one than when the backup was made.
    is_other_key: bool
    # Whether the key that vouched for certificates then is not known to the site.
    lacks_certificate_key: bool


def find(path: Path) -> Path:
    """Return the backup at `path`, or the newest of those in it."""
    if (path / backup.MANIFEST).is_file():
        return path
    try:
        return backup.complete_backups(path)[-1]
    except (OSError, IndexError):
        raise BackupError(f"In {path} liegt keine vollständige Sicherung.") from None


def check(folder: Path) -> Manifest:
    """Return the manifest of a backup.

    Raises BackupError if the backup is damaged, or does not fit this code or its database.
    """
    manifest = Manifest.read(folder)
    for name, entry in manifest.files.items():
        try:
            is_unchanged = backup.sha256(folder / name) == entry["sha256"]
        except OSError:
            raise BackupError(f"Die Sicherung ist beschädigt: {name} fehlt.") from None
        if not is_unchanged:
            raise BackupError(f"Die Sicherung ist beschädigt: {name} hat sich verändert.")
    if manifest.database != connection.vendor:
        raise BackupError(
            f"Die Sicherung ist von {manifest.database}, diese Website benutzt "
            f"{connection.vendor}. docs/betrieb.md sagt, wie man umzieht."
        )
    if newer := unknown_migrations(manifest):
        raise BackupError(
            "Die Sicherung ist von einer neueren Version der Website, es fehlt: "
            f"{', '.join(newer)}. Bitte erst die Website aktualisieren."
        )
    return manifest


def unknown_migrations(manifest: Manifest) -> list[str]:
    """Return the backup's migrations that this code lacks, in the apps that it has."""
    known = MigrationLoader(None, ignore_no_migrations=True).graph.nodes
    names = {f"{app}.{name}" for app, name in known}
    apps = {app for app, _ in known}
    return [
        name
        for name in manifest.migrations
        if name not in names and name.partition(".")[0] in apps
    ]


def refuse_if_in_use() -> None:
    """Raise BackupError while another process uses the database: gunicorn, a worker, a command."""
    if users := dump_of(connection).users():
        raise BackupError(
            "Die Datenbank wird benutzt; bitte erst alles andere beenden. "
            f"Offene Verbindungen: {', '.join(users)}."
        )


def refuse_foreign_account() -> None:
    """Raise BackupError for an account whose files the site could not write afterwards."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    owner = settings.DATA_DIR.stat().st_uid
    if owner != os.geteuid():
        raise BackupError(
            f"{settings.DATA_DIR} gehört einem anderen Benutzerkonto (Nummer {owner}). Bitte "
            "führen Sie den Befehl als dieses aus."
        )


def is_empty() -> bool:
    """Whether nobody would miss the present database. One that cannot be read counts as missed."""
    try:
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
            for table in tables.intersection(TABLES_WITH_WORK):
                cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608
                if cursor.fetchone():
                    return False
    except DatabaseError:
        return False
    return True


def erasures_since(folder: Path, manifest: Manifest, *, is_log_needed: bool = True) -> ErasureLog:
    """Return everybody who was erased: from the logs beside the backups and the present database.

    With `is_log_needed`, raises BackupError unless the logs prove that nobody is missing. The
    present database proves nothing: on a new machine it is another one and knows of nobody.
    """
    logs = [log for place in _log_places(folder) if (log := erasure_file.read(place))]
    if is_log_needed:
        _refuse_incomplete_log(reduce(ErasureLog.joined, logs) if logs else None, manifest)
    return reduce(ErasureLog.joined, logs, _database_log())


def _log_places(folder: Path) -> set[Path]:
    """Return the folders of the log: the one with the backups, and the one of this site."""
    return {folder.parent, settings.BACKUP_DIR or folder.parent}


def _refuse_incomplete_log(log: ErasureLog | None, manifest: Manifest) -> None:
    """Raise BackupError for a log that may lack somebody who was erased after the backup."""
    name = erasure_file.NAME
    until = _complete_until(log, manifest) if log else None
    if log is None:
        problem = f"Neben der Sicherung fehlt das Löschprotokoll ({name})"
    elif manifest.origin is None:
        problem = f"Die Sicherung sagt noch nicht, welches Löschprotokoll ({name}) zu ihr gehört"
    elif until is None:
        problem = f"Das Löschprotokoll ({name}) gehört nicht zu dieser Sicherung"
    elif until < manifest.moment:
        problem = f"Das Löschprotokoll ({name}) ist älter als die Sicherung"
    elif manifest.age > timedelta(days=settings.ERASURE_LOG_DAYS):
        raise BackupError(
            f"Die Sicherung ist älter als das Löschprotokoll ({settings.ERASURE_LOG_DAYS} Tage): "
            "Wer seither gelöscht wurde, käme zurück. Mit --without-erasures geht es trotzdem."
        )
    else:
        return
    raise BackupError(
        f"{problem}: Wer seit der Sicherung gelöscht wurde, käme zurück. Kopieren Sie das "
        f"neueste {name} aus dem Ordner, in dem sie entstand, neben die Sicherung, oder nehmen "
        "Sie das mit --without-erasures in Kauf."
    )


def _complete_until(log: ErasureLog, manifest: Manifest) -> datetime | None:
    """Return until when the log holds every erasure of the backup's site; None if it says none."""
    return log.complete_until.get(manifest.origin) if manifest.origin else None


def _database_log() -> ErasureLog:
    """Return the log of the present database; an empty one where it is lost, too old or empty."""
    try:
        if not is_empty():
            log, _ = erasure_file.read_database()
            return log
    except DatabaseError:
        pass
    return ErasureLog([], {})


def restore(
    folder: Path, manifest: Manifest, log: ErasureLog, *, keep_period_of: str = ""
) -> Restored:
    """Put the backup in the place of the present database and files.

    Whoever was erased since goes again, but for those of the talk with the slug `keep_period_of`
    whom only a period has taken, because of a slip in its date. Raises BackupError if the backup
    has no such talk.
    """
    origin = Origin()
    _write_log(folder, log.joined(ErasureLog([], {str(origin): origin.begun_at})))
    add_media(folder, manifest)
    number = _revision()
    with dump_of(connection).replacing(folder / manifest.dump) as found:
        if found.counts != manifest.counts:
            raise BackupError("Die Sicherung enthält nicht, was in ihrem Manifest steht.")
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            kept = _kept_of(keep_period_of, log)
            result = Restored(
                erased=erase_again(log.entries, but=kept),
                kept=len(kept),
                erased_until=_complete_until(log, manifest),
                held=_hold_mails(),
                is_other_key=manifest.key not in _key_fingerprints(),
                lacks_certificate_key=_lacks_certificate_key(manifest),
            )
            origin.save(force_insert=True)
            Session.objects.all().delete()
            Heartbeat.objects.all().delete()
            Revision.leap(beyond=number)
    remove_other_media(manifest)
    return result


def _kept_of(slug: str, log: ErasureLog) -> set[UUID]:
    """Return who stays of the talk with this slug; nobody where none is named."""
    if not slug:
        return set()
    talk = Talk.objects.filter(slug=slug).first()
    if talk is None:
        raise BackupError(f"Die Sicherung enthält keinen Talk mit der Adresse „{slug}“.")
    return taken_by_period(log.entries, talk)


def _write_log(folder: Path, log: ErasureLog) -> None:
    """Write into the files what only the database knows, which is replaced in a moment."""
    for place in _log_places(folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        erasure_file.add(place, log)


def _hold_mails() -> int:
    """Hold back all mails that may have gone out since the backup; return their number.

    Some of them are not in the backup and would be written once more: reminders, a message that
    was planned, and the mail to a participant who got the seat of somebody erased. So they are
    written now, and held as well.
    """
    for talk in Talk.objects.upcoming():
        Registration.objects.promote_waiting(talk)
    reminders.plan_due()
    Registration.objects.close_queues()
    interest.announce_all()
    organiser_message.release_due()
    return OutgoingMail.objects.hold()


def _revision() -> int:
    """Return the present database's revision; 0 if it cannot be read."""
    try:
        return Revision.current()
    except DatabaseError:
        return 0


def _key_fingerprints() -> set[str]:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return {backup.key_fingerprint(key) for key in keys}


def _lacks_certificate_key(manifest: Manifest) -> bool:
    known = {key.fingerprint for key in keys.known()}
    return manifest.certificate_key is not None and manifest.certificate_key not in known


def _media(manifest: Manifest) -> dict[Path, tuple[str, FileEntry]]:
    """Return the backup's uploaded files by their place on the site."""
    root = Path(settings.MEDIA_ROOT)
    return {
        root / Path(name).relative_to(MEDIA): (name, entry)
        for name, entry in manifest.files.items()
        if name.startswith(f"{MEDIA}/")
    }


def add_media(folder: Path, manifest: Manifest) -> None:
    """Copy the uploaded files that are missing on the site, or are others there."""
    for path, (name, entry) in _media(manifest).items():
        if path.is_file() and backup.sha256(path) == entry["sha256"]:
            continue
        # A proxy may read them, as it may read what Django writes.
        _make_directories(path.parent)
        unfinished = path.with_name(f".{path.name}.new")
        backup.copy(folder / name, unfinished)
        unfinished.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        unfinished.replace(path)


def _make_directories(path: Path) -> None:
    """Make the folder and those above it, readable for a proxy; `os.umask` would forbid that."""
    if not path.is_dir():
        _make_directories(path.parent)
        path.mkdir()
        path.chmod(0o755)


def remove_other_media(manifest: Manifest) -> None:
    """Remove the uploaded files that are not in the backup."""
    root, wanted = Path(settings.MEDIA_ROOT), _media(manifest)
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()
