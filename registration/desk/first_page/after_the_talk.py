"""What is to do once a talk is over, until its names are gone: who came, the recap, the material.

The rules take a talk and the numbers of its people, so that mails and pages can ask them alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from events.models import Talk
from registration.desk.first_page.desk import Desk
from registration.desk.first_page.to_do import (
    SOON_WITHIN,
    ToDo,
    Urgency,
    until_names_go,
)

# Days before the names go from which undone work is soon.
WARN_DAYS = SOON_WITHIN
# Days after the talk from which the mail with the material is asked for, and days before the
# names go from which that is soon, and urgent: what it links to goes with them.
RECAP_AFTER = 3
RECAP_SOON = 20
RECAP_URGENT = 10


@dataclass(frozen=True)
class Work:
    """One piece of the work after a talk."""

    # In a word, and as a sentence.
    short: str
    text: str
    button: str
    permission: str
    # Where in the talk's form it is done; "" for what has a page of its own.
    anchor: str = ""

    def url(self, desk: Desk, talk: Talk) -> str:
        """Return where it is done."""
        if self.anchor:
            return desk.form_of(talk) + self.anchor
        return reverse("admin:import_attendance", args=[talk.pk])


ATTENDANCE = Work(
    "Teilnahme",
    "Wer dabei war, ist noch nicht vermerkt.",
    "Teilnahme einlesen",
    "registration.change_registration",
)
MATERIAL = Work(
    "Material",
    "Folien oder Aufzeichnung fehlen.",
    "Material hinzufügen",
    "events.change_talk",
    "#materials-group",
)
RECAP = Work(
    "Rückblick",
    "Der Rückblick fehlt.",
    "Rückblick schreiben",
    "events.change_talk",
    "#id_recap",
)


def work_left(talk: Talk, seats: int, present: int) -> list[Work]:
    """Return what is still to do after `talk`, of which so many seats and people there are known.

    One that did not take place, or whose names are gone, needs nothing any more. Who was there is
    known by a report or a mark: that somebody has used the way in does not tell.
    """
    if not talk.is_to_follow_up:
        return []
    is_known = present or talk.presence_read_at is not None
    left = [ATTENDANCE] if seats and not is_known else []
    left += [] if talk.has_material else [MATERIAL]
    left += [] if talk.recap else [RECAP]
    return left


def follow_up(desk: Desk) -> Iterator[ToDo]:
    """Ask for the work after each talk that the organiser may do."""
    for talk in desk.talks_to_follow_up:
        for work in work_left(talk, desk.seats.get(talk.pk, 0), desk.present.get(talk.pk, 0)):
            if desk.may(work.permission):
                yield ToDo(
                    title=talk.title,
                    text=work.text,
                    deadline=until_names_go(talk),
                    button=work.button,
                    url=work.url(desk, talk),
                    urgency=Urgency.within((talk.names_go_on - desk.today).days),
                    due_at=talk.names_go_at,
                )


def recap_mails(desk: Desk) -> Iterator[ToDo]:
    """Ask for the mail with the material, once there is something to send and somebody to read it.

    What the talk still lacks is asked for by `follow_up`.
    """
    for talk in desk.talks_to_follow_up:
        days_ago = (desk.today - timezone.localdate(talk.ends_at)).days
        if days_ago >= RECAP_AFTER and recap_waits(desk, talk):
            yield ToDo(
                title=talk.title,
                text=recap_text(desk.recap_readers(talk)),
                deadline=until_names_go(talk),
                button="Unterlagen verschicken",
                url=reverse("admin:recap_mail", args=[talk.pk]),
                urgency=recap_urgency((talk.names_go_on - desk.today).days),
                due_at=talk.names_go_at,
            )


def recap_waits(desk: Desk, talk: Talk) -> bool:
    """Whether the mail with the material is unsent, and somebody would get it now."""
    return talk.recap_released_at is None and desk.recap_readers(talk) > 0


def recap_text(number: int) -> str:
    waiting = "wartet 1 Person" if number == 1 else f"warten {number} Personen"
    return f"Auf die versprochenen Unterlagen {waiting}."


def recap_urgency(days: int) -> Urgency:
    """Return how urgent it is so many days before the names go."""
    if days <= RECAP_URGENT:
        return Urgency.NOW
    return Urgency.SOON if days <= RECAP_SOON else Urgency.LATER
