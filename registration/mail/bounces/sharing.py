"""Whether people write to the mailbox that bounces are read from: then it is not read."""

from email.utils import parseaddr

from django.conf import settings

from events.models import Series
from registration.mail.bounces.mailbox import Mailbox


def shared_address(mailbox: Mailbox, series: Series) -> str:
    """Return the address for people that leads into the mailbox too; "" if none does.

    Answers go to the contact address, and to the sender where there is none.
    """
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    for_people = series.contact_email or sender
    returned_to = settings.BOUNCE_ADDRESS or sender
    is_same = _box(for_people) == _box(returned_to) or _logs_in_as(mailbox, for_people)
    return for_people if is_same else ""


def _logs_in_as(mailbox: Mailbox, address: str) -> bool:
    """Whether the user who reads the mailbox looks like the owner of the address."""
    user = mailbox.user.casefold()
    if "@" in user:
        return _box(user) == _box(address)
    local_part, _, domain = _box(address).rpartition("@")
    return user == local_part and f".{mailbox.host}".endswith(f".{domain}")


def _box(address: str) -> str:
    """Return the address without what stands behind "+": it leads into the same mailbox."""
    local_part, _, domain = address.casefold().rpartition("@")
    return f"{local_part.partition('+')[0]}@{domain}"
