"""`manage.py write_privacy_paper`: docs/datenschutz.md, or the operator's own copy."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from registration.privacy.paper import paper


class Command(BaseCommand):
    help = (
        "Schreibt Verzeichnis von Verarbeitungstätigkeiten, Löschkonzept und Maßnahmen mit den "
        "Fristen dieser Website."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "datei",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "docs/datenschutz.md",
            help="Wohin; sonst docs/datenschutz.md.",
        )

    def handle(self, *args: Any, datei: Path, **options: Any) -> None:
        datei.write_text(paper())
        self.stdout.write(str(datei))
