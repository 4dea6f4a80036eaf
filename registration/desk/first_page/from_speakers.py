"""What is to do with what speakers have sent: who, how much, since when."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from events.dates import NBSP
from events.models import Talk
from registration.desk.first_page.desk import Desk
from registration.desk.first_page.to_do import ToDo, Urgency, days_until, until_talk
from registration.models import ProposedChange, SpeakerLink


def proposals(_: Desk) -> Iterator[ToDo]:
    """Say who has proposed something that no organiser has decided yet."""
    links = list(_links_with_proposals())
    senders = Counter(link.talk.pk for link in links)
    for link in links:
        talk = link.talk
        number, oldest = link.number, link.oldest  # type: ignore[attr-defined]  # annotated
        is_ahead = talk.is_upcoming and talk.status != Talk.Status.POSTPONED
        near = Urgency.within(days_until(talk.starts_at)) if is_ahead else Urgency.SOON
        since = age_text((timezone.localdate() - timezone.localdate(oldest)).days)
        yield ToDo(
            title=talk.title,
            text=f"{_who(link, senders[talk.pk])} hat {_things(number, since)}.",
            deadline=until_talk(talk),
            button="Ansehen und entscheiden",
            url=reverse("admin:speaker_proposals", args=[talk.pk]),
            urgency=min(near, Urgency.SOON),
            due_at=talk.starts_at if is_ahead else None,
        )


def _links_with_proposals() -> Iterator[SpeakerLink]:
    """Yield the links with open changes, how many these are, and when the first came."""
    links = SpeakerLink.objects.with_talks().filter(changes__in=ProposedChange.objects.open())
    counted = links.annotate(number=Count("changes"), oldest=Min("changes__proposed_at"))
    yield from counted.order_by("speaker__talk__starts_at", "pk")


def _who(link: SpeakerLink, senders: int) -> str:
    """Return the town of the talk; the name where there is none, or where two have sent."""
    town = link.talk.municipality
    return town.name if town and senders == 1 else link.speaker.name


def _things(number: int, since: str) -> str:
    if number == 1:
        return f"etwas geschickt, {since}"
    return f"{number}{NBSP}Dinge geschickt, das erste {since}"


def age_text(days: int) -> str:
    """Return `heute`, `gestern`, `vor 3 Tagen`."""
    if days <= 0:
        return "heute"
    return "gestern" if days == 1 else f"vor {days}{NBSP}Tagen"
