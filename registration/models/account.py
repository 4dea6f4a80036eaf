"""An organiser's account as mails know it: what it wants to hear of, and the links it is sent.

A link holds no address: the account's number, and a token that dies with what it is for.
"""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import models
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from registration.models.mails.outgoing_mail import OutgoingMail

Kind = OutgoingMail.Kind
# What each notice is about, as the profile says it, and the rights of whom it concerns.
NOTICES: dict[str, tuple[str, tuple[str, ...]]] = {
    Kind.NO_WAY_IN: (
        "Am Tag davor fehlt der Zugangslink",
        ("events.change_talk", "events.enter_way_in_talk"),
    ),
    Kind.PUT_OFF: (
        "Ein Mailserver nimmt eine Mail vorerst nicht an",
        ("registration.view_outgoingmail",),
    ),
    Kind.TALK_FULL: (
        "Ein Talk ist voll",
        ("events.change_talk", "registration.view_registration"),
    ),
    Kind.NAMES_GO: (
        "In sieben Tagen gehen die Namen, und es fehlt noch etwas",
        ("events.change_talk", "registration.change_registration"),
    ),
    Kind.BOUNCED: (
        "In einem vollen Talk kam eine Mail zurück",
        ("registration.change_registration",),
    ),
    Kind.OFFER: ("Eine Kommune möchte selbst berichten", ("registration.change_offer",)),
}


class UnwantedNotice(models.Model):
    """A kind of notice that somebody has switched off; without a row it is on."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="Konto",
        related_name="unwanted_notices",
    )
    kind = models.CharField("Art", max_length=20)

    class Meta:
        verbose_name = "Abgestellter Hinweis"
        verbose_name_plural = "Abgestellte Hinweise"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["account", "kind"], name="unwanted_notice_once")
        ]

    def __str__(self) -> str:
        return self.kind


def kinds_for(account: User) -> list[str]:
    """Return the kinds of notices that concern the account's roles."""
    return [kind for kind, (_, rights) in NOTICES.items() if any(map(account.has_perm, rights))]


def wanted_by(account: User) -> list[str]:
    """Return the kinds that the account gets."""
    unwanted = set(UnwantedNotice.objects.filter(account=account).values_list("kind", flat=True))
    return [kind for kind in kinds_for(account) if kind not in unwanted]


def want(account: User, kinds: Iterable[str]) -> None:
    """Let the account get these kinds of notices, of those that concern it, and no others."""
    UnwantedNotice.objects.filter(account=account).delete()
    UnwantedNotice.objects.bulk_create(
        UnwantedNotice(account=account, kind=kind)
        for kind in kinds_for(account)
        if kind not in kinds
    )


def hearers(kind: str) -> list[User]:
    """Return the accounts that get this kind of notice; whoever has no password yet gets none."""
    unwanted = UnwantedNotice.objects.filter(kind=kind).values("account")
    working = User.objects.filter(is_active=True, is_staff=True).exclude(email="")
    accounts = working.exclude(pk__in=unwanted).order_by("pk")
    return [
        account
        for account in accounts
        if account.has_usable_password() and kind in kinds_for(account)
    ]


class PasswordLink(PasswordResetTokenGenerator):
    """The token in a link that sets a password: dead once it is set, or somebody logs in."""

    key_salt = "webtalks.password-link"


class SecondFactorLink(PasswordResetTokenGenerator):
    """The token in a link that removes the second factor: dead once it is another, or none.

    The password must be given as well, so that logging in leaves the link alive.
    """

    key_salt = "webtalks.second-factor-link"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        devices = TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk")
        keys = ",".join(str(device.pk) for device in devices)
        return f"{user.pk}{user.password}{user.email}{keys}{timestamp}"


password_link = PasswordLink()
second_factor_link = SecondFactorLink()


def url_of(kind: str, account: User) -> str:
    """Return the full address that the mail of this kind leads to; "" if it has no such link."""
    if kind in (Kind.INVITATION, Kind.NEW_PASSWORD):
        page, token = "set_password", password_link.make_token(account)
    elif kind == Kind.NEW_SECOND_FACTOR:
        page, token = "reset_second_factor", second_factor_link.make_token(account)
    else:
        return ""
    return f"{settings.SITE_URL}{reverse(page, args=[account.pk, token])}"
