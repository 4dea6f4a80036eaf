"""`manage.py backup`: copies database and uploaded files into a new folder; cron calls it."""

import errno
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from webtalks.backup import backup
from webtalks.backup.disk import BackupError
from webtalks.backup.dump import DumpError

# The errors of a full disk, a quota and a limit for files.
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Command(BaseCommand):
    help = "Sichert Datenbank und hochgeladene Dateien; die Website läuft dabei weiter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "directory",
            nargs="?",
            type=Path,
            default=settings.BACKUP_DIR,
            help="Hierin bekommt jede Sicherung einen Ordner; ohne Angabe in BACKUP_DIR.",
        )
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="Löscht danach alle Sicherungen bis auf die letzten N.",
        )

    def handle(self, *args: Any, directory: Path | None, keep: int | None, **options: Any) -> None:
        if directory is None:
            raise CommandError("Bitte nennen Sie einen Ordner, oder setzen Sie BACKUP_DIR.")
        if keep is not None and keep < 1:
            raise CommandError("--keep braucht eine Zahl ab 1.")
        os.umask(0o077)
        try:
            self.stdout.write(f"Gesichert: {backup.make(directory.resolve())}")
            if keep:
                for folder in backup.prune(directory, keep):
                    self.stdout.write(f"Gelöscht: {folder}")
        except (BackupError, DumpError) as error:
            raise CommandError(f"Keine Sicherung: {error}") from error
        except OSError as error:
            reason = "Der Platz reicht nicht" if error.errno in NO_SPACE else error.strerror
            raise CommandError(f"Keine Sicherung: {reason} ({error.filename}).") from error
