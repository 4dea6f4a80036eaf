"""`manage.py make_load_data`: invented talks and people, for `make bench`."""

import time

from django.core.management.base import BaseCommand, CommandError

from registration.load_data import NotEmpty, fill


class Command(BaseCommand):
    help = "Füllt eine leere Datenbank mit erfundenen Talks und Anmeldungen, um zu messen."

    def add_arguments(self, parser):
        parser.add_argument("--talks", type=int, default=10_000)
        parser.add_argument("--registrations", type=int, default=1_000_000)

    def handle(self, *args, talks, registrations, **options):
        begin = time.monotonic()
        try:
            fill(talks, registrations)
        except NotEmpty as error:
            raise CommandError(
                "Hier gibt es schon Anmeldungen; es wurde nichts angelegt."
            ) from error
        seconds = time.monotonic() - begin
        self.stdout.write(
            f"{talks} Talks, {registrations} Anmeldungen in {seconds:.0f} s angelegt."
        )
