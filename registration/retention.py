"""How long data name a person; the worker carries it out."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from registration.models import Interest, OutgoingMail, Registration


def carry_out() -> int:
    """Forget everything whose time is over; return how many registrations became anonymous.

    Registrations: RETENTION_DAYS after their talk; for a talk postponed without a date
    POSTPONED_RETENTION_DAYS after the former one; unconfirmed ones after PENDING_HOURS or at the
    beginning. The interest list: see `InterestQuerySet.expired`.

    Each person is a transaction of their own, so a run that was killed is finished by the next.
    """
    interests = Interest.objects.expired()
    OutgoingMail.objects.of_interests(interests).forget()
    interests.delete()
    over = Registration.objects.to_anonymise(
        ended_before=timezone.now() - timedelta(days=settings.RETENTION_DAYS),
        postponed_before=timezone.now() - timedelta(days=settings.POSTPONED_RETENTION_DAYS),
    )
    over = list(over)
    for registration in over:
        registration.anonymise()
    unconfirmed = Registration.objects.expired().select_related("talk")
    return len(over) + sum(registration.expire() for registration in unconfirmed)
