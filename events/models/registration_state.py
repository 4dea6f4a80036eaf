"""What the site says about signing up for a talk."""

from dataclasses import dataclass


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
    "waiting_list", "Warteliste", "wait", "Auf die Warteliste", "Auf die Warteliste"
)
FULL = RegistrationState("full", "Ausgebucht", "danger")
NOT_YET = RegistrationState("not_yet", "Anmeldung noch nicht geöffnet")
CLOSED = RegistrationState("closed", "Anmeldung geschlossen")
CANCELLED = RegistrationState("cancelled", "Abgesagt", "danger")
POSTPONED = RegistrationState("postponed", "Verschoben", "wait")
PAST = RegistrationState("past", "Vorbei")
DRAFT = RegistrationState("draft", "Entwurf")
