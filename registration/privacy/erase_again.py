"""Erasing again who came back with an old backup, but for whom a slip in a date has taken."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone

from events.models import Talk
from registration.models import Erasure, Interest, Offer, Registration, SpeakerLink
from registration.models.erasure import Logged

type Entry = Logged | Erasure


def erase_again(rows: Iterable[Entry], *, but: Collection[UUID] = ()) -> int:
    """Erase again what `rows` of the log name; return how many rows still named somebody.

    Sends no mail and lets nobody move up. Each person is a transaction of their own; done twice,
    or after a run that was killed, it changes nothing more. What was erased before the backup is
    written into the log again. Whose uuid is in `but` stays, and the log forgets the entry.
    """
    found = 0
    for entry in rows:
        if entry.uuid in but:
            continue
        if row := _named_by(entry):
            row.erase(entry.reason)
            found += 1
        _keep(entry)
    return found


def taken_by_period(rows: Iterable[Entry], talk: Talk) -> set[UUID]:
    """Return whom of the talk a period has taken although it was not over for them.

    That is who was last told of an end less than RETENTION_DAYS ago; where nobody knows what was
    told, the end that the talk has now counts. Who asked to be erased is not among them.
    """
    took = {row.uuid for row in rows if row.reason == Erasure.Reason.RETENTION}
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
    named = Registration.objects.in_talk(talk).named()
    known = named.alias(known_end=Coalesce("told_ends_at", "talk__ends_at"))
    still_kept = known.filter(known_end__gte=limit).values_list("uuid", flat=True)
    return took.intersection(still_kept)


def _named_by(entry: Entry) -> Registration | Interest | Offer | SpeakerLink | None:
    """Return the row of the entry if it names somebody still or again."""
    if entry.kind == Erasure.Kind.INTEREST:
        return Interest.objects.filter(uuid=entry.uuid).first()
    if entry.kind == Erasure.Kind.OFFER:
        return Offer.objects.filter(uuid=entry.uuid).first()
    if entry.kind == Erasure.Kind.SPEAKER_LINK:
        return SpeakerLink.objects.filter(uuid=entry.uuid).first()
    return Registration.objects.named().filter(uuid=entry.uuid).first()


def _keep(entry: Entry) -> None:
    """Let the log of the restored database say when it was, and not that it was today."""
    known = {"kind": entry.kind, "erased_at": entry.erased_at}
    Erasure.objects.update_or_create(
        uuid=entry.uuid, defaults=known, create_defaults=known | {"reason": entry.reason}
    )
