"""Sending the outbox: what becomes of one mail, and of the queue.

Never is a transaction open while the mail server is talked to.
"""

import logging
import smtplib
from datetime import timedelta
from enum import StrEnum

from django.core.mail import mailers
from django.utils import timezone

from events.pages.edition import editions
from registration.mail import compose, examples
from registration.models.addresses import email_key
from registration.models.outgoing_mail import OutgoingMail

logger = logging.getLogger(__name__)

MAX_BACK_OFF = timedelta(hours=24)


class Outcome(StrEnum):
    """What became of one claimed mail."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    OBSOLETE = "obsolete"
    # The operator's fault (server, log-in, sender): the worker waits, no mail loses an attempt.
    PAUSED = "paused"


LAST_MAIL_REFUSED = "Abgelehnt. Die Person ist gelöscht; die Antwort könnte ihre Adresse nennen."
INTEREST_KINDS = (OutgoingMail.Kind.CONFIRM_INTEREST, OutgoingMail.Kind.NEWS)
OPERATORS_FAULT = (
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPNotSupportedError,
)


def deliver_due(mailer=None, *, keep_going=lambda: True) -> list[Outcome]:
    """Send what is due, one after the other, until nothing is left, it must wait, or must stop.

    One connection serves all; it is closed at the end.
    """
    mailer = mailer or mailers.default
    outcomes = []
    try:
        while keep_going() and (mail := OutgoingMail.objects.claim()):
            outcomes.append(_deliver_claimed(mail, mailer))
            if outcomes[-1] == Outcome.PAUSED:
                break
    finally:
        mailer.close()
    return outcomes


def _deliver_claimed(mail, mailer) -> Outcome:
    try:
        _open(mailer)
    except (OSError, ValueError) as error:  # refused, TLS, log-in: nothing the mail could help
        logger.error("The mail server cannot be used: %s", error)
        return _release(mail, Outcome.PAUSED, error)
    outcome = deliver(mail, mailer)
    if outcome in (Outcome.RETRY, Outcome.FAILED):
        mailer.close()  # the conversation may be in any state
    return outcome


def _open(mailer):
    """Connect, log in and greet: what fails here concerns no mail."""
    mailer.open()
    if connection := getattr(mailer, "connection", None):  # files have none
        connection.ehlo_or_helo_if_needed()


def _send(message, mailer):
    """Send the message; in a new conversation where the server ends one after so many mails.

    421 in place of the answer to MAIL: it closes the channel (RFC 5321 §3.8).
    """
    try:
        mailer.send_messages([message])
    except smtplib.SMTPSenderRefused as error:
        if error.smtp_code != 421:
            raise
        mailer.close()
        mailer.send_messages([message])


def deliver(mail, mailer) -> Outcome:
    """Send this claimed mail through the open `mailer` and write down what became of it."""
    try:
        message = render(mail)
        if message is None:
            return _close(mail, Outcome.OBSOLETE)
        _send(message, mailer)
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(mail, *next(iter(error.recipients.values())))
    except smtplib.SMTPDataError as error:
        return _refused(mail, error.smtp_code, error.smtp_error)
    except OPERATORS_FAULT as error:
        return _release(mail, Outcome.PAUSED, error)
    except OSError as error:  # smtplib's other errors and a connection that broke
        return _retry(mail, error)
    except ValueError as error:  # an address or header that cannot be written
        return _close(mail, Outcome.FAILED, error)
    except Exception as error:  # one bad row never stops the queue
        logger.exception("Mail %s cannot be rendered", mail.pk)
        return _retry(mail, type(error).__name__)  # its words may hold a name
    return _close(mail, Outcome.SENT)


def render(mail):
    """Return the message as things stand now; None if it has become pointless."""
    if mail.expires_at and mail.expires_at <= timezone.now():
        return None
    if mail.interest_id or mail.kind in INTEREST_KINDS:
        return _render_for_interest(mail)
    if mail.is_test:
        return examples.test_copy(mail)
    rows = list(
        mail.registrations.select_related("talk__municipality")
        .prefetch_related("talk__speakers")
        .order_by("talk__starts_at", "pk")
    )
    if not mail.is_last:
        rows = [row for row in rows if row.email_key == email_key(mail.recipient)]
    anchor = next((row for row in rows if row.key == mail.registration_key), None)
    if not rows or (anchor is None and not mail.is_last) or _is_overtaken(mail, anchor):
        return None
    return compose.RENDER[mail.kind](
        compose.Occasion(mail, rows, anchor, editions.current().series)
    )


def _render_for_interest(mail):
    interest = mail.interest
    if interest is None or interest.key != mail.registration_key:
        return None
    return compose.RENDER[mail.kind](
        compose.InterestOccasion(mail, interest, editions.current().series)
    )


def _is_overtaken(mail, anchor) -> bool:
    """Whether the mail would say what is no longer so.

    Who cancelled has come back, or the talk of a reminder was moved.
    """
    if mail.talk_starts_at and mail.talk_starts_at != anchor.talk.starts_at:
        return True
    if mail.kind != mail.Kind.CANCELLED:
        return False
    back = type(anchor).objects.of(anchor.email_key).in_talk(anchor.talk).confirmed()
    return back.exists()


def _refused(mail, code, text) -> Outcome:
    error = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    return _close(mail, Outcome.FAILED, error) if code >= 500 else _retry(mail, error)


def _retry(mail, error) -> Outcome:
    mail.attempts += 1
    # 1, 4, 16 … minutes; given up only when the talk is over and the mail obsolete.
    back_off = timedelta(minutes=4 ** min(mail.attempts - 1, 6))
    mail.not_before = timezone.now() + min(back_off, MAX_BACK_OFF)
    return _release(mail, Outcome.RETRY, error)


def _release(mail, outcome, error) -> Outcome:
    mail.mark(lease_until=None, last_error=error, attempts=mail.attempts)
    return outcome


def _close(mail, outcome, error="") -> Outcome:
    sent = outcome == Outcome.SENT
    # A refused address is kept: the organiser has to see it. A last mail's is not: nobody could
    # correct it any more; nor are the server's words, which like to quote it.
    keeps_recipient = outcome == Outcome.FAILED and not mail.is_last
    mail.mark(
        state=outcome.value,
        attempts=mail.attempts + 1 if sent else mail.attempts,
        sent_at=timezone.now() if sent else None,
        recipient=mail.recipient if keeps_recipient else "",
        note="",
        last_error=error if keeps_recipient or not error else LAST_MAIL_REFUSED,
    )
    return outcome
