"""What the daily look at the sender's domain has found (registration/mail/domain)."""

from collections.abc import Iterable
from typing import Self

from django.db import models, transaction
from django.utils import timezone

from events.method_marks import alters_data
from events.text.fields import LineField

# As `registration.mail.domain.findings.Grade` calls it; a test holds them together.
TO_CHANGE = "zu ändern"


class DomainFindingQuerySet(models.QuerySet["DomainFinding", "DomainFinding"]):
    """What the last look has found."""

    def to_change(self) -> Self:
        return self.filter(state=TO_CHANGE)

    def counted(self) -> models.QuerySet:
        """Return (subject, number)."""
        return self.order_by().values_list("subject").annotate(number=models.Count("pk"))

    @alters_data
    @transaction.atomic
    def replace(self, findings: Iterable["DomainFinding"]) -> None:
        """Let these be all there are; two workers may do so at once."""
        rows = list(findings)
        self.exclude(subject__in=[row.subject for row in rows]).delete()
        DomainFinding.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["subject"],
            update_fields=["state", "text", "record", "looked_at"],
        )


class DomainFinding(models.Model):
    """One thing of the last look, in words; all rows are of one look."""

    subject = LineField("Was", max_length=20, unique=True)
    # One of `registration.mail.domain.findings.Grade`.
    state = LineField("Stand", max_length=20)
    text = LineField("In Worten", max_length=500)
    # The record to copy.
    record = LineField("Eintrag", max_length=500, blank=True, default="")
    looked_at = models.DateTimeField("Geprüft am", default=timezone.now)

    objects = models.Manager.from_queryset(DomainFindingQuerySet)()

    class Meta:
        verbose_name = "Befund zur Absenderdomain"
        verbose_name_plural = "Befunde zur Absenderdomain"
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.state}"

    @property
    def is_to_change(self) -> bool:
        return self.state == TO_CHANGE
