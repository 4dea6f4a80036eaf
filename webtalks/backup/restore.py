"""Putting a backup back, so that nothing goes out twice and nobody comes back who was erased.

The database changes in one step: who is interrupted has the former one still. Files are added
before that step and removed after it, so each of the two finds its own.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from events.models import Talk
from events.models.revision import Revision
from registration.mail import reminders
from registration.models import Origin, OutgoingMail, Registration, interest
from registration.models.heartbeat import Heartbeat
from registration.privacy.erase_again import erase_again
from webtalks.backup import backup, erasure_file
from webtalks.backup.backup import MEDIA, Manifest
from webtalks.backup.disk import BackupError
from webtalks.backup.dump import dump_of
from webtalks.backup.erasure_file import Log

# A database with any of these is somebody's.
OF_SOMEBODY = ("events_talk", "registration_registration", "registration_interest", "auth_user")


@dataclass(frozen=True)
class Restored:
    """What restoring has done."""

    erased: int
    erased_until: datetime | None
    held: int
    is_other_key: bool


def find(path: Path) -> Path:
    """Return the backup at `path`, or the newest of those in it."""
    if (path / backup.MANIFEST).is_file():
        return path
    try:
        return backup.all_whole(path)[-1]
    except (OSError, IndexError):
        raise BackupError(f"In {path} liegt keine vollständige Sicherung.") from None


def check(folder: Path) -> Manifest:
    """Return the manifest of a backup that is whole and fits this code and its database."""
    manifest = Manifest.of(folder)
    for name, entry in manifest.files.items():
        try:
            is_whole = backup.sha256(folder / name) == entry["sha256"]
        except OSError:
            raise BackupError(f"Die Sicherung ist beschädigt: {name} fehlt.") from None
        if not is_whole:
            raise BackupError(f"Die Sicherung ist beschädigt: {name} hat sich verändert.")
    if manifest.database != connection.vendor:
        raise BackupError(
            f"Die Sicherung ist von {manifest.database}, diese Website benutzt "
            f"{connection.vendor}. docs/betrieb.md sagt, wie man umzieht."
        )
    known = {".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).graph.nodes}
    ours = {app for app, _, _ in (name.partition(".") for name in known)}
    newer = [name for name in manifest.migrations if name not in known]
    if newer := [name for name in newer if name.partition(".")[0] in ours]:
        raise BackupError(
            "Die Sicherung ist von einer neueren Version der Website, es fehlt: "
            f"{', '.join(newer)}. Bitte erst die Website aktualisieren."
        )
    return manifest


def refuse_use():
    """Refuse while another process uses the database: gunicorn, a worker, a command."""
    if users := dump_of(connection).users():
        raise BackupError(
            "Die Datenbank wird benutzt; bitte erst alles andere beenden. "
            f"Offene Verbindungen: {', '.join(users)}."
        )


def refuse_foreign_account():
    """Refuse to leave files that the site cannot write afterwards."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    owner = settings.DATA_DIR.stat().st_uid
    if owner != os.geteuid():
        raise BackupError(
            f"{settings.DATA_DIR} gehört einem anderen Benutzerkonto (Nummer {owner}). Bitte "
            "führen Sie den Befehl als dieses aus."
        )


def is_empty() -> bool:
    """Whether nobody would miss the present database; one that cannot be read is missed."""
    try:
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
            for table in tables.intersection(OF_SOMEBODY):
                cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608
                if cursor.fetchone():
                    return False
    except DatabaseError:
        return False
    return True


def erasures_since(folder: Path, manifest: Manifest, *, is_log_needed=True) -> Log:
    """Return everybody who was erased: from the logs beside the backups and the live database.

    The live database is no proof: on a new machine it is another one, and knows of nobody.
    """
    logs = [log for place in _log_places(folder) if (log := erasure_file.read(place))]
    if is_log_needed:
        _refuse_other_log(reduce(Log.joined, logs) if logs else None, manifest)
    return reduce(Log.joined, logs, _live_log())


def _log_places(folder: Path) -> set[Path]:
    """Return where the backup's log may lie, and where the site looks for it from now on."""
    return {folder.parent, settings.BACKUP_DIR or folder.parent}


def _refuse_other_log(log: Log | None, manifest: Manifest):
    """Refuse a log that may lack somebody who was erased after the backup."""
    name, until = erasure_file.NAME, log and log.complete_until.get(manifest.origin)
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


def _live_log() -> Log:
    """Return the log of the present database; an empty one if it is lost, too old or nobody's."""
    try:
        return Log([], {}) if is_empty() else erasure_file.of_database()[0]
    except DatabaseError:
        return Log([], {})


def restore(folder: Path, manifest: Manifest, log: Log) -> Restored:
    """Put the backup in the place of database and files."""
    origin = Origin()
    _keep_log(folder, log.joined(Log([], {str(origin): origin.begun_at})))
    add_media(folder, manifest)
    number = _revision()
    with dump_of(connection).replacing(folder / manifest.dump) as found:
        if found.counts != manifest.counts:
            raise BackupError("Die Sicherung enthält nicht, was in ihrem Manifest steht.")
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            result = Restored(
                erased=erase_again(log.entries),
                erased_until=log.complete_until.get(manifest.origin),
                held=_hold_mails(),
                is_other_key=manifest.key not in _key_prints(),
            )
            origin.save(force_insert=True)
            Session.objects.all().delete()
            Heartbeat.objects.all().delete()
            Revision.leap(beyond=number)
    remove_other_media(manifest)
    return result


def _keep_log(folder: Path, log: Log):
    """Write down first what only the database knows: in a moment it is gone."""
    for place in _log_places(folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        erasure_file.add(place, log)


def _hold_mails() -> int:
    """Hold back what may have gone out since the backup, and what is due at this moment.

    A reminder that was planned after the backup is not in it, and would be planned once more;
    so would the word to who moved up into the seat of somebody erased.
    """
    for talk in Talk.objects.upcoming():
        Registration.objects.promote_waiting(talk)
    reminders.plan_due()
    Registration.objects.close_queues()
    interest.announce_due()
    return OutgoingMail.objects.hold()


def _revision() -> int:
    try:
        return Revision.current()
    except DatabaseError:
        return 0


def _key_prints() -> set[str]:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return {backup.key_print(key) for key in keys}


def _media(manifest: Manifest) -> dict[Path, tuple[str, dict]]:
    """Return the backup's uploaded files by their place on the site."""
    root = Path(settings.MEDIA_ROOT)
    return {
        root / Path(name).relative_to(MEDIA): (name, entry)
        for name, entry in manifest.files.items()
        if name.startswith(f"{MEDIA}/")
    }


def add_media(folder: Path, manifest: Manifest):
    """Copy the files that are not there, or not the same."""
    for path, (name, entry) in _media(manifest).items():
        if path.is_file() and backup.sha256(path) == entry["sha256"]:
            continue
        # A proxy may read them, as it may read what Django writes.
        _make_directories(path.parent)
        unfinished = path.with_name(f".{path.name}.new")
        backup.copy(folder / name, unfinished)
        unfinished.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        unfinished.replace(path)


def _make_directories(path: Path):
    if not path.is_dir():
        _make_directories(path.parent)
        path.mkdir()
        path.chmod(0o755)


def remove_other_media(manifest: Manifest):
    """Remove files that the restored database does not know."""
    root, wanted = Path(settings.MEDIA_ROOT), _media(manifest)
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()
