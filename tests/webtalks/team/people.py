"""Organisers for the tests of accounts."""

from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_totp.models import TOTPDevice

from registration.models import OutgoingMail
from tests.makers import make_groups

PASSWORD = "richtig und lang genug"


def make_lead(name="leitung", **fields):
    """Return somebody who may do everything."""
    values = {"email": f"{name}@stadt.example", "password": PASSWORD}
    return User.objects.create_superuser(name, **values | fields)


def make_colleague(name="änne", roles=("Redaktion",), **fields):
    """Return a colleague with a password and these roles."""
    make_groups()
    values = {"password": PASSWORD, "is_staff": True}
    values["email"] = f"{name.replace('ä', 'ae')}@verein.example"
    user = User.objects.create_user(name, **values | fields)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def give_second_factor(user):
    return TOTPDevice.objects.create(user=user, name="App", confirmed=True)


def kinds_to(user) -> list[str]:
    """Return the kinds of the mails that were written to the account, the oldest first."""
    return list(
        OutgoingMail.objects.filter(account=user).order_by("pk").values_list("kind", flat=True)
    )
