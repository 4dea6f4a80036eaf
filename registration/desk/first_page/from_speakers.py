"""What is to do with what speakers have sent: who, how much, since when."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from events.dates import NBSP
from events.models import Talk
from registration.desk.first_page.desk import Desk
from registration.desk.first_page.to_do import ToDo, Urgency, days_until, until_talk
from registration.models.speakers.proposed_change import PART_OF, Field, Part


def proposals(desk: Desk) -> Iterator[ToDo]:
    """Say who has proposed something that no organiser has decided yet."""
    for talk in desk.talks:
        if not (number := desk.proposals.get(talk.pk)):
            continue
        is_ahead = talk.is_upcoming and talk.status != Talk.Status.POSTPONED
        near = Urgency.within(days_until(talk.starts_at)) if is_ahead else Urgency.SOON
        yield ToDo(
            title=talk.title,
            text=f"{_who(talk, desk.senders[talk.pk])} {_things(talk, number)}.",
            deadline=until_talk(talk),
            button="Ansehen und entscheiden",
            url=reverse("admin:speaker_proposals", args=[talk.pk]),
            urgency=min(near, Urgency.SOON),
            due_at=talk.starts_at if is_ahead else None,
        )


def _who(talk: Talk, senders: int) -> str:
    """Return `Herzberg hat`; of a talk without a town, who has."""
    if talk.municipality:
        return f"{talk.municipality.name} hat"
    if senders > 1:
        return f"{senders}{NBSP}Personen haben"
    return f"{talk.proposed_by} hat"  # type: ignore[attr-defined]  # `with_first_proposal` notes it


def _things(talk: Talk, number: int) -> str:
    """Return `gestern geschickt: Bild`, or `geschickt: Bild, Folien. Das erste kam gestern`."""
    since = age_text(talk.proposed_at)  # type: ignore[attr-defined]  # the same
    fields = talk.proposed_fields.split("\n")  # type: ignore[attr-defined]  # the same
    waiting = {PART_OF[Field(field)] for field in fields}
    parts = ", ".join(part.name_for_organisers for part in Part if part in waiting)
    return (
        f"{since} geschickt: {parts}"
        if number == 1
        else f"geschickt: {parts}. Das erste kam {since}"
    )


def age_text(moment: datetime) -> str:
    """Return `heute`, `gestern`, `vor 3 Tagen`, counted by the calendar."""
    days = -days_until(moment)
    if days <= 0:
        return "heute"
    return "gestern" if days == 1 else f"vor {days}{NBSP}Tagen"
