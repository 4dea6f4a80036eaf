"""Accounts of the organisers."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.desk.takes_anything import TakesAnything
from events.text import cleaning
from events.text.fields import AddressInput, CleanInput, LineInput
from registration.privacy.history import NamesNobody
from webtalks.login import lockout, reauthentication, second_factor


class AccountNameInput(CleanInput, UsernameField):
    """The name to log in with."""

    clean_words = staticmethod(cleaning.line)


INPUTS: dict[str, type[FormField]] = {
    "username": AccountNameInput,
    "first_name": LineInput,
    "last_name": LineInput,
    "email": AddressInput,
}

if TYPE_CHECKING:
    from django.db.models import Field

# Django's pages of accounts and groups are replaced below; those of devices would show secrets.
admin.site.unregister([StaticDevice, TOTPDevice, User, Group])


@admin.register(User)
class AccountAdmin(NamesNobody, TakesAnything, UserAdmin):
    """Django's page of the accounts, and a way in for organisers who have lost their phone."""

    actions = ["remove_second_factor", "unlock"]

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        """Take names and the address as everywhere else (events/text/fields.py)."""
        if db_field.name in INPUTS:
            kwargs |= {"form_class": INPUTS[db_field.name], "widget": AdminTextInputWidget}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.action(
        description="Anmeldung in zwei Schritten zurücksetzen (Telefon verloren)",
        permissions=["change"],
    )
    def remove_second_factor(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Remove the second factor of the chosen accounts, after a fresh proof."""
        if not reauthentication.is_fresh(request.session):
            page = reauthentication.ask(request)
            if page is not None:
                return page
        for user in queryset:
            second_factor.remove(user)
            self.log_change(request, user, "Anmeldung in zwei Schritten zurückgesetzt.")
        self.message_user(request, f"Zurückgesetzt: {len(queryset)}.")
        return None

    @admin.action(description="Sperre nach falschen Passwörtern aufheben", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Ask which locks, then lift those of the chosen accounts, or all."""
        if not reauthentication.is_fresh(request.session):
            page = reauthentication.ask(request)
            if page is not None:
                return page
        which = request.POST.get("sperren")
        if which not in ("konten", "alle"):
            title = "Sperre nach falschen Passwörtern aufheben"
            context = {**self.admin_site.each_context(request), "title": title}
            return render(request, "admin/auth/user/unlock.html", context | {"users": queryset})
        names = [user.get_username() for user in queryset]
        lockout.unlock(None if which == "alle" else names)
        for user in queryset:
            self.log_change(request, user, "Sperre nach falschen Passwörtern aufgehoben.")
        self.message_user(request, "Die Sperren sind aufgehoben.")
        return None


@admin.register(Group)
class RoleAdmin(TakesAnything, GroupAdmin):  # type: ignore[misc]  # it names an argument otherwise
    """Django's page of the groups, which are the roles of registration/roles.py."""
