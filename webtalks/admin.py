"""Accounts of the organisers."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from webtalks.login import reauthentication, second_factor
from webtalks.login.reauthentication import needs_proof

# Their pages would show secrets.
admin.site.unregister([StaticDevice, TOTPDevice, User, Group])


class AsksForProof:
    """A desk left open gives nobody an account, a password or more rights."""

    @needs_proof
    def add_view(self, *args, **kwargs):
        return super().add_view(*args, **kwargs)

    @needs_proof
    def change_view(self, *args, **kwargs):
        return super().change_view(*args, **kwargs)


@admin.register(Group)
class RightsAdmin(AsksForProof, GroupAdmin):
    """Django's."""


@admin.register(User)
class AccountAdmin(AsksForProof, UserAdmin):
    """Django's, and a way in for who has lost the phone."""

    actions = ["remove_second_factor"]

    @needs_proof
    def user_change_password(self, *args, **kwargs):
        return super().user_change_password(*args, **kwargs)

    @admin.action(
        description="Anmeldung in zwei Schritten zurücksetzen (Telefon verloren)",
        permissions=["change"],
    )
    def remove_second_factor(self, request, queryset):
        if not reauthentication.is_fresh(request.session) and (
            page := reauthentication.ask(request)
        ):
            return page
        for user in queryset:
            second_factor.remove(user)
            self.log_change(request, user, "Anmeldung in zwei Schritten zurückgesetzt.")
        self.message_user(request, f"Zurückgesetzt: {len(queryset)}.")
        return None
