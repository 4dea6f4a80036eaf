"""`manage.py check_invariants`: counters and queue against the rows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registration.invariants import violations


class Command(BaseCommand):
    help = "Prüft Platzzahlen und Warteliste gegen die Anmeldungen; endet bei Abweichungen mit 1."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(violations())
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} Abweichungen gefunden.")
        self.stdout.write("Alles stimmt.")
