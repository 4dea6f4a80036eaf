"""The revision of the content: one number that rises with every change a reader could see.

Rendered pages may be kept under it (docs/architecture.md): it rises in the transaction of the
change itself, so whoever reads the number afterwards, on any host, knows the kept page is old.
"""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar

from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models import F

from events.method_marks import alters_data, for_querysets_only
from events.models import search

# Seconds for which a process believes the number that it has read.
LOOK_EVERY = 1


class Revision(models.Model):
    """The one row that holds the number."""

    number = models.PositiveBigIntegerField("Nummer", default=0)

    class Meta:
        verbose_name = "Inhaltsstand"
        verbose_name_plural = "Inhaltsstände"

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        """Return the number as the database has it at this moment."""
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0

    @classmethod
    def bump(cls) -> None:
        """Raise the number. Call it inside the transaction of the change."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            Revision.objects.bulk_create([Revision(pk=1, number=1)], ignore_conflicts=True)
        transaction.on_commit(known_revision.look_again)

    @classmethod
    def leap(cls, *, beyond: int) -> None:
        """Raise the number beyond all that this site ever had, also those that were lost.

        Processes may have kept pages under them. The clock's microseconds are higher, unless
        more than a million changes are made in a second; `beyond` is the last one known.
        """
        cls.bump()
        number = max(time.time_ns() // 1000, beyond + 1)
        cls.objects.filter(pk=1, number__lt=number).update(number=number)


@dataclass(frozen=True)
class Look:
    """One look at the database: what it found, and when."""

    number: int | None
    """None: the database did not answer."""
    at: float
    """Seconds of the clock that nobody sets (`time.monotonic`)."""
    changes: int
    """How many changes this process had committed before it looked."""


class KnownRevision:
    """The revision as this process knows it, for pages that are not to cost a query.

    It is at most LOOK_EVERY old while the database answers, and a change that the process has
    committed itself is known at once. Threads share what one of them has read.
    """

    def __init__(self) -> None:
        self._looking = Lock()
        self._counting = Lock()
        self._changes = 0
        self.discard()

    def discard(self) -> None:
        """Know nothing, as a process that has just begun."""
        self._look = Look(None, -math.inf, self._changes)
        self._answered_at = -math.inf

    def look_again(self) -> None:
        """Believe what was read no longer: this process has committed a change."""
        with self._counting:
            self._changes += 1

    def number(self) -> int:
        """Return the revision; raises OperationalError while the database is away.

        A transaction is told its own number. It may yet be taken back, so nobody else learns it.
        """
        if connection.in_atomic_block:
            return Revision.current()
        if self._is_due() and self._looking.acquire(blocking=self._must_wait()):
            try:
                if self._is_due():
                    self._read()
            finally:
                self._looking.release()
        number = self._look.number
        if number is None:
            raise OperationalError("The database did not answer a moment ago")
        return number

    def known(self) -> int | None:
        """Return the revision if no look at the database is due; None: it is, or failed."""
        # In this order: a number that was read first could be older than the look.
        return None if self._is_due() else self._look.number

    def seconds_away(self) -> float:
        """Return for how long the database has not answered; infinite if it never has."""
        return time.monotonic() - self._answered_at

    def _is_due(self) -> bool:
        is_old = time.monotonic() - self._look.at >= LOOK_EVERY
        return is_old or self._look.changes != self._changes

    def _must_wait(self) -> bool:
        """Whether a thread waits while another one looks, instead of using the last number."""
        has_never_looked = self._look.at == -math.inf
        return has_never_looked or self._look.changes != self._changes

    def _read(self) -> None:
        # Counted before: a change that is committed meanwhile makes the process look once more.
        changes = self._changes
        try:
            number = Revision.current()
        except (OperationalError, InterfaceError):
            self._look = Look(None, time.monotonic(), changes)
            raise
        self._answered_at = time.monotonic()
        self._look = Look(number, self._answered_at, changes)


known_revision = KnownRevision()


class RevisionedQuerySet[Row: "RevisionedModel"](models.QuerySet[Row]):
    """Raises the revision with every write that goes round `Model.save`."""

    @alters_data
    @transaction.atomic
    def update(self, **kwargs: Any) -> int:
        is_searched = not self.model.SEARCHED.isdisjoint(kwargs)
        with search.following(self, is_searched=is_searched):
            number = super().update(**kwargs)
        Revision.bump()
        return number

    @alters_data
    @for_querysets_only
    @alters_data
    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        with search.following(self):
            result = super().delete()
        Revision.bump()
        return result

    @alters_data
    @transaction.atomic
    def bulk_create(self, objs: Iterable[Row], *args: Any, **kwargs: Any) -> list[Row]:
        rows = super().bulk_create(list(objs), *args, **kwargs)
        search.rewrite({talk for row in rows if (talk := row.talk_of_new_row())})
        Revision.bump()
        return rows

    @alters_data
    @transaction.atomic
    def bulk_update(
        self, objs: Iterable[Row], fields: Iterable[str], *args: Any, **kwargs: Any
    ) -> int:
        # Django writes through `update`, which follows the search texts.
        number = super().bulk_update(objs, fields, *args, **kwargs)
        Revision.bump()
        return number


RevisionedManager = models.Manager.from_queryset(RevisionedQuerySet)


class RevisionedModel(models.Model):
    """Base of every model that a reader's page is made of."""

    # The columns that a talk's search text holds.
    SEARCHED: ClassVar[frozenset[str]] = frozenset()
    # The look-up that leads from a row to its talks.
    TO_TALK: ClassVar[str] = "talk"

    objects = RevisionedManager()

    class Meta:
        abstract = True
        # Django writes through this one for `town.talks.add(talk)` and the like.
        base_manager_name = "objects"

    @alters_data
    @transaction.atomic
    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        update_fields = update_fields if update_fields is None else frozenset(update_fields)
        is_searched = update_fields is None or not self.SEARCHED.isdisjoint(update_fields)
        if self._state.adding:
            super().save(update_fields=update_fields, **kwargs)
            if talk := self.talk_of_new_row():
                search.rewrite({talk})
        else:
            with search.following(self._row, is_searched=is_searched):
                super().save(update_fields=update_fields, **kwargs)
        Revision.bump()

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with search.following(self._row):
            result = super().delete(*args, **kwargs)
        Revision.bump()
        return result

    @property
    def _row(self) -> models.QuerySet[Any]:
        return type(self)._base_manager.filter(pk=self.pk)

    def talk_of_new_row(self) -> int | None:
        """Return the key of the talk whose search text holds this new row; None if it has none."""
        if not self.SEARCHED:
            return None
        return self.pk if self.TO_TALK == "pk" else getattr(self, "talk_id", None)
