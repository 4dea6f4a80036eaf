"""Offers: towns that would like to report in a talk ("Wir möchten selbst berichten")."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Q, Value
from django.utils import timezone

from events.method_marks import alters_data, for_managers_too
from events.text.addresses import MAX_EMAIL
from events.text.fields import LineField, LinesField
from registration.models.addresses import MAX_NAME, email_key
from registration.models.erasure import Erasure

MAX_SUBJECT = 2000


class OfferQuerySet(models.QuerySet["Offer", "Offer"]):
    """Which offers, and the verb that takes one."""

    def of(self, key: str | None) -> Self:
        """Keep the offers of one canonical address; None is nobody's."""
        return self.filter(email_key=key) if key else self.none()

    def open(self) -> Self:
        """Keep what no organiser has answered yet."""
        return self.filter(is_answered=False)

    def expired(self) -> Self:
        """Keep what came more than OFFER_MONTHS ago."""
        kept_for = timedelta(days=365 * settings.OFFER_MONTHS / 12)
        return self.filter(created_at__lte=timezone.now() - kept_for)

    def counted(self) -> models.QuerySet[Any, Any]:
        """Return (0, how many), as the desk asks for its numbers; nothing for none."""
        one_key = self.order_by().annotate(key=Value(0)).values_list("key")
        return one_key.annotate(number=Count("pk"))

    @alters_data
    @for_managers_too
    def take(self, *, town: str, name: str, email: str, subject: str) -> "Offer":
        """Store the offer; the same one again, from a second click, is the first one."""
        key = email_key(email)
        same = Offer.objects.open().of(key).filter(town=town, subject=subject)
        return same.first() or Offer.objects.create(
            town=town, name=name, email=email, email_key=key, subject=subject
        )

    @alters_data
    def mark_answered(self) -> int:
        """Note that somebody has answered; return of how many that is new."""
        return self.filter(is_answered=False).update(is_answered=True)

    @alters_data
    def mark_open(self) -> int:
        """Take that back; return of how many it was noted."""
        return self.filter(is_answered=True).update(is_answered=False)


class Offer(models.Model):
    """One town's offer, with whom to ask; kept for OFFER_MONTHS."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = LineField("Kommune", max_length=MAX_NAME)
    name = LineField("Name", max_length=MAX_NAME)
    email = LineField("E-Mail-Adresse", max_length=MAX_EMAIL)
    email_key = LineField(max_length=MAX_EMAIL, editable=False)
    subject = LinesField("Worum es geht", max_length=MAX_SUBJECT)
    created_at = models.DateTimeField("Eingegangen am", default=timezone.now)
    is_answered = models.BooleanField("Beantwortet", default=False)

    objects = models.Manager.from_queryset(OfferQuerySet)()

    class Meta:
        verbose_name = "Angebot zu berichten"
        verbose_name_plural = "Angebote zu berichten"
        default_permissions = ("view", "change")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["email_key"], name="offer_person"),
            models.Index(fields=["-created_at", "-id"], name="offer_newest"),
            models.Index(
                fields=["created_at", "id"], condition=Q(is_answered=False), name="offer_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.town}, {self.name}"

    @alters_data
    @transaction.atomic
    def erase(self, reason: str) -> None:
        """Delete the row; harmless when called twice."""
        Erasure.objects.note(self, reason)
        Offer.objects.filter(pk=self.pk).delete()

    @alters_data
    def expire(self) -> bool:
        """Delete the row because its time is over."""
        self.erase(Erasure.Reason.RETENTION)
        return True
