"""`manage.py restore`: puts a backup back; docs/betrieb.md tells when and how."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.timezone import localtime

from webtalks.backup import restore
from webtalks.backup.disk import BackupError
from webtalks.backup.dump import DumpError

# docs/betrieb.md, „Wiederherstellen“, from the fourth step on.
NEXT_STEPS = """Die nächsten Schritte:
  1. manage.py check_invariants (antwortet „Alles stimmt.“)
  2. Die Website starten; /readyz muss mit 200 antworten.
  3. Zurückgehaltene Mails ansehen und freigeben: manage.py release_mails
  4. Alle melden sich in der Verwaltung neu an. Sagen Sie den Veranstaltern, bis wann die Sicherung
     reicht: Was danach geschah, ist verloren."""


class Command(BaseCommand):
    help = "Spielt eine Sicherung zurück. Website und Mailversand müssen beendet sein."
    # The database may be empty, old or broken.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "directory",
            nargs="?",
            type=Path,
            default=settings.BACKUP_DIR,
            help="Eine Sicherung, oder der Ordner der Sicherungen: dann die neueste.",
        )
        parser.add_argument(
            "--yes",
            action="store_true",
            help="Ersetzt auch eine Datenbank, in der schon etwas steht.",
        )
        parser.add_argument(
            "--without-erasures",
            action="store_true",
            help="Verzichtet auf das Löschprotokoll: Wer gelöscht wurde, ist wieder da.",
        )

        parser.add_argument(
            "--keep-period-of",
            metavar="TALK",
            default="",
            help="Der letzte Teil der Adresse eines Talks: Wen dort nur die Frist gelöscht hat, "
            "weil sein Termin falsch eingetragen war, bleibt.",
        )

    def handle(self, *args: Any, directory: Path | None, **options: Any) -> None:
        if directory is None:
            raise CommandError("Bitte nennen Sie eine Sicherung, oder setzen Sie BACKUP_DIR.")
        os.umask(0o077)
        try:
            self.put_back(directory, **options)
        except (BackupError, DumpError, DatabaseError) as error:
            raise CommandError(f"Nichts zurückgespielt: {error}") from error
        except OSError as error:
            raise CommandError(
                f"Nichts zurückgespielt: {error.strerror} ({error.filename})."
            ) from error

    def put_back(
        self, directory: Path, *, yes: bool, without_erasures: bool, keep_period_of: str, **_: Any
    ) -> None:
        folder = restore.find(directory.resolve())
        self.stdout.write(f"Sicherung: {folder}")
        restore.refuse_foreign_account()
        manifest = restore.check(folder)
        restore.refuse_if_in_use()
        if not (yes or restore.is_empty()):
            raise BackupError(
                "Die Datenbank ist nicht leer. Mit --yes wird sie ersetzt; was seit der "
                "Sicherung hinzukam, ist dann verloren."
            )
        log = restore.erasures_since(folder, manifest, is_log_needed=not without_erasures)
        restored = restore.restore(folder, manifest, log, keep_period_of=keep_period_of)
        self.report(restored)
        if keep_period_of:
            self.stdout.write(
                f"Wieder da, obwohl die Frist sie gelöscht hatte: {restored.kept}. Prüfen Sie den "
                "Termin des Talks, bevor Sie den Mailversand starten. Wird diese Sicherung oder "
                "eine spätere zurückgespielt, ist --keep-period-of wieder nötig."
            )

    def report(self, restored: restore.Restored) -> None:
        self.stdout.write(f"Zurückgespielt. Noch einmal gelöschte Personen: {restored.erased}.")
        if restored.erased_until:
            until = f"{localtime(restored.erased_until):%d.%m.%Y %H:%M}"
            self.stdout.write(f"Das Löschprotokoll der Sicherung reicht bis {until}.")
        self.stdout.write(
            f"Zurückgehaltene Mails: {restored.held}. In der Verwaltung oder mit "
            "„manage.py release_mails“ gehen sie hinaus; vielleicht sind sie es schon."
        )
        self.stdout.write(NEXT_STEPS)
        if restored.is_other_key:
            self.stdout.write(
                "SECRET_KEY ist ein anderer als bei der Sicherung: Links in verschickten Mails "
                "gelten erst wieder, wenn der frühere in SECRET_KEY_FALLBACKS steht."
            )
        if restored.lacks_certificate_key:
            self.stdout.write(
                "CERTIFICATE_KEY ist ein anderer als bei der Sicherung: Ausgedruckte "
                "Bescheinigungen gelten erst wieder als echt, wenn der frühere in "
                "CERTIFICATE_KEY_FORMER steht."
            )
