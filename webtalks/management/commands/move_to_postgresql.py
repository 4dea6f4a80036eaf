"""`manage.py move_to_postgresql URL`: moves a site from SQLite to an empty PostgreSQL."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from webtalks.backup import sqlite_to_postgresql

# The alias of the new database.
TARGET = "target"
# What the operator does next.
NEXT = """
Alles ist in PostgreSQL angekommen, jede Zeile verglichen. So geht es weiter:
  1. DATABASE_URL auf die neue Datenbank setzen, für die Website und für den Mailversand.
  2. „manage.py check_invariants“ ausführen, dann beide starten. Die Dateien bleiben in DATA_DIR.
  3. Die alte Datei {file} nicht wieder in Betrieb nehmen: Ihre Mails gingen
     noch einmal hinaus. Löschen Sie sie nach der ersten Sicherung der neuen Datenbank."""


class Command(BaseCommand):
    help = "Kopiert eine Website von SQLite in ein leeres PostgreSQL und vergleicht alles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="postgres://name:passwort@rechner/datenbank")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        defaults = connections.databases["default"]
        try:
            connections.databases[TARGET] = {**defaults, "OPTIONS": {}, **parsed(url)}
            sums = sqlite_to_postgresql.move("default", TARGET)
        except ImproperlyConfigured as error:
            raise CommandError("Die Adresse nennt keine Datenbank.") from error
        except sqlite_to_postgresql.MoveError as error:
            raise CommandError(f"Nichts kopiert: {error}") from error
        for table, (rows, digest) in sums.items():
            self.stdout.write(f"{rows:>9}  {digest[:12]}  {table}")
        self.stdout.write(NEXT.format(file=defaults["NAME"]))


def parsed(url: str) -> dj_database_url.DBConfig:
    """Return the settings of the database; raises CommandError for what is no address."""
    try:
        return dj_database_url.parse(url)
    except ValueError as error:
        raise CommandError("Die Adresse der Datenbank ist nicht zu lesen.") from error
