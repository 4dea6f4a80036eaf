"""The revision of the content: one number that rises with every change a reader could see.

Rendered pages may be kept under it (docs/architecture.md): it rises in the transaction of the
change itself, so whoever reads the number afterwards, on any host, knows the kept page is old.
"""

from django.db import models, transaction
from django.db.models import F


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
        """Return the number; one query by primary key."""
        return cls.objects.values_list("number", flat=True).filter(pk=1).first() or 0

    @classmethod
    def bump(cls):
        """Raise the number. Call it inside the transaction of the change."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            cls.objects.bulk_create([cls(pk=1, number=1)], ignore_conflicts=True)


class RevisionedQuerySet(models.QuerySet):
    """Raises the revision with every write that goes round `Model.save`."""

    def _write(self, method, *args, **kwargs):
        with transaction.atomic(using=self.db):
            result = getattr(super(), method)(*args, **kwargs)
            Revision.bump()
        return result

    def update(self, **kwargs):
        return self._write("update", **kwargs)

    def delete(self):
        return self._write("delete")

    def bulk_create(self, objs, *args, **kwargs):
        return self._write("bulk_create", objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        return self._write("bulk_update", objs, fields, *args, **kwargs)

    update.alters_data = True
    delete.alters_data = True
    delete.queryset_only = True
    bulk_create.alters_data = True
    bulk_update.alters_data = True


class RevisionedModel(models.Model):
    """Base of every model that a reader's page is made of."""

    objects = models.Manager.from_queryset(RevisionedQuerySet)()

    class Meta:
        abstract = True
        # Django writes through this one for `town.talks.add(talk)` and the like.
        base_manager_name = "objects"

    @transaction.atomic
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        Revision.bump()

    @transaction.atomic
    def delete(self, *args, **kwargs):
        result = super().delete(*args, **kwargs)
        Revision.bump()
        return result

    save.alters_data = True
    delete.alters_data = True
