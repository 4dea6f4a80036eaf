"""What the daily look at the sender's domain has found (registration/mail/domain)."""

from django.db import models
from django.utils import timezone

from events.text.fields import LineField


class DomainFinding(models.Model):
    """One thing of the last look, in words; all rows are of one look."""

    subject = LineField("Was", max_length=20, unique=True)
    # One of `registration.mail.domain.findings.State`.
    state = LineField("Stand", max_length=20)
    text = LineField("In Worten", max_length=500)
    # The record to copy.
    record = LineField("Eintrag", max_length=500, blank=True, default="")
    looked_at = models.DateTimeField("Geprüft am", default=timezone.now)

    class Meta:
        verbose_name = "Befund zur Absenderdomain"
        verbose_name_plural = "Befunde zur Absenderdomain"
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.state}"
