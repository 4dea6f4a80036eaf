"""The pages that a link in a mail opens, by the names of their URLs."""

from django.urls import reverse

from registration.models import links

# All others need PURPOSE_MINE.
PURPOSES = {
    "confirm": links.PURPOSE_CONFIRM,
    "not_me": links.PURPOSE_NOT_ME,
    "join": links.PURPOSE_JOIN,
    "reminders": links.PURPOSE_REMINDERS,
    "interest_confirm": links.PURPOSE_INTEREST_CONFIRM,
    "interest_mine": links.PURPOSE_INTEREST,
    "interest_end": links.PURPOSE_INTEREST,
}


def purpose_of(name: str) -> str:
    return PURPOSES.get(name, links.PURPOSE_MINE)


def page_of(name: str, key: str) -> str:
    """Return the path of the page for whoever holds the link with this key."""
    return reverse(f"registration:{name}", args=[links.token(key, purpose_of(name))])
