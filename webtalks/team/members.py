"""The colleagues: who they are, what they may do, and the verbs that change it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from registration.models import OutgoingMail
from registration.roles import IN_WORDS, LEAD, ROLES
from webtalks.login import lockout, sessions
from webtalks.login.log_in import with_address

Kind = OutgoingMail.Kind


@dataclass(frozen=True)
class Member:
    """An account as the page of the team shows it."""

    account: User
    has_second_factor: bool
    is_locked: bool
    # Whether another account has the same address.
    shares_address: bool

    @property
    def roles(self) -> list[str]:
        return roles_of(self.account)

    @property
    def is_invited(self) -> bool:
        """Whether no password has been set yet."""
        return not self.account.has_usable_password()


def members(accounts: QuerySet[User]) -> list[Member]:
    """Return these accounts with what stands elsewhere; four queries, however many."""
    found = list(accounts.prefetch_related("groups"))
    with_factor = set(TOTPDevice.objects.filter(confirmed=True).values_list("user", flat=True))
    locked = locked_names()
    addresses = [email.casefold() for email in User.objects.values_list("email", flat=True)]
    return [
        Member(
            account,
            account.pk in with_factor,
            lockout.kept_name(account.get_username()) in locked,
            bool(account.email) and addresses.count(account.email.casefold()) > 1,
        )
        for account in found
    ]


def team() -> QuerySet[User]:
    """Return everybody who works, or worked, in the admin: first who still may."""
    return User.objects.filter(is_staff=True).order_by("-is_active", "last_name", "username")


def locked_names() -> set[str]:
    """Return what is kept of the names that wrong passwords have locked somewhere."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=since
    )
    return set(attempts.values_list("username", flat=True))


def roles_of(account: User) -> list[str]:
    """Return the roles by their names; groups that are no role stand at the end."""
    names = [group.name for group in account.groups.all()]
    lead = [LEAD] if account.is_superuser else []
    return [
        *lead,
        *(role for role in ROLES if role in names),
        *sorted(name for name in names if name not in ROLES),
    ]


def in_words(account: User) -> list[tuple[str, str]]:
    """Return each role with what it may do, in one sentence."""
    return [(role, IN_WORDS.get(role, "")) for role in roles_of(account)]


def name_of(account: User) -> str:
    return account.get_full_name() or account.get_username()


class AddressInUse(Exception):
    """Another account has got the address meanwhile."""


@transaction.atomic
def invite(first_name: str, last_name: str, email: str, roles: Collection[str]) -> User:
    """Make an account that can be entered only by the link in the mail that is written here.

    Raises AddressInUse if another form has just given the address to somebody.
    """
    _claim(email)
    account = User(username=email.lower(), first_name=first_name, last_name=last_name, email=email)
    account.is_staff = True
    account.set_unusable_password()
    account.save()
    give_roles(account, roles)
    OutgoingMail.objects.enqueue_to_account(Kind.INVITATION, account)
    return account


@transaction.atomic
def give_roles(account: User, roles: Iterable[str]) -> None:
    """Let the account have exactly these roles; groups that are no role stay."""
    account.is_superuser = LEAD in roles
    account.save(update_fields=["is_superuser"])
    account.groups.remove(*Group.objects.filter(name__in=ROLES))
    account.groups.add(*Group.objects.filter(name__in=[role for role in roles if role in ROLES]))


def _claim(email: str, account: User | None = None) -> None:
    """Let nobody else take this address until the transaction ends.

    Whoever changes who is in the team waits for the rows of the lead, which are never none.
    """
    leads()
    taken = with_address(email)
    if account:
        taken = taken.exclude(pk=account.pk)
    if taken.exists():
        raise AddressInUse


def leads() -> list[User]:
    """Return who may do everything; until the transaction ends nobody else takes it from them."""
    return list(User.objects.select_for_update().filter(is_superuser=True, is_active=True))


@transaction.atomic
def change(
    account: User,
    by: User,
    first_name: str,
    last_name: str,
    email: str,
    roles: Collection[str],
) -> None:
    """Give the account this name, address and roles.

    Raises PermissionDenied where the other has just taken the lead from `by`, lest nobody be left
    who has it, and AddressInUse like `invite`.
    """
    if by not in leads():
        raise PermissionDenied
    account.first_name, account.last_name = first_name, last_name
    account.save(update_fields=["first_name", "last_name"])
    if email != account.email:
        change_address(account, email)
    give_roles(account, roles)


@transaction.atomic
def change_address(account: User, email: str) -> None:
    """Give the account another address; a name to log in that was the address follows it.

    Both addresses are told. Raises AddressInUse like `invite`.
    """
    _claim(email, account)
    former = account.email
    if account.username == former.lower():
        account.username = email.lower()
    account.email = email
    account.save(update_fields=["email", "username"])
    note = "Ihr Konto hat jetzt eine andere E-Mail-Adresse."
    for address in filter(None, {former, email}):
        OutgoingMail.objects.enqueue_to_account(
            Kind.ACCOUNT_CHANGED, account, recipient=address, note=note
        )


@transaction.atomic
def tell_of_change(account: User, note: str) -> None:
    """Tell the account's address what was changed; without one there is nobody to tell."""
    if account.email:
        OutgoingMail.objects.enqueue_to_account(Kind.ACCOUNT_CHANGED, account, note=note)


@transaction.atomic
def end_access(account: User, by: User) -> bool:
    """Let the account in no more, and end its sessions.

    False, and nothing is done: for one's own account, and where the other has just ended the
    access of `by`, lest nobody be left who may give it again.
    """
    if account == by or by not in leads():
        return False
    account.is_active = False
    account.save(update_fields=["is_active"])
    sessions.end_all(account)
    return True


def give_access(account: User) -> None:
    """Let an account in again whose access was ended."""
    account.is_active = True
    account.save(update_fields=["is_active"])
