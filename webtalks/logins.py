"""Wrong passwords: what is kept of them, and the page of who is locked out (django-axes)."""

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.shortcuts import render
from django.utils.crypto import salted_hmac


def username(request, credentials) -> str:
    """Return what is kept of a user name: a hash. People type passwords into the wrong field."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    return salted_hmac("webtalks.logins", name.casefold(), algorithm="sha256").hexdigest()


@receiver(pre_save, sender=AccessAttempt)
def keep_no_form(instance, **kwargs):
    """Drop what was sent along: in any form of the admin the password may be asked for again."""
    instance.get_data = instance.post_data = ""


def locked_out(request, response=None, credentials=None):
    """Say that too many passwords were wrong; the same page whether the account exists or not."""
    hours = settings.AXES_COOLOFF_TIME.total_seconds() // 3600
    context = {**admin.site.each_context(request), "hours": int(hours)}
    return render(request, "admin/locked_out.html", context, status=429)
