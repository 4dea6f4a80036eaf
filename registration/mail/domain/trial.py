"""A mail of ours to the bounce mailbox, and what arrives there (`manage.py check_mail --send`).

The mailbox is searched without marking anything as read, and of all mails in it that one alone is
removed.
"""

import imaplib
import smtplib
import time

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import mailers

from registration.mail import conversation
from registration.mail.bounces import connection
from registration.mail.domain import arrived
from registration.mail.domain.findings import Finding, State, mail_server
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
MAILBOX_ERRORS = (OSError, ValueError, imaplib.IMAP4.error, ImproperlyConfigured)


def try_out() -> list[Finding]:
    """Send the mail, wait for it, and return what it tells."""
    if missing := what_is_missing():
        return [Finding("Probe", State.UNKNOWN, missing)]
    message_id = new_message_id()
    try:
        send(message_id)
    except smtplib.SMTPException as error:
        answer = in_words(str(conversation.answer_of(error)))
        return [Finding("Probe", State.WRONG, f"Die Mail ging nicht hinaus. {answer}.")]
    except OSError:
        text = "Die Mail ging nicht hinaus: Der Mailserver antwortet nicht."
        return [Finding("Probe", State.UNKNOWN, text)]
    try:
        return await_mail(message_id)
    except MAILBOX_ERRORS:
        text = "Das Postfach für Rückläufer (BOUNCE_URL) lässt sich nicht lesen."
        return [Finding("Probe", State.WRONG, text)]


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


def await_mail(message_id: str) -> list[Finding]:
    """Return what the mail tells once it is there; or that it has not come."""
    folder = connection.quoted(connection.place(settings.BOUNCE_URL).folder)
    server = connection.connect(settings.BOUNCE_URL)
    try:
        end = time.monotonic() + WAIT
        while not (uid := find(server, folder, message_id)):
            if time.monotonic() > end:
                text = (
                    "Die Mail ging hinaus und kam in zwei Minuten nicht an. Sehen Sie im "
                    "Spam-Ordner des Postfachs nach."
                )
                return [Finding("Probe", State.WRONG, text)]
            time.sleep(PAUSE)
        return [*arrived.judge(head_of(server, uid)), *remove(server, folder, uid)]
    finally:
        server.shutdown()


def find(server: imaplib.IMAP4, folder: str, message_id: str) -> str:
    """Return the UID of the mail; "" as long as it is not there. Marks nothing as read."""
    checked(server.select(folder, readonly=True))
    key = connection.quoted(message_id)
    (found,) = checked(server.uid("SEARCH", "HEADER", "Message-ID", key))
    uids = (found or b"").decode("ascii").split()
    return uids[0] if len(uids) == 1 else ""


def head_of(server: imaplib.IMAP4, uid: str) -> bytes:
    """Return the mail's header fields."""
    answer = checked(server.uid("FETCH", uid, "(BODY.PEEK[HEADER])"))
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")


def remove(server: imaplib.IMAP4, folder: str, uid: str) -> list[Finding]:
    """Remove this mail and no other (UID EXPUNGE, RFC 4315); say so where that is not offered."""
    if "UIDPLUS" not in server.capabilities:
        text = "Der Server kann keine einzelne Mail löschen: Die Probe liegt noch im Postfach."
        return [Finding("Probe", State.UNKNOWN, text)]
    checked(server.select(folder))
    checked(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
    checked(server.uid("EXPUNGE", uid))
    return []


def checked(answer: tuple) -> list:
    """Return what the server has said. Raises IMAP4.error if it refused."""
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data
