"""Accounts of the organisers."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from webtalks.login import reauthentication, second_factor

# Django's page of the accounts is replaced below; the pages of the devices would show secrets.
admin.site.unregister([StaticDevice, TOTPDevice, User])


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Django's page of the accounts, and a way in for organisers who have lost their phone."""

    actions = ["remove_second_factor"]

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
