"""What organisers do with registrations, in the list and on a person's page: words and deeds."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from registration.desk.ask_first import Step
from registration.models import Registration
from registration.privacy import history

Rows = Sequence[Registration]

ERASED = "ist gelöscht"
HAS_BEGUN = "der Talk hat begonnen"
TOO_LATE = "der Talk ist inzwischen voll, hat begonnen oder findet nicht statt"


@dataclass(frozen=True)
class Verb:
    """One thing that can be done with a registration."""

    # The words of the page that asks before.
    step: Step
    # On the button beside a registration.
    label: str
    said: str
    # What the history notes of each row.
    noted: str
    # Returns whom it has changed.
    act: Callable[[Rows], list[Registration]]
    # Says why it would change nothing of this row; "" if it would.
    why_not: Callable[[Registration], str]
    # Whether it takes something away, or passes others by: then it asks first.
    asks: bool = True

    def carry_out(self, request: HttpRequest, rows: Rows) -> None:
        """Do it with those of `rows` where it can be done; say of how many, and why not of all."""
        reasons = {row.pk: ERASED if row.anonymised_at else self.why_not(row) for row in rows}
        done = self.act([row for row in rows if not reasons[row.pk]])
        history.write(request, done, self.noted)
        messages.info(request, f"{self.said}: {len(done)} von {len(rows)}.")
        changed = {row.pk for row in done}
        left = Counter(reasons[row.pk] or TOO_LATE for row in rows if row.pk not in changed)
        for reason, number in left.items():
            people = "1 Person" if number == 1 else f"{number} Personen"
            messages.warning(request, f"Unverändert: {people}. Grund: {reason}.")


def why_not_cancel(row: Registration) -> str:
    if not row.is_live:
        return "ist schon abgemeldet"
    return "" if row.is_cancellable else HAS_BEGUN


def why_not_promote(row: Registration) -> str:
    if row.is_confirmed:
        return "hat schon einen Platz"
    if not row.is_waiting:
        return "wartet nicht auf einen Platz"
    if row.talk.has_begun:
        return HAS_BEGUN
    return "" if row.talk.is_taking_place else "der Talk findet nicht statt"


def why_not_confirm(row: Registration) -> str:
    if row.is_waiting:
        return "hat bestätigt und wartet; einen Platz gibt „Nachrücken lassen“"
    if row.is_confirmed:
        return "ist schon angemeldet"
    if not row.is_live:
        return "ist abgemeldet"
    return "" if row.may_confirm else "die Frist zum Bestätigen ist vorbei"


def why_not_present(row: Registration) -> str:
    if row.marked_present:
        return "ist schon als dabei vermerkt"
    if row.attended:
        return "war nach dem Bericht dabei"
    if not row.is_confirmed:
        return "hat keinen Platz"
    return "" if timezone.now() >= row.talk.way_in_opens_at else "der Talk steht noch bevor"


def why_no_mark(row: Registration) -> str:
    return "" if row.marked_present else "ist nicht vermerkt"


def cancel(rows: Rows) -> list[Registration]:
    return [row for row in rows if row.cancel(Registration.Reason.ORGANISER)]


def promote(rows: Rows) -> list[Registration]:
    """Let them move up; the longest in the queue come first, whatever the list is sorted by."""
    in_order = sorted(rows, key=lambda row: (row.created_at, row.pk))
    return [row for row in in_order if row.promote()]


def confirm(rows: Rows) -> list[Registration]:
    return [row for row in rows if row.confirm()]


def mark_present(rows: Rows) -> list[Registration]:
    return Registration.objects.filter(pk__in=[row.pk for row in rows]).mark_present()


def take_back_marks(rows: Rows) -> list[Registration]:
    return Registration.objects.filter(pk__in=[row.pk for row in rows]).take_back_marks()


CANCEL = Verb(
    Step(
        "cancel_selected",
        "Abmelden?",
        "Wer hier steht, verliert den Platz und bekommt eine Mail darüber. Wer auf der Warteliste "
        "vorn steht, rückt sofort nach und bekommt ebenfalls eine. Zurücknehmen lässt es sich "
        "nicht.",
        "Abmelden, mit Mail",
    ),
    label="Abmelden …",
    said="Abgemeldet",
    noted="Abgemeldet, mit Mail.",
    act=cancel,
    why_not=why_not_cancel,
)
PROMOTE = Verb(
    Step(
        "promote_selected",
        "Nachrücken lassen?",
        "Diese Personen bekommen einen Platz und eine Mail darüber, auch wenn keiner frei ist und "
        "andere länger warten. Zurücknehmen lässt es sich nicht.",
        "Nachrücken lassen, mit Mail",
    ),
    label="Nachrücken lassen …",
    said="Nachgerückt",
    noted="Von der Warteliste nachgerückt, mit Mail.",
    act=promote,
    why_not=why_not_promote,
)
CONFIRM = Verb(
    Step(
        "confirm_selected",
        "Bestätigen?",
        "Diese Personen sind angemeldet, ohne dass sie auf den Link in der Mail klicken, und "
        "bekommen eine Mail darüber.",
        "Bestätigen, mit Mail",
    ),
    label="Bestätigen, mit Mail",
    said="Bestätigt",
    noted="Bestätigt, mit Mail.",
    act=confirm,
    why_not=why_not_confirm,
    asks=False,
)
PRESENT = Verb(
    Step(
        "mark_present_selected",
        "Als dabei vermerken?",
        "Diese Personen waren dabei. Der Vermerk lässt sich zurücknehmen.",
        "Als dabei vermerken",
    ),
    label="Als dabei vermerken",
    said="Als dabei vermerkt",
    noted="Als dabei vermerkt.",
    act=mark_present,
    why_not=why_not_present,
    asks=False,
)
TAKE_BACK_MARK = Verb(
    Step(
        "take_back_mark_selected",
        "Vermerk löschen?",
        "Bei diesen Personen steht danach nicht mehr Ihr Vermerk, dass sie dabei waren. Minuten "
        "aus einem Bericht bleiben. Sind die Namen erst gelöscht, lässt sich nichts mehr "
        "vermerken.",
        "Vermerk löschen",
    ),
    label="Vermerk löschen …",
    said="Vermerk gelöscht",
    noted="Vermerk gelöscht, dabei gewesen zu sein.",
    act=take_back_marks,
    why_not=why_no_mark,
)
# By the word that stands in the address of their page.
VERBS = {
    "abmelden": CANCEL,
    "nachruecken": PROMOTE,
    "bestaetigen": CONFIRM,
    "dabei": PRESENT,
    "vermerk-loeschen": TAKE_BACK_MARK,
}


def offered(row: Registration) -> dict[str, Verb]:
    """Return what can be done with the row now, by the words of the addresses."""
    if row.anonymised_at:
        return {}
    return {word: verb for word, verb in VERBS.items() if not verb.why_not(row)}
