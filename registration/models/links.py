"""Signed links for mails: who holds one may see and change what belongs to its row.

A link names the random key of a row and its purpose, so it dies with the key and serves no
other page. `SECRET_KEY_FALLBACKS` keeps links alive while the secret key is changed.
"""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from registration.models.registration import Registration

PURPOSE_MINE = "meine-anmeldung"
PURPOSE_CONFIRM = "bestaetigen"
PURPOSE_JOIN = "teilnehmen"
PURPOSE_NOT_ME = "nicht-ich"
PURPOSE_REMINDERS = "erinnerungen"
PURPOSE_RECAP = "unterlagen"
PURPOSE_NEW_ADDRESS = "neue-adresse"
PURPOSE_INTEREST_CONFIRM = "terminhinweise-bestaetigen"
PURPOSE_INTEREST = "terminhinweise"
PURPOSE_SPEAKER = "vortragen"


def new_key() -> str:
    """Return 128 random bits for the signed links."""
    return secrets.token_urlsafe(16)


class LinkKeyField(models.CharField):
    """A column that holds the key of a row's links, or none where the row names nobody."""

    def __init__(self, **options: Any) -> None:
        options |= {"max_length": 32, "default": new_key, "editable": False}
        super().__init__(**options)

    def deconstruct(self) -> Any:
        """Name Django's own field: migrations know the column and nothing of our code."""
        name, _, args, kwargs = super().deconstruct()
        del kwargs["default"]
        return name, "django.db.models.CharField", args, kwargs


def token(key: str | None, purpose: str) -> str:
    return _signer(purpose).sign(key or "")


def key_of(token: str, purpose: str) -> str | None:
    """Return the key in `token`; None if it is forged or made for another purpose."""
    try:
        return _signer(purpose).unsign(token)
    except BadSignature:
        return None


def url(view: str, key: str | None, purpose: str) -> str:
    """Return the full address of the page that a mail leads to."""
    return f"{settings.SITE_URL}{reverse(view, args=[token(key, purpose)])}"


def mine_url(registration: "Registration") -> str:
    """Return the full address of the page on which a person manages the registration."""
    return url("registration:mine", registration.key, PURPOSE_MINE)


class NewAddress(NamedTuple):
    """A wish: the registration with this key, and the person's others, shall be another address's.

    It stands in the link alone, so nothing of it is stored before somebody has clicked.
    """

    key: str
    # Canonical.
    email: str


def new_address_token(wish: NewAddress, until: datetime) -> str:
    return _signer(PURPOSE_NEW_ADDRESS).sign_object([*wish, int(until.timestamp())])


def new_address_of(token: str) -> NewAddress | None:
    """Return the wish in `token`; None if it is forged, or its time is over."""
    try:
        key, email, until = _signer(PURPOSE_NEW_ADDRESS).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return NewAddress(key, email) if timezone.now().timestamp() < until else None


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"webtalks.{purpose}", sep=".")
