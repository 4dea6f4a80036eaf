"""A mail of ours to the bounce mailbox, and what arrives there (`manage.py check_mail --send`).

Of the mailbox only what comes after the mail was sent is looked at, and nothing is marked as read;
of all mails in it that one alone is removed.
"""

import time
from email import policy
from email.parser import BytesParser

from django.conf import settings
from django.core.mail import mailers

from registration.mail import conversation
from registration.mail.bounces.mailbox import Conversation, Mailbox, Trouble, mailbox_of, talk_to
from registration.mail.domain import arrived
from registration.mail.domain.findings import Finding, Grade, mail_server
from registration.mail.mail import Mail
from registration.models.mails.bounce_mailbox import BounceMailbox
from registration.models.mails.outbox import new_message_id
from registration.models.mails.server_answers import in_words

# Seconds to wait for the mail, and between two looks.
WAIT, PAUSE = 120, 5
TEXT = (
    "Diese Mail hat die Website an sich selbst geschickt, um zu sehen, ob ihre Mails ankommen.\n"
    "Sie wird gleich wieder gelöscht.\n"
)


def try_out() -> list[Finding]:
    """Send the mail, wait for it, and return what it tells."""
    mailbox = mailbox_of(settings.BOUNCE_URL)
    if mailbox is None or what_is_missing():
        return [Finding("Probe", Grade.UNKNOWN, what_is_missing())]
    message_id = new_message_id()
    try:
        with talk_to(mailbox) as before:
            first = before.uid_next
        send(message_id)
        return await_mail(mailbox, message_id, first)
    except Trouble as trouble:
        text = f"Das Postfach für Rückläufer lässt sich nicht lesen. {trouble}"
        return [Finding("Probe", Grade.WRONG, text)]
    except OSError as error:  # smtplib's errors too
        text = f"Die Mail ging nicht hinaus. {in_words(conversation.answer_of(error))}."
        return [Finding("Probe", Grade.WRONG, text)]


def what_is_missing() -> str:
    """Say which settings the trial needs; "" if all are there."""
    wanted = {
        "SMTP_URL": mail_server(),
        "BOUNCE_ADDRESS": settings.BOUNCE_ADDRESS,
        "BOUNCE_URL": settings.BOUNCE_URL,
    }
    missing = [name for name, value in wanted.items() if not value]
    return f"Für eine Probe fehlt noch: {', '.join(missing)}." if missing else ""


def send(message_id: str) -> None:
    """Send the mail as all mails are sent, from the envelope sender that the server takes."""
    mail = Mail(
        subject="Probe: Kommt diese Mail an?",
        body=TEXT,
        to=[settings.BOUNCE_ADDRESS],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.come_back_to(settings.BOUNCE_ADDRESS if BounceMailbox.may_be_sender() else "")
    mailer = mailers.default
    try:
        mailer.send_messages([mail])
    except conversation.REFUSALS as error:
        if conversation.code_of(error) < 500:
            raise
        mail.come_back_to("")
        mailer.close()
        mailer.send_messages([mail])
        BounceMailbox.note_sender(is_taken=False)
    finally:
        mailer.close()


def await_mail(mailbox: Mailbox, message_id: str, first: int) -> list[Finding]:
    """Return what the mail tells once it is there, among those numbered from `first` on."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        with talk_to(mailbox) as talk:
            uids = [uid for _, some in talk.uids_after(first - 1) for uid in some]
            for uid in uids:
                raw = talk.fetch(uid) or b""
                if is_it(raw, message_id):
                    return [*arrived.judge(raw), *remove(talk, uid)]
            first = max([first, *(uid + 1 for uid in uids)])
        time.sleep(PAUSE)
    text = (
        "Die Mail ging hinaus und kam in zwei Minuten nicht an. Sehen Sie im Spam-Ordner des "
        "Postfachs nach."
    )
    return [Finding("Probe", Grade.WRONG, text)]


def is_it(raw: bytes, message_id: str) -> bool:
    """Whether it is the mail with this Message-ID, and no answer that only quotes it."""
    mail = BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True)
    return str(mail["Message-ID"]).strip() == message_id


def remove(talk: Conversation, uid: int) -> list[Finding]:
    """Remove this mail and no other; say so where the server cannot do that."""
    if not talk.can_remove:
        text = "Der Server kann keine einzelne Mail löschen: Die Probe liegt noch im Postfach."
        return [Finding("Probe", Grade.UNKNOWN, text)]
    talk.remove(uid)
    return []
