"""How long registrations name a person; the worker carries it out."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from registration.models import Registration


def anonymise_expired() -> int:
    """Make registrations anonymous RETENTION_DAYS after their talk; return how many.

    For a talk postponed without a date it is POSTPONED_RETENTION_DAYS after the former one.

    Each person is a transaction of their own, so a run that was killed is finished by the next.
    """
    expired = Registration.objects.to_anonymise(
        ended_before=timezone.now() - timedelta(days=settings.RETENTION_DAYS),
        postponed_before=timezone.now() - timedelta(days=settings.POSTPONED_RETENTION_DAYS),
    )
    rows = list(expired)
    for registration in rows:
        registration.anonymise()
    return len(rows)
