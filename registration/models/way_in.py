"""When and for whom the way into a talk is open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from registration.models.registration import Registration


@dataclass(frozen=True)
class WayIn:
    """One answer to "May I go in?"; only `is_open` leads to the meeting."""

    code: str
    heading: str

    @property
    def is_open(self) -> bool:
        return self == OPEN


OPEN = WayIn("open", "Der Raum ist offen.")
EARLY = WayIn("early", "Der Raum ist noch geschlossen.")
NO_LINK = WayIn("no_link", "Der Zugang wird gerade eingerichtet.")
OVER = WayIn("over", "Dieser Talk ist zu Ende.")
TALK_CANCELLED = WayIn("talk_cancelled", "Dieser Talk ist abgesagt.")
POSTPONED = WayIn("postponed", "Dieser Talk ist verschoben.")
PENDING = WayIn("pending", "Ihre Anmeldung ist noch nicht bestätigt.")
WAITING = WayIn("waiting", "Sie stehen noch auf der Warteliste.")
CANCELLED = WayIn("cancelled", "Sie sind für diesen Talk nicht mehr angemeldet.")


def way_in(registration: "Registration") -> WayIn:
    """Return what the holder of this registration finds behind the link now."""
    talk = registration.talk
    if not registration.is_live:
        return OVER if talk.is_past else CANCELLED
    if not talk.is_taking_place:
        return POSTPONED if talk.status == talk.Status.POSTPONED else TALK_CANCELLED
    if talk.is_past:
        return OVER
    if not registration.is_confirmed:
        return PENDING if registration.is_pending else WAITING
    if timezone.now() < talk.way_in_opens_at:
        return EARLY
    return OPEN if talk.meeting_url else NO_LINK
