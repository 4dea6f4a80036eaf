"""The conversation with the mail server (RFC 5321): opened once for many mails, and not too fast.

The envelope sender, MAIL FROM, is where a server sends a report of a mail that it cannot deliver;
people never see it. Some servers let an account send from its own address alone. They say so after
MAIL, after RCPT (Postfix waits until then) or after the whole mail (Microsoft 365). So what they
refuse for good goes once more from the sender itself; if that is taken, it was the envelope.
"""

import smtplib
from collections import deque
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from registration.mail.mail import Mail
from registration.models.mails.bounce_mailbox import BounceMailbox
from registration.models.mails.outgoing_mail import OutgoingMail

MINUTE = timedelta(minutes=1)
REFUSALS = (
    smtplib.SMTPSenderRefused,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
)


class Rate:
    """How many mails one worker has handed over within a minute, and whether that is enough."""

    def __init__(self) -> None:
        self._moments: deque[datetime] = deque()

    def count(self) -> None:
        self._moments.append(timezone.now())

    @property
    def is_reached(self) -> bool:
        """Whether MAILS_PER_MINUTE went out in the last minute; 0 is never reached."""
        now = timezone.now()
        # A clock that was set back makes what lies ahead of it worthless too.
        while self._moments and not now - MINUTE < self._moments[0] <= now:
            self._moments.popleft()
        return 0 < settings.MAILS_PER_MINUTE <= len(self._moments)


def open_for(outgoing: OutgoingMail, mailer: BaseEmailBackend) -> bool:
    """Connect, log in and greet: if this fails, it is not because of the mail.

    That may take longer than the mail's lease, which then begins anew. Returns whether the mail
    is still ours: another worker may have taken it.
    """
    is_new = mailer.open()
    if connection := getattr(mailer, "connection", None):  # files have none
        connection.ehlo_or_helo_if_needed()
    return not is_new or outgoing.renew_lease()


def send(outgoing: OutgoingMail, mail: Mail, mailer: BaseEmailBackend) -> bool:
    """Send the mail; once more, in a new conversation, where the fault may be none of the mail's.

    Some servers end a conversation after so many mails: they answer 421 to MAIL (§3.8). Returns
    False if another worker has the mail by then.
    """
    is_from_mailbox = bool(settings.BOUNCE_ADDRESS) and BounceMailbox.may_be_sender()
    mail.come_back_to(settings.BOUNCE_ADDRESS if is_from_mailbox else "")
    try:
        mailer.send_messages([mail])
    except REFUSALS as error:
        if is_from_mailbox and code_of(error) >= 500:
            return _send_from_sender(outgoing, mail, mailer)
        if not (isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code == 421):
            raise
        if not _send_anew(outgoing, mail, mailer):
            return False
    if is_from_mailbox:
        BounceMailbox.note_sender(is_taken=True)
    return True


def code_of(refusal: OSError) -> int:
    """Return the server's answer in numbers; a mail has one recipient."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return next(iter(refusal.recipients.values()))[0]
    return refusal.smtp_code if isinstance(refusal, smtplib.SMTPResponseException) else 0


def answer_of(refusal: OSError) -> str:
    """Return the server's answer as it is kept, `550 5.1.1 …`."""
    code = code_of(refusal)
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        text = next(iter(refusal.recipients.values()))[1]
    else:
        text = getattr(refusal, "smtp_error", b"")
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {words}" if code else str(refusal)


def _send_from_sender(outgoing: OutgoingMail, mail: Mail, mailer: BaseEmailBackend) -> bool:
    """Send what was refused with BOUNCE_ADDRESS; if it is taken now, remember why."""
    mail.come_back_to("")
    if not _send_anew(outgoing, mail, mailer):
        return False
    BounceMailbox.note_sender(is_taken=False)
    return True


def _send_anew(outgoing: OutgoingMail, mail: Mail, mailer: BaseEmailBackend) -> bool:
    mailer.close()
    if not open_for(outgoing, mailer):
        return False
    mailer.send_messages([mail])
    return True
