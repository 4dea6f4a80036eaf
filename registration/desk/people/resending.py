"""Which of a person's mails is worth sending again: one that would still say something true."""

from collections.abc import Callable

from django.utils import timezone

from registration.models import OutgoingMail, Registration

Kind = OutgoingMail.Kind


def is_ahead(row: Registration) -> bool:
    return row.talk.is_awaited


def has_seat_ahead(row: Registration) -> bool:
    return row.is_confirmed and row.talk.is_awaited


# Of what must be true of a registration, so that the mail about it does not say what is over; the
# mail itself asks the same once more when it is written (registration/mail/compose.py).
WORTH: dict[str, Callable[[Registration], bool]] = {
    Kind.PLEASE_CONFIRM: lambda row: row.may_confirm,
    Kind.SIGNED_UP: lambda row: row.is_booked and is_ahead(row),
    Kind.ALREADY: lambda row: row.is_booked and is_ahead(row),
    Kind.PROMOTED: has_seat_ahead,
    Kind.NO_SEAT: lambda row: row.is_waiting and is_ahead(row),
    Kind.TALK_CHANGED: lambda row: row.is_booked and not row.knows_the_talk,
    Kind.CANCELLED: lambda row: not row.is_live,
    Kind.HANDED_OVER: lambda row: row.may_be_handed_over,
    Kind.ADDRESS_CHANGED: lambda row: row.is_booked and is_ahead(row),
    Kind.LINKS: lambda row: row.is_booked and is_ahead(row),
    Kind.WAY_IN: has_seat_ahead,
    Kind.REMINDER_DAY: has_seat_ahead,
    Kind.REMINDER_HOUR: has_seat_ahead,
    Kind.RECAP: lambda row: row.gets_recap and row.talk.is_to_follow_up,
}


def is_worth(mail: OutgoingMail, rows: list[Registration]) -> bool:
    """Whether the mail about these `rows` of one person can go out once more, and says something.

    What is overtaken, still waits, or went to an address that is not the person's does not.
    """
    is_late = mail.expires_at is not None and mail.expires_at <= timezone.now()
    if not mail.is_resendable or is_late:
        return False
    message = mail.organiser_message
    if message is not None:
        return not (message.is_stopped or message.is_erased) and any(map(message.reaches, rows))
    return any(map(WORTH.get(mail.kind, lambda row: False), rows))
