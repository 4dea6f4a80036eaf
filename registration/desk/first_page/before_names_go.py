"""Talks whose people are about to become nameless, and what cannot be made up for afterwards."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from events.dates import in_days_text
from events.models import Talk
from registration.models import Registration

# Days before the names go from which the first page says so.
WARN_DAYS = 7


@dataclass(frozen=True)
class LastChance:
    """A talk, and what is missing although it needs the names, or the people's addresses."""

    talk: Talk
    missing: list[str]

    @property
    def text(self) -> str:
        """Return `In 5 Tagen werden die Namen gelöscht. Es fehlt: Teilnahme, Material`."""
        last_day = timezone.localdate(self.talk.ends_at) + timedelta(settings.RETENTION_DAYS)
        when = in_days_text((last_day - timezone.localdate()).days)
        return (
            f"{when[0].upper()}{when[1:]} werden die Namen gelöscht. "
            f"Es fehlt: {', '.join(self.missing)}"
        )


def last_chances() -> list[LastChance]:
    """Return the talks whose names go within WARN_DAYS and that lack something."""
    over_since = timezone.now() - timedelta(settings.RETENTION_DAYS)
    about_to_go = (
        Talk.objects.published()
        .taking_place()
        .filter(ends_at__gt=over_since, ends_at__lte=over_since + timedelta(WARN_DAYS))
        .order_by("ends_at", "pk")
    )
    people = Registration.objects.confirmed().named().filter(talk__in=about_to_go.values("pk"))
    attended = dict(people.order_by().values_list("talk").annotate(Count("joined_at")))
    if not attended:
        return []
    talks = [talk for talk in about_to_go.prefetch_related("materials") if talk.pk in attended]
    chances = [LastChance(talk, _missing(talk, attended[talk.pk])) for talk in talks]
    return [chance for chance in chances if chance.missing]


def _missing(talk: Talk, attended: int) -> list[str]:
    missing = []
    if not attended:
        missing.append("wer dabei war")
    if not talk.materials.all():
        missing.append("Material")
    return missing
