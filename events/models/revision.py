"""The revision of the content: one number that rises with every change a reader could see.

Rendered pages may be kept under it (docs/architecture.md): it rises in the transaction of the
change itself, so whoever reads the number afterwards, on any host, knows the kept page is old.
"""

import time

from django.db import connection, models, transaction
from django.db.models import F

from events.models import search

CURRENT = "SELECT number FROM events_revision WHERE id = 1"


class Revision(models.Model):
    """The one row that holds the number."""

    number = models.PositiveBigIntegerField("Nummer", default=0)

    class Meta:
        verbose_name = "Inhaltsstand"
        verbose_name_plural = "Inhaltsstände"

    def __str__(self):
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        """Return the number; one query by primary key.

        In SQL: it answers every reading page, and the ORM takes longer than the database.
        """
        if connection.vendor == "postgresql":
            return connection.fetch_number("events_revision", CURRENT) or 0
        with connection.cursor() as cursor:
            row = cursor.execute(CURRENT).fetchone()
        return row[0] if row else 0

    @classmethod
    def bump(cls):
        """Raise the number. Call it inside the transaction of the change."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            cls.objects.bulk_create([cls(pk=1, number=1)], ignore_conflicts=True)

    @classmethod
    def leap(cls, *, beyond: int):
        """Raise the number beyond all that this site ever had, also those that were lost.

        Processes may have kept pages under them. The clock's microseconds are higher, unless
        more than a million changes are made in a second; `beyond` is the last one known.
        """
        cls.bump()
        number = max(time.time_ns() // 1000, beyond + 1)
        cls.objects.filter(pk=1, number__lt=number).update(number=number)


class RevisionedQuerySet(models.QuerySet):
    """Raises the revision with every write that goes round `Model.save`."""

    def _write(self, method, *args, **kwargs):
        with transaction.atomic(using=self.db):
            result = getattr(super(), method)(*args, **kwargs)
            Revision.bump()
        return result

    @transaction.atomic
    def update(self, **kwargs):
        with search.following(self, is_leading=not self.model.SEARCHED.isdisjoint(kwargs)):
            return self._write("update", **kwargs)

    @transaction.atomic
    def delete(self):
        with search.following(self):
            return self._write("delete")

    @transaction.atomic
    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        result = self._write("bulk_create", objs, *args, **kwargs)
        search.rewrite({talk for row in objs if (talk := row.new_talk)})
        return result

    def bulk_update(self, objs, fields, *args, **kwargs):
        return self._write("bulk_update", objs, fields, *args, **kwargs)

    update.alters_data = True
    delete.alters_data = True
    delete.queryset_only = True
    bulk_create.alters_data = True
    bulk_update.alters_data = True


class RevisionedModel(models.Model):
    """Base of every model that a reader's page is made of."""

    # The columns that a talk's search text holds, and how a row leads to its talks.
    SEARCHED = frozenset()
    TO_TALK = "talk"

    objects = models.Manager.from_queryset(RevisionedQuerySet)()

    class Meta:
        abstract = True
        # Django writes through this one for `town.talks.add(talk)` and the like.
        base_manager_name = "objects"

    @transaction.atomic
    def save(self, *args, update_fields=None, **kwargs):
        is_leading = update_fields is None or not self.SEARCHED.isdisjoint(update_fields)
        is_new = self._state.adding
        with search.following(self._row, is_leading=is_leading and not is_new):
            super().save(*args, update_fields=update_fields, **kwargs)
        if is_new:
            search.rewrite({self.new_talk} - {None})
        Revision.bump()

    @transaction.atomic
    def delete(self, *args, **kwargs):
        with search.following(self._row):
            result = super().delete(*args, **kwargs)
        Revision.bump()
        return result

    @property
    def _row(self) -> RevisionedQuerySet:
        return type(self)._base_manager.filter(pk=self.pk)

    @property
    def new_talk(self) -> int | None:
        """The key of the talk whose search text holds this new row."""
        return getattr(self, "talk_id", None) if self.SEARCHED else None

    save.alters_data = True
    delete.alters_data = True
