"""The interest list: who asked to be told of new talks (Terminhinweise)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.models import Topic
from registration.addresses import MAX_EMAIL
from registration.links import new_key


class Interest(models.Model):
    """One address that asked to be told of new talks, and the proof that it did.

    Counts only after the click in the mail (double opt-in). Withdrawn ones stay as proof of the
    consent (Art. 7 Abs. 1 DSGVO) for INTEREST_PROOF_YEARS.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Wartet auf Bestätigung"
        ACTIVE = "active", "Aktiv"
        ENDED = "ended", "Abbestellt"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Carried by the signed links.
    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    email = models.CharField("E-Mail-Adresse", max_length=MAX_EMAIL)
    email_key = models.CharField(max_length=MAX_EMAIL, editable=False)
    topics = models.ManyToManyField(
        Topic, verbose_name="Themen", blank=True, help_text="Keines gewählt: alle Themen."
    )
    state = models.CharField("Stand", max_length=10, choices=State, default=State.PENDING)
    consent_version = models.CharField("Fassung der Einwilligung", max_length=20)
    consent_text = models.TextField("Wortlaut der Einwilligung")
    created_at = models.DateTimeField("Angefragt am", default=timezone.now)
    confirmed_at = models.DateTimeField("Bestätigt am", null=True)
    ended_at = models.DateTimeField("Abbestellt am", null=True)

    class Meta:
        verbose_name = "Terminhinweis"
        verbose_name_plural = "Terminhinweise"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"],
                condition=Q(state__in=["pending", "active"]),
                name="interest_live_once",
            )
        ]
        indexes = [models.Index(fields=["email_key"], name="interest_person")]

    def __str__(self):
        return f"{self.email} ({self.get_state_display()})"
