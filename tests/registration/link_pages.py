"""The pages that a link in a mail opens, by the names of their URLs."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from registration.models import links

# Those of speakers need PURPOSE_SPEAKER, all others PURPOSE_MINE.
PURPOSES = {
    "confirm": links.PURPOSE_CONFIRM,
    "not_me": links.PURPOSE_NOT_ME,
    "join": links.PURPOSE_JOIN,
    "reminders": links.PURPOSE_REMINDERS,
    "recap_off": links.PURPOSE_RECAP,
    "new_address": links.PURPOSE_NEW_ADDRESS,
    "interest_confirm": links.PURPOSE_INTEREST_CONFIRM,
    "interest_mine": links.PURPOSE_INTEREST,
    "interest_end": links.PURPOSE_INTEREST,
}
OF_SPEAKERS = "speaker"


def purpose_of(name: str) -> str:
    if name.startswith(OF_SPEAKERS):
        return links.PURPOSE_SPEAKER
    return PURPOSES.get(name, links.PURPOSE_MINE)


def token_of(name: str, key: str, *, email: str = "neu@stadt.example") -> str:
    """Return what stands in the link with this key; `email` is the address of a wish."""
    if name == "new_address":
        until = timezone.now() + timedelta(hours=72)
        return links.new_address_token(links.NewAddress(key, email), until)
    return links.token(key, purpose_of(name))


def page_of(name: str, key: str, **wish: str) -> str:
    """Return the path of the page for whoever holds the link with this key."""
    return reverse(f"registration:{name}", args=[token_of(name, key, **wish)])
