"""What the site says about signing up for a talk: the words, the rule, and the colour (tone)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from events.models.talk import Talk


@dataclass(frozen=True)
class RegistrationState:
    """One answer to "Can I sign up?"; without an `action` the talk cannot be booked."""

    code: str
    label: str
    tone: str = "muted"
    action: str = ""
    short_action: str = ""

    @property
    def is_bookable(self) -> bool:
        return bool(self.action)


OPEN = RegistrationState("open", "Anmeldung offen", "ok", "Kostenfrei anmelden", "Anmelden")
FEW = RegistrationState("few", "Nur noch wenige Plätze", "wait", OPEN.action, OPEN.short_action)
WAITING_LIST = RegistrationState(
    "waiting_list", "Ausgebucht – Warteliste", "wait", "Auf die Warteliste", "Auf die Warteliste"
)
FULL = RegistrationState("full", "Ausgebucht", "danger")
NOT_YET = RegistrationState("not_yet", "Anmeldung noch nicht geöffnet")
CLOSED = RegistrationState("closed", "Anmeldung geschlossen")
CANCELLED = RegistrationState("cancelled", "Abgesagt", "danger")
POSTPONED = RegistrationState("postponed", "Verschoben", "wait")
PAST = RegistrationState("past", "Vorbei")
DRAFT = RegistrationState("draft", "Entwurf")
# The state of a talk that does not take place, by its status.
OF_STATUS = {"draft": DRAFT, "cancelled": CANCELLED, "postponed": POSTPONED}


def state_of(talk: "Talk") -> RegistrationState:
    """Return the one answer to "Can I sign up?" that every page, list and form gives."""
    now = timezone.now()
    if not talk.is_taking_place:
        return OF_STATUS[talk.status]
    if talk.is_past:
        return PAST
    if not talk.is_published:
        return NOT_YET
    if talk.registration_opens_at and talk.registration_opens_at > now:
        return replace(NOT_YET, label=f"Anmeldung ab {talk.opens_text}")
    if (talk.registration_closes_at or talk.starts_at) <= now or talk.starts_at <= now:
        return CLOSED
    if not talk.has_free_seat:
        return WAITING_LIST if talk.waiting_list and talk.queue_runs else FULL
    if talk.has_few_seats:
        return FEW
    return OPEN
