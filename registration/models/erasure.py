"""The erasure log (Löschprotokoll): what was erased and when, without a word of whom.

Whoever restores an old backup brings back people who were erased after it was made. The log lies
beside the backups (webtalks/backup/erasure_file.py), and registration/privacy/erase_again.py
erases them again. A row that was handed over has a new uuid since: the former person is erased
again, the present one never.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone

from events.method_marks import alters_data, for_managers_too

if TYPE_CHECKING:
    from registration.models.interest import Interest
    from registration.models.offer import Offer
    from registration.models.registration import Registration
    from registration.models.speakers.speaker_link import SpeakerLink


class ErasureQuerySet(models.QuerySet["Erasure", "Erasure"]):
    """The entries of the log."""

    @alters_data
    @for_managers_too
    def note(self, row: "Registration | Interest | Offer | SpeakerLink", reason: str) -> None:
        """Write down that the person of `row` is erased, in the transaction that does it."""
        entry = Erasure(uuid=row.uuid, kind=Erasure.KINDS[row._meta.label], reason=reason)
        Erasure.objects.bulk_create([entry], ignore_conflicts=True)  # once is enough

    def outdated(self) -> Self:
        """Keep what is older than every backup."""
        limit = timezone.now() - timedelta(days=settings.ERASURE_LOG_DAYS)
        return self.filter(erased_at__lt=limit)


class Erasure(models.Model):
    """One row that no longer names anybody. No foreign key: it outlives the row."""

    class Kind(models.TextChoices):
        REGISTRATION = "registration", "Anmeldung"
        INTEREST = "interest", "Eintrag für neue Termine"
        OFFER = "offer", "Angebot zu berichten"
        SPEAKER_LINK = "speaker_link", "Link zum Vortragen"

    class Reason(models.TextChoices):
        RETENTION = "retention", "Frist abgelaufen"
        PERSON = "person", "von der Person selbst"
        ORGANISER = "organiser", "durch die Veranstalter"
        HANDED_OVER = "handed_over", "Platz weitergegeben"
        EXPIRED = "expired", "nicht rechtzeitig bestätigt"
        MOVED = "moved", "Adresse geändert"

    KINDS = {
        "registration.Registration": Kind.REGISTRATION,
        "registration.Interest": Kind.INTEREST,
        "registration.Offer": Kind.OFFER,
        "registration.SpeakerLink": Kind.SPEAKER_LINK,
    }

    uuid = models.UUIDField("Kennung", unique=True)
    kind = models.CharField("Art", max_length=12, choices=Kind)
    erased_at = models.DateTimeField("Gelöscht am", default=timezone.now)
    reason = models.CharField("Grund", max_length=12, choices=Reason, blank=True)

    objects = models.Manager.from_queryset(ErasureQuerySet)()

    class Meta:
        verbose_name = "Eintrag im Löschprotokoll"
        verbose_name_plural = "Einträge im Löschprotokoll"
        ordering = ["-erased_at", "-pk"]
        indexes = [models.Index(fields=["-erased_at", "-id"], name="erasure_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uuid}"


class Origin(models.Model):
    """One life of the site: it begins with its first log, and anew whenever a backup is put back.

    What is erased in one life the log of another does not know: a site that was restored to try it
    out goes on as well as the first one. The last row is the present life.
    """

    uuid = models.UUIDField("Kennung", default=uuid4, unique=True)
    begun_at = models.DateTimeField("Begonnen am", default=timezone.now)

    class Meta:
        verbose_name = "Herkunft des Löschprotokolls"
        verbose_name_plural = "Herkunft des Löschprotokolls"

    def __str__(self) -> str:
        return str(self.uuid)

    @classmethod
    def all_known(cls) -> list[str]:
        """Return all of this database, the present one last; begins the first where none is."""
        rows = list(cls.objects.order_by("pk")) or [cls.objects.create()]
        return [str(row) for row in rows]


class Logged(NamedTuple):
    """An entry of the log as it stands in a file."""

    uuid: UUID
    kind: str
    erased_at: datetime
    # "" in logs that are older than this column of the file: as if somebody had asked for it.
    reason: str = ""


def lines() -> Iterator[str]:
    """Yield the whole log, the oldest entry first, each as one line of JSON."""
    for entry in Erasure.objects.order_by("erased_at", "pk").iterator():
        yield line(entry)


def line(entry: Logged | Erasure) -> str:
    return json.dumps(
        {
            "uuid": str(entry.uuid),
            "kind": entry.kind,
            "erased_at": entry.erased_at.isoformat(),
            "reason": entry.reason,
        }
    )


def read(lines: Iterable[str], start: int = 1) -> Iterator[Logged]:
    """Yield the entries of a file that `lines` has written; `start` numbers the first one.

    Raises ValueError for a line that is none: half a log must not pass for the whole.
    """
    for number, line in enumerate(lines, start):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            erased_at = datetime.fromisoformat(entry["erased_at"])
            reason = Erasure.Reason(entry["reason"]).value if entry.get("reason") else ""
            kind = Erasure.Kind(entry["kind"]).value
            logged = Logged(UUID(entry["uuid"]), kind, erased_at, reason)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"Zeile {number} ist kein Eintrag des Löschprotokolls.") from error
        yield logged


def delete_old_entries() -> int:
    """Delete what is older than ERASURE_LOG_DAYS; return how many entries."""
    return Erasure.objects.outdated().delete()[0]
