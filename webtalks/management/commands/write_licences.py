"""`manage.py write_licences`: docs/licences.md."""

from django.core.management.base import BaseCommand

from webtalks.licences import DOCUMENT, document


class Command(BaseCommand):
    help = "Schreibt docs/licences.md: die Lizenzen der Pakete, mit denen die Website läuft."
    requires_system_checks = []

    def handle(self, *args, **options):
        DOCUMENT.write_text(document())
