"""`manage.py write_licences`: docs/licences.md."""

from django.conf import settings
from django.core.management.base import BaseCommand

from webtalks.licences import document


class Command(BaseCommand):
    help = "Schreibt docs/licences.md: die Lizenzen der Pakete, mit denen die Website läuft."
    requires_system_checks = []

    def handle(self, *args, **options):
        (settings.BASE_DIR / "docs/licences.md").write_text(document())
