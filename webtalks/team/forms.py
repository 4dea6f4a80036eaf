"""The forms about accounts: an invitation, roles, one's own profile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.auth.models import User

from events.text.fields import AddressInput, LineInput
from registration.fields import email_field
from registration.models.account import NOTICES, kinds_for
from registration.roles import IN_WORDS, LEAD, ROLES
from webtalks.login.log_in import with_address
from webtalks.team import members

NO_ROLE = "Bitte wählen Sie mindestens eine Rolle."
IN_USE = "Diese Adresse gehört schon zu einem anderen Konto."
# Letters of a name to log in with, which the address is (Django's column).
LONGEST = 150


def name_field(label: str) -> LineInput:
    return LineInput(label=label, max_length=150)


def another_address(help_text: str = "") -> AddressInput:
    """Return the field for an address that is not the one the browser knows."""
    field = email_field(help_text)
    field.widget.attrs["autocomplete"] = "off"
    return field


def role_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Rollen",
        help_text="Zwei Rollen lassen sich verbinden: Die Person darf dann beides.",
        choices=[(role, f"{role}: {IN_WORDS[role]}") for role in (*ROLES, LEAD)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NO_ROLE},
    )


class InvitationForm(forms.Form):
    first_name = name_field("Vorname")
    last_name = name_field("Nachname")
    email = another_address("An sie geht die Einladung. Mit ihr meldet sich die Person an.")
    roles = role_field()

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if with_address(email).exists():
            raise forms.ValidationError(f"{IN_USE} Sie finden es unter „Team“.")
        return short_enough(email)


class MemberForm(forms.Form):
    """Name, address and roles of a colleague; nobody takes the lead away from themselves."""

    first_name = name_field("Vorname")
    last_name = name_field("Nachname")
    email = another_address(
        "Ändern Sie sie, bekommen die bisherige und die neue Adresse eine Mail."
    )
    roles = role_field()

    def __init__(self, *args: Any, account: User, is_own: bool, **kwargs: Any) -> None:
        initial = {
            "first_name": account.first_name,
            "last_name": account.last_name,
            "email": account.email,
            "roles": members.roles_of(account),
        }
        super().__init__(*args, **kwargs | {"initial": initial})
        self.account, self.is_own = account, is_own

    def clean_email(self) -> str:
        return free_address(self.cleaned_data["email"], self.account)

    def clean_roles(self) -> list[str]:
        roles: list[str] = self.cleaned_data["roles"]
        if self.is_own and LEAD not in roles:
            raise forms.ValidationError("Die Leitung können Sie sich nicht selbst nehmen.")
        return roles


class ProfileForm(forms.Form):
    """One's own name, and the mails that one wants."""

    first_name = name_field("Vorname")
    last_name = name_field("Nachname")
    notices = forms.MultipleChoiceField(
        label="Mails an Sie", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, account: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["notices"]
        field.choices = [(kind, NOTICES[kind][0]) for kind in kinds_for(account)]  # type: ignore[attr-defined]
        if not kinds_for(account):
            del self.fields["notices"]


class AccountAddressForm(forms.Form):
    email = another_address()

    def __init__(self, *args: Any, account: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": {"email": account.email}})
        self.account = account

    def clean_email(self) -> str:
        return free_address(self.cleaned_data["email"], self.account)


def free_address(email: str, account: User) -> str:
    """Return the address; raises ValidationError if it is another account's."""
    if with_address(email).exclude(pk=account.pk).exists():
        raise forms.ValidationError(IN_USE)
    return email if email == account.email else short_enough(email)


@contextmanager
def says_in_use(form: forms.Form) -> Iterator[None]:
    """Let the form say that another one was quicker with its address."""
    try:
        yield
    except members.AddressInUse:
        form.add_error("email", IN_USE)


def short_enough(email: str) -> str:
    """Return the address; raises ValidationError if it is too long for a name to log in with."""
    if len(email) > LONGEST:
        raise forms.ValidationError(
            f"Bitte nehmen Sie eine Adresse mit höchstens {LONGEST} Zeichen."
        )
    return email


class ForgottenForm(forms.Form):
    email = email_field()
