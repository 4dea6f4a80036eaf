"""Sending the outbox: one mail after the other, and what becomes of each.

No transaction is open during the conversation with the mail server.
"""

import logging
import smtplib
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from django.contrib.auth.models import User
from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from events.pages.edition import editions
from registration.mail import (
    account_mails,
    compose,
    conversation,
    examples,
    invitations,
    speaker_mails,
)
from registration.mail.conversation import Rate
from registration.mail.mail import Mail
from registration.mail.occasion import (
    AccountOccasion,
    InterestOccasion,
    Occasion,
    SpeakerOccasion,
)
from registration.models import Registration, SpeakerLink, account
from registration.models.addresses import email_key
from registration.models.mails.outgoing_mail import OutgoingMail
from registration.models.speakers.missing import missing

logger = logging.getLogger(__name__)

MAX_BACK_OFF = timedelta(hours=24)


class Outcome(StrEnum):
    """What became of one claimed mail."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    OBSOLETE = "obsolete"
    # Its message was stopped: it waits until that is resumed.
    HELD = "held"
    # The operator's fault (server, log-in, sender): the worker waits, no attempt is counted.
    PAUSED = "paused"


# The mail server has dealt with them: they count towards MAILS_PER_MINUTE.
TRIED = (Outcome.SENT, Outcome.RETRY, Outcome.FAILED)

# What a mail of this kind tells of its talks besides what all do.
FURTHER_PARTS: dict[str, tuple[str, ...]] = {OutgoingMail.Kind.RECAP: ("talk__materials",)}
LAST_MAIL_REFUSED = "Abgelehnt. Die Person ist gelöscht; die Antwort könnte ihre Adresse nennen."
OPERATORS_FAULT = (
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPNotSupportedError,
)


def deliver_due(
    mailer: BaseEmailBackend | None = None,
    *,
    keep_going: Callable[[], bool] = lambda: True,
    rate: Rate | None = None,
) -> list[Outcome]:
    """Send the mails that are due, one after the other; return what became of each.

    It ends when no mail is left, when the operator has to act (PAUSED), when enough went out for
    this minute, or when `keep_going` says so. All mails go through one connection, which is
    closed at the end.
    """
    mailer, rate = mailer or mailers.default, rate or Rate()
    outcomes: list[Outcome] = []
    try:
        while keep_going() and not rate.is_reached and (mail := OutgoingMail.objects.claim()):
            outcomes.append(_deliver_claimed(mail, mailer))
            if outcomes[-1] == Outcome.PAUSED:
                break
            if outcomes[-1] in TRIED:
                rate.count()
    finally:
        mailer.close()
    return outcomes


def _deliver_claimed(outgoing: OutgoingMail, mailer: BaseEmailBackend) -> Outcome:
    try:
        is_mine = conversation.open_for(outgoing, mailer)
    except (OSError, ValueError) as error:  # connection, TLS, log-in: not the mail's fault
        logger.error("The mail server cannot be used: %s", error)
        return _release(outgoing, Outcome.PAUSED, error)
    if not is_mine:
        return Outcome.RETRY  # by another worker
    outcome = deliver(outgoing, mailer)
    if outcome in (Outcome.RETRY, Outcome.FAILED):
        mailer.close()  # nobody knows in which state the conversation is
    return outcome


def deliver(outgoing: OutgoingMail, mailer: BaseEmailBackend) -> Outcome:
    """Send this claimed mail through the open `mailer` and write down what became of it."""
    try:
        mail = render(outgoing)
        if mail is None:
            return _keep_back(outgoing)
        if not conversation.send(outgoing, mail, mailer):
            return Outcome.RETRY
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(outgoing, *next(iter(error.recipients.values())))
    except smtplib.SMTPDataError as error:
        return _refused(outgoing, error.smtp_code, error.smtp_error)
    except OPERATORS_FAULT as error:
        return _release(outgoing, Outcome.PAUSED, error)
    except OSError as error:  # smtplib's other errors, and a connection that broke
        return _retry(outgoing, error)
    except ValueError as error:  # an address or header that cannot be written
        return _close(outgoing, Outcome.FAILED, error)
    except Exception as error:  # one bad row never stops the queue
        logger.exception("Mail %s cannot be rendered", outgoing.pk)
        # Its class alone: its words may hold a name.
        return _retry(outgoing, type(error).__name__)
    with transaction.atomic():
        _note_told(outgoing, mail)
        return _close(outgoing, Outcome.SENT)


@transaction.atomic
def _note_told(outgoing: OutgoingMail, mail: Mail) -> None:
    """Note what people know now, unless the mail came back before: then nobody has read it."""
    Registration.objects.doubt_told(row for row in mail.mentions if row.is_misinformed)
    Registration.objects.remember_told(mail.tells)
    _note_speaker(mail)
    if mail.attachments:
        _keep_organizer(outgoing)
    # Asked last: a report that is being taken holds the rows that were written here.
    if OutgoingMail.objects.bounced().filter(pk=outgoing.pk).exists():
        transaction.set_rollback(True)


def _note_speaker(mail: Mail) -> None:
    """Note what a speaker knows now, or may believe who was mentioned a date and not told it."""
    if mail.tells_speaker is not None:
        mail.tells_speaker.remember_told()
    if mail.mentions_to is not None and not mail.mentions_to.knows_dates:
        mail.mentions_to.doubt_told()


def _keep_organizer(outgoing: OutgoingMail) -> None:
    """Note whose invitation the person has got: only that organizer can call it off."""
    invited = outgoing.registrations.of(email_key(outgoing.recipient))
    invited.fix_organizer(invitations.organizer_of(editions.current().series))


def render(outgoing: OutgoingMail) -> Mail | None:
    """Write the mail as things stand now; None if it has become pointless."""
    if outgoing.expires_at and outgoing.expires_at <= timezone.now():
        return None
    if outgoing.account is not None:
        return _render_for_account(outgoing, outgoing.account)
    if outgoing.kind in compose.RENDER_FOR_INTEREST:
        return _render_for_interest(outgoing)
    if outgoing.kind in speaker_mails.RENDER:
        return _render_for_speaker(outgoing)
    if outgoing.is_test:
        return examples.test_copy(outgoing)
    return _render_for_registrations(outgoing)


def _render_for_registrations(outgoing: OutgoingMail) -> Mail | None:
    rows = list(
        outgoing.registrations.with_queue_position()
        .select_related("talk__municipality")
        .prefetch_related("talk__speakers", *FURTHER_PARTS.get(outgoing.kind, ()))
        .order_by("talk__starts_at", "pk")
    )
    if not (outgoing.is_last or outgoing.is_to_new_address):
        # The rows that were handed over or corrected meanwhile are no longer the recipient's.
        rows = [row for row in rows if row.email_key == email_key(outgoing.recipient)]
    if not rows:
        return None
    linked = next((row for row in rows if row.key == outgoing.registration_key), None)
    if linked is None:
        if not outgoing.is_last:
            return None
    elif _is_overtaken(outgoing, linked):
        return None
    occasion = Occasion(outgoing, rows, linked, editions.current().series)
    return compose.RENDER[outgoing.kind](occasion)


def _render_for_interest(outgoing: OutgoingMail) -> Mail | None:
    interest = outgoing.interest
    if interest is None or interest.key != outgoing.registration_key:
        return None
    occasion = InterestOccasion(outgoing, interest, editions.current().series)
    return compose.RENDER_FOR_INTEREST[outgoing.kind](occasion)


def _render_for_speaker(outgoing: OutgoingMail) -> Mail | None:
    occasion = speaker_occasion(outgoing)
    return speaker_mails.render(occasion) if occasion else None


def speaker_occasion(outgoing: OutgoingMail) -> SpeakerOccasion | None:
    """Read all that the mail says; None if the link was renewed or leads nowhere any more."""
    alive = SpeakerLink.objects.alive().filter(mails=outgoing.pk, key=outgoing.registration_key)
    link = alive.with_talks().prefetch_related("speaker__talk__speakers").first()
    if link is None:
        return None
    if outgoing.talk_starts_at and outgoing.talk_starts_at != link.talk.starts_at:
        return None
    return SpeakerOccasion(outgoing, link, editions.current().series, missing(link))


def _render_for_account(outgoing: OutgoingMail, organiser: User) -> Mail | None:
    """Write a mail to an organiser, unless the account has ended or has another address now.

    Of the change of the address both are told.
    """
    tells_change = outgoing.kind == OutgoingMail.Kind.ACCOUNT_CHANGED
    is_theirs = tells_change or outgoing.recipient == organiser.email
    if not (organiser.is_active and is_theirs):
        return None
    url = account.url_of(outgoing.kind, organiser)
    series = editions.current().series
    return account_mails.render(AccountOccasion(outgoing, organiser, series, url))


def _is_overtaken(outgoing: OutgoingMail, linked: Registration) -> bool:
    """Whether the mail would say what is no longer true.

    The talk of a reminder was moved, a change was taken back, or the person who cancelled has
    come back.
    """
    if outgoing.kind == OutgoingMail.Kind.TALK_CHANGED and linked.knows_the_talk:
        return True
    if outgoing.talk_starts_at and outgoing.talk_starts_at != linked.talk.starts_at:
        return True
    if outgoing.kind != OutgoingMail.Kind.CANCELLED:
        return False
    back = Registration.objects.of(linked.email_key).filter(talk=linked.talk).confirmed()
    return back.exists()


def _keep_back(outgoing: OutgoingMail) -> Outcome:
    """Give up a mail that has become pointless; one of a stopped message may yet go out."""
    message = outgoing.organiser_message
    if message is None or not message.is_stopped or message.is_erased:
        return _close(outgoing, Outcome.OBSOLETE)
    outgoing.mark(state=OutgoingMail.State.HELD, lease_until=None, last_error="")
    return Outcome.HELD


def _refused(outgoing: OutgoingMail, code: int, text: bytes | str) -> Outcome:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    error = f"{code} {words}"
    if code >= 500:
        return _close(outgoing, Outcome.FAILED, error)
    return _retry(outgoing, error)


def back_off(attempts: int) -> timedelta:
    """Return how long a mail waits that was put off so many times: 1, 4, 16 … minutes.

    It is given up only when it has become pointless.
    """
    return min(timedelta(minutes=4 ** min(attempts - 1, 6)), MAX_BACK_OFF)


def _retry(outgoing: OutgoingMail, error: Exception | str) -> Outcome:
    outgoing.attempts += 1
    outgoing.not_before = timezone.now() + back_off(outgoing.attempts)
    return _release(outgoing, Outcome.RETRY, error)


def _release(outgoing: OutgoingMail, outcome: Outcome, error: Exception | str) -> Outcome:
    outgoing.mark(lease_until=None, last_error=error, attempts=outgoing.attempts)
    return outcome


def _close(outgoing: OutgoingMail, outcome: Outcome, error: Exception | str = "") -> Outcome:
    is_sent, state = outcome == Outcome.SENT, outcome
    is_tried = is_sent or outcome == Outcome.FAILED
    if outcome == Outcome.FAILED and outgoing.is_to_new_address:
        # Nobody could correct it, and it says nothing of the address that the person has.
        state, error = Outcome.OBSOLETE, ""
    # A refused address is kept, because an organiser has to see and correct it. That of a last
    # mail is not: nobody could correct it any more. Neither are the server's words, which often
    # quote the address.
    keeps_recipient = state == Outcome.FAILED and not outgoing.is_last
    outgoing.mark(
        state=state.value,
        attempts=outgoing.attempts + 1 if is_tried else outgoing.attempts,
        sent_at=timezone.now() if is_sent else None,
        recipient=outgoing.recipient if keeps_recipient else "",
        note=outgoing.note if outgoing.keeps_note else "",
        last_error=error if keeps_recipient or not error else LAST_MAIL_REFUSED,
    )
    return outcome
