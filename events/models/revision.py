"""The revision of the content: one number that rises with every change a reader could see.

Rendered pages may be kept under it (docs/architecture.md): it rises in the transaction of the
change itself, so whoever reads the number afterwards, on any host, knows the kept page is old.
"""

import time
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import connection, models, transaction
from django.db.models import F

from events.models import search
from events.models.method_marks import alters_data, for_querysets_only

CURRENT = "SELECT number FROM events_revision WHERE id = 1"


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
        """Return the number; one query by primary key.

        In SQL: it answers every reading page, and the ORM takes longer than the database.
        """
        if connection.vendor == "postgresql":
            return connection.fetch_number("events_revision", CURRENT) or 0  # type: ignore[attr-defined]  # ours
        with connection.cursor() as cursor:
            row = cursor.execute(CURRENT).fetchone()
        return row[0] if row else 0

    @classmethod
    def bump(cls) -> None:
        """Raise the number. Call it inside the transaction of the change."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            Revision.objects.bulk_create([Revision(pk=1, number=1)], ignore_conflicts=True)

    @classmethod
    def leap(cls, *, beyond: int) -> None:
        """Raise the number beyond all that this site ever had, also those that were lost.

        Processes may have kept pages under them. The clock's microseconds are higher, unless
        more than a million changes are made in a second; `beyond` is the last one known.
        """
        cls.bump()
        number = max(time.time_ns() // 1000, beyond + 1)
        cls.objects.filter(pk=1, number__lt=number).update(number=number)


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
