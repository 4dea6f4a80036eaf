"""The form of the log-in, and whom an address names."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.db.models import QuerySet

WRONG = (
    "Anmeldename oder Passwort stimmt nicht, oder das Konto hat keinen Zugang zur Verwaltung. "
    "Achten Sie auf Groß- und Kleinschreibung."
)


class LogInForm(AdminAuthenticationForm):
    """The log-in takes the name of the account, or its address where only one has it."""

    error_messages = {**AdminAuthenticationForm.error_messages, "invalid_login": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-Mail-Adresse oder Benutzername"

    def clean_username(self) -> str:
        typed: str = self.cleaned_data["username"]
        if "@" not in typed or User.objects.filter(username=typed).exists():
            return typed
        found = with_address(typed).filter(is_active=True)[:2]
        return found[0].username if len(found) == 1 else typed


def with_address(email: str) -> QuerySet[User]:
    """Return the accounts that have this address, or log in with it."""
    return User.objects.filter(email__iexact=email) | User.objects.filter(username__iexact=email)
