"""`manage.py check_content`: what organisers still have to enter."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.models import Series, Talk


class Command(BaseCommand):
    help = (
        "Zeigt, was auf den rechtlichen Seiten und an veröffentlichten Talks fehlt. "
        "Endet mit 1, wenn etwas fehlt, das da sein muss."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        gaps = Series.load().gaps
        missing = [str(gap) for gap in gaps if gap.is_needed]
        missing += [
            f"Alternativtext des Bildes: {talk.title}"
            for talk in Talk.objects.published().exclude(image="").filter(image_alt="")
        ]
        for line in missing:
            self.stdout.write(f"Fehlt: {line}")
        for gap in gaps:
            if not gap.is_needed:
                self.stdout.write(f"Bitte prüfen: {gap}")
        if missing:
            raise CommandError(f"{len(missing)} Angaben fehlen.", returncode=1)
        self.stdout.write("Alle nötigen Angaben sind da.")
