"""What becomes of one mail that came to the bounce mailbox, wherever it was read."""

from enum import StrEnum


class Taken(StrEnum):
    """What a mail was; only ours may be removed from the mailbox."""

    # A report of a mail of ours that did not arrive, counted now.
    COUNTED = "counted"
    # A report or an automatic reply to a mail of ours that changes nothing: counted before,
    # delayed, about somebody who is gone, a holiday note.
    NOTHING_NEW = "nothing_new"
    # Everything else: somebody's letter, a report of other people's mail.
    FOREIGN = "foreign"

    @property
    def is_ours(self) -> bool:
        return self is not Taken.FOREIGN


def take(raw: bytes) -> Taken:
    """Take the mail `raw`, in one transaction; never raises for what it holds."""
    return Taken.FOREIGN
