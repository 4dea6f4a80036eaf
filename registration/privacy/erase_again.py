"""Erasing again who came back with an old backup."""

from collections.abc import Iterable

from registration.models import Erasure, Interest, Registration
from registration.models.erasure import Logged


def erase_again(rows: Iterable[Logged | Erasure]) -> int:
    """Erase again what `rows` of the log name; return how many rows still named somebody.

    Sends no mail and lets nobody move up. Each person is a transaction of their own; done twice,
    or after a run that was killed, it changes nothing more. What was erased before the backup is
    written into the log again.
    """
    found = 0
    for entry in rows:
        if row := _named_by(entry):
            row.erase(getattr(entry, "reason", ""))
            found += 1
        _keep(entry)
    return found


def _named_by(entry: Logged | Erasure) -> Registration | Interest | None:
    """Return the row of the entry if it names somebody still or again."""
    if entry.kind == Erasure.Kind.INTEREST:
        return Interest.objects.filter(uuid=entry.uuid).first()
    return Registration.objects.named().filter(uuid=entry.uuid).first()


def _keep(entry: Logged | Erasure) -> None:
    """Let the log of the restored database say when it was, and not that it was today."""
    known = {"kind": entry.kind, "erased_at": entry.erased_at}
    Erasure.objects.update_or_create(
        uuid=entry.uuid,
        defaults=known,
        create_defaults=known | {"reason": getattr(entry, "reason", "")},
    )
