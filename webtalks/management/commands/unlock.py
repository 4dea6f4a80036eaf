"""`manage.py unlock`: lifts the locks that wrong passwords have caused."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webtalks.login import lockout


class Command(BaseCommand):
    help = "Hebt die Sperren nach falschen Passwörtern auf: alle, oder die eines Benutzernamens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="Ohne Namen: alle, auch ganze Anschlüsse.")

    def handle(self, *args: Any, name: str | None, **options: Any) -> None:
        number = lockout.unlock(None if name is None else [name])
        if not number:
            self.stdout.write("Es gab keine falschen Passwörter, die eine Sperre sein könnten.")
            return
        self.stdout.write(f"Aufgehoben; betroffene Benutzernamen: {number}.")
