"""Reading the bounce mailbox: a duty of the worker that nothing else waits for.

A mail is looked at, what it says is committed, it is removed if it is ours, and then its number is
remembered, in this order: a process that is killed in between has lost nothing, and the mail that
is met again says nothing new.
"""

import logging
import time
from threading import Thread

from django.conf import settings
from django.db import DatabaseError, connection

from events.models import Series
from registration.mail.bounces.mailbox import Conversation, Mailbox, Trouble, mailbox_of, talk_to
from registration.mail.bounces.sharing import shared_address
from registration.mail.bounces.take import Taken, take
from registration.models import BounceMailbox

logger = logging.getLogger(__name__)

# Seconds after which the rest is left for the next reading.
LONGEST_READING = 120
UNREAD = "Das Postfach für Rückläufer lässt sich nicht lesen: {}"
LEFT_LYING = (
    "Gelesene Rückläufer bleiben im Postfach liegen: Sein Server kann eine Mail nicht allein "
    "entfernen (UIDPLUS fehlt)."
)


class Reader(Thread):
    """A reading that dies with its process."""

    def __init__(self) -> None:
        super().__init__(name="bounces", daemon=True)

    def run(self) -> None:
        try:
            read_mailbox()
        except DatabaseError as error:
            logger.error("The database cannot be used: %s", error)
        except Exception:
            logger.exception("The bounce mailbox cannot be read")
        finally:
            connection.close()


readers: list[Reader] = []


def read_due() -> None:
    """Begin to read, unless no mailbox is named or this process is still reading."""
    if settings.BOUNCE_URL and not any(reader.is_alive() for reader in readers):
        readers[:] = [Reader()]
        readers[0].start()


def read_mailbox() -> None:
    """Read what has come, unless another worker does, and remember how it went."""
    mailbox = mailbox_of(settings.BOUNCE_URL)
    if mailbox is None or (progress := BounceMailbox.lease()) is None:
        return
    try:
        trouble = _read(mailbox, progress)
    except Trouble as why:
        logger.error("The bounce mailbox %r cannot be read: %s", mailbox, str(why))
        trouble = UNREAD.format(why)
    progress.release(trouble=trouble[:300])


def _read(mailbox: Mailbox, progress: BounceMailbox) -> str:
    """Read what has come, as long as there is time; return what stood in the way."""
    address = shared_address(mailbox, Series.load())
    if address:
        raise Trouble(
            f"Es gehört zu {address}, und dort kommen auch Antworten an. Es bleibt unberührt."
        )
    with talk_to(mailbox) as conversation:
        progress.begin(conversation.uid_validity)
        _read_all(conversation, progress)
        progress.note_reading()
        return "" if conversation.can_remove else LEFT_LYING


def _read_all(conversation: Conversation, progress: BounceMailbox) -> None:
    end = time.monotonic() + LONGEST_READING
    for last, uids in conversation.uids_after(progress.last_uid):
        for uid in uids:
            _read_one(conversation, progress, uid)
            if time.monotonic() > end:
                return
        progress.remember(last)


def _read_one(conversation: Conversation, progress: BounceMailbox, uid: int) -> None:
    raw = conversation.fetch(uid)
    taken = None if raw is None else _take(raw, uid)
    if taken and taken.is_ours and conversation.can_remove:
        conversation.remove(uid)
    progress.remember(uid, is_foreign=taken is Taken.FOREIGN)


def _take(raw: bytes, uid: int) -> Taken:
    """Take the mail; one that cannot be understood is left alone like somebody's letter."""
    try:
        return take(raw)
    except DatabaseError:
        raise
    except Exception as error:
        # Its class alone: its words may hold a piece of the mail.
        logger.error("Mail %s of the bounce mailbox is left alone: %s", uid, type(error).__name__)
        return Taken.FOREIGN
