"""`manage.py load_talks`: the real talks of the series."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from events.management.illustrations import OF_TALKS
from events.models import Municipality, Series, Speaker, Talk, Topic

SOURCE = Path(__file__).resolve().parents[2] / "data" / "talks.json"
SERIES_URL = "https://www.vhw.de/termine/kleinstadt-web-talks"
# With --demo: into how many weeks the two newest talks are moved.
DEMO_WEEKS = (3, 7)


class Command(BaseCommand):
    help = (
        "Lädt die echten Talks aus events/data/talks.json. Legt an, was fehlt, "
        "und überschreibt nichts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo",
            action="store_true",
            help="Verlegt die zwei neuesten Talks in die Zukunft, solange keiner bevorsteht, "
            "und gibt zweien eine Zeichnung.",
        )

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        with transaction.atomic():
            is_demo = self.load(demo)
        if is_demo:
            illustrate()

    def load(self, demo: bool) -> bool:
        """Create what is missing; return whether talks were moved for trying the site out."""
        data = json.loads(SOURCE.read_text(encoding="utf-8"))
        if not Series.objects.exists():
            load_series(data["series"])
        created = 0
        for entry in data["talks"]:
            if is_missing(entry):
                load_talk(entry)
                created += 1
        self.stdout.write(f"{created} Talks angelegt, {len(data['talks'])} in der Datei.")
        if not demo or Talk.objects.taking_place().upcoming().exists():
            return False
        for talk, day in move_ahead():
            self.stdout.write(
                f"Zum Ausprobieren verlegt: „{talk.title}“ vom {day:%d.%m.%Y} "
                f"auf {talk.date_text}."
            )
        return True


def load_series(facts: dict[str, Any]) -> None:
    Series.objects.create(
        name=facts["name"],
        claim=facts["claim"],
        organisers="\n".join(facts["organisers"]),
        series_url=SERIES_URL,
    )


def source_key(entry: dict[str, Any]) -> str:
    """Return what a talk of the file is known by, even if its title or date is changed later."""
    return f"{entry['date']}-{entry['municipality']['name']}"


def is_missing(entry: dict[str, Any]) -> bool:
    return not Talk.objects.filter(source_key=source_key(entry)).exists()


def load_talk(entry: dict[str, Any]) -> None:
    picture = entry.get("image", {})
    talk = Talk.objects.create(
        source_key=source_key(entry),
        title=entry["title"],
        subtitle=entry["subtitle"],
        starts_at=local_moment(entry["date"], entry["start"]),
        ends_at=local_moment(entry["date"], entry["end"]),
        announcement=entry["summary"],
        municipality=Municipality.objects.get_or_create(**entry["municipality"])[0],
        image_caption=picture.get("caption", ""),
        image_credit=picture.get("credit", ""),
        status=Talk.Status.PUBLISHED,
    )
    talk.topics.set(Topic.objects.get_or_create(name=name)[0] for name in entry["topics"])
    for position, speaker in enumerate(entry["speakers"]):
        Speaker.objects.create(
            talk=talk,
            position=position,
            name=speaker["name"],
            role=speaker["role"],
            form=speaker["gender_form"],
        )


def local_moment(day: str, clock: str) -> datetime:
    """Return the moment at which clocks in Germany show `day` and `clock`."""
    return timezone.make_aware(datetime.fromisoformat(f"{day}T{clock}"))


def move_ahead() -> Iterator[tuple[Talk, datetime]]:
    """Move the two newest loaded talks ahead; yield each with its true beginning.

    Weekday and time of day stay the same.
    """
    newest = Talk.objects.exclude(source_key=None).past()[: len(DEMO_WEEKS)]
    for talk, weeks in zip(reversed(newest), DEMO_WEEKS, strict=False):
        start, end = talk.local_starts_at, talk.local_ends_at
        day = same_weekday(start.date(), timezone.localdate() + timedelta(weeks=weeks))
        talk.starts_at = timezone.make_aware(datetime.combine(day, start.time()))
        talk.ends_at = talk.starts_at + (end - start)
        talk.demo_starts_at = talk.starts_at
        talk.save()
        yield talk, start


def illustrate() -> None:
    """Give two talks a drawing, unless they have a picture; holds no transaction meanwhile."""
    for talk in Talk.objects.filter(source_key__in=OF_TALKS, image=""):
        OF_TALKS[talk.source_key].give_to(talk)


def same_weekday(model: date, near: date) -> date:
    """Return the day nearest to `near` that is the same weekday as `model`."""
    offset = (model.weekday() - near.weekday() + 3) % 7 - 3
    return near + timedelta(days=offset)
