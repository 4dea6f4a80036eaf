"""How long the data name a person; the worker calls `carry_out` every hour.

Each person is erased in a transaction of their own: what a killed run has left, the next one does.

The numbers stand in webtalks/settings.py; which rows they mean, in the QuerySets of
registration/models (queries.py, interest.py, organiser_message.py, outbox.py, speakers/).
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Model
from django.utils import timezone

from registration.models import (
    Consent,
    Feedback,
    Interest,
    Message,
    Offer,
    OutgoingMail,
    Registration,
    SpeakerLink,
)
from registration.models.erasure import Erasure

logger = logging.getLogger(__name__)

# People in one run; the others follow in the next. So many old rows do not hold up the mails.
AT_A_TIME = 1000


def carry_out() -> int:
    """Erase everything whose time is over; return how many registrations became anonymous.

    * Registrations: RETENTION_DAYS after the end of their talk, or after the end that the person
      was last told if that is later, or after the talk's status was changed. For a talk that is
      postponed and has no new date at the latest POSTPONED_RETENTION_DAYS after the former one. A
      talk that has ended and gets a new date keeps those it has not told at the latest
      UNTOLD_RETENTION_DAYS after the end they knew. A slip in a date erases nobody.
    * Cancelled registrations: CANCELLED_RETENTION_DAYS after they were cancelled.
    * Unconfirmed registrations: after PENDING_HOURS, or when the talk begins.
    * The interest list: see `InterestQuerySet.expired`.
    * Offers to report in a talk: after OFFER_MONTHS.
    * Links of speakers, with address and proposals: RETENTION_DAYS after their talk, or after the
      last change of its date or status; see `is_over` in models/speakers/speaker_link.py.
    * Consents of speakers: then too, but never before the material that they are about is gone.
    * Feedback that was never shown: FEEDBACK_DAYS after the end of its talk.
    * Mails that could not be delivered, and what organisers have written with the news of a
      change: UNDELIVERED_MAIL_DAYS after they were written.
    * What organisers wrote to the people of a talk: with the last of these people.
    """
    each(Interest.objects.expired(), Interest.expire)
    each(Offer.objects.expired(), Offer.expire)
    each(SpeakerLink.objects.expired(), SpeakerLink.expire)
    each(Consent.objects.expired(), Consent.expire)
    Feedback.objects.close()
    mails_before = days_ago(settings.UNDELIVERED_MAIL_DAYS)
    OutgoingMail.objects.to_erase(written_before=mails_before).erase()
    OutgoingMail.objects.forget_notes(written_before=mails_before)
    over = Registration.objects.to_anonymise(
        ended_before=days_ago(settings.RETENTION_DAYS),
        untold_before=days_ago(settings.UNTOLD_RETENTION_DAYS),
        postponed_before=days_ago(settings.POSTPONED_RETENTION_DAYS),
        cancelled_before=days_ago(settings.CANCELLED_RETENTION_DAYS),
    )
    unconfirmed = Registration.objects.expired().select_related("talk")
    done = each(over[:AT_A_TIME], anonymise) + each(unconfirmed, Registration.expire)
    each(Message.objects.to_erase(days_ago(settings.RETENTION_DAYS)), Message.erase)
    return done


def anonymise(registration: Registration) -> bool:
    registration.anonymise(reason=Erasure.Reason.RETENTION)
    return True


def each[Row: Model](rows: Iterable[Row], erase: Callable[[Row], bool]) -> int:
    """Erase one row after the other; return how many. A row that fails stops no other one."""
    done = 0
    for row in list(rows):
        try:
            if erase(row):
                done += 1
        except (OperationalError, InterfaceError):  # the database is away: the next run goes on
            raise
        except Exception:
            logger.exception("%s %s cannot be erased", type(row).__name__, row.pk)
    return done


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)
