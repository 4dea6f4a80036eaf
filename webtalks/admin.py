"""Accounts of the organisers."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from webtalks import second_factor

# Their pages would show secrets.
admin.site.unregister([StaticDevice, TOTPDevice, User])


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Django's, and a way in for who has lost the phone."""

    actions = ["remove_second_factor"]

    @admin.action(
        description="Anmeldung in zwei Schritten zurücksetzen (Telefon verloren)",
        permissions=["change"],
    )
    def remove_second_factor(self, request, queryset):
        for user in queryset:
            second_factor.remove(user)
            self.log_change(request, user, "Anmeldung in zwei Schritten zurückgesetzt.")
        self.message_user(request, f"Zurückgesetzt: {len(queryset)}.")
