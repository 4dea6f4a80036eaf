"""How long data name a person; the worker carries it out.

Each person is a transaction of their own, so a run that was killed is finished by the next.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from registration.models import Interest, Message, OutgoingMail, Registration
from registration.models.erasure import Erasure

logger = logging.getLogger(__name__)

# People in one run; the rest follows in the next. So a backlog does not hold up the mails.
AT_A_TIME = 1000


def carry_out() -> int:
    """Forget everything whose time is over; return how many registrations became anonymous.

    Registrations: RETENTION_DAYS after their talk, or after its status changed; for a talk
    postponed without a date at latest POSTPONED_RETENTION_DAYS after the former one;
    CANCELLED_RETENTION_DAYS after cancelling; unconfirmed ones after PENDING_HOURS or at the
    beginning. A talk whose date was changed keeps its people RETENTION_DAYS from then on, lest a
    slip erase them. The interest list: see `InterestQuerySet.expired`. Mails that could not be
    delivered: UNDELIVERED_MAIL_DAYS. What organisers wrote to the people of a talk goes with the
    last of them.
    """
    each(Interest.objects.expired(), Interest.expire)
    OutgoingMail.objects.to_forget(
        written_before=days_ago(settings.UNDELIVERED_MAIL_DAYS)
    ).forget()
    over = Registration.objects.to_anonymise(
        ended_before=days_ago(settings.RETENTION_DAYS),
        postponed_before=days_ago(settings.POSTPONED_RETENTION_DAYS),
        cancelled_before=days_ago(settings.CANCELLED_RETENTION_DAYS),
    )
    unconfirmed = Registration.objects.expired().select_related("talk")
    done = each(over[:AT_A_TIME], anonymise) + each(unconfirmed, Registration.expire)
    each(Message.objects.to_forget(days_ago(settings.RETENTION_DAYS)), Message.forget)
    return done


def anonymise(registration) -> bool:
    registration.anonymise(reason=Erasure.Reason.RETENTION)
    return True


def each(rows, forget) -> int:
    """Forget one row after the other; return how many. One that cannot be forgotten stops none."""
    done = 0
    for row in list(rows):
        try:
            done += forget(row)
        except (OperationalError, InterfaceError):  # the database is away: the next run goes on
            raise
        except Exception:
            logger.exception("%s %s cannot be forgotten", type(row).__name__, row.pk)
    return done


def days_ago(days: int):
    return timezone.now() - timedelta(days=days)
