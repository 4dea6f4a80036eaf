"""How long wrong passwords are remembered; the worker carries it out."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone


def forget_login_attempts() -> int:
    """Delete what is kept of wrong passwords after LOGIN_ATTEMPTS_DAYS; return how many rows."""
    before = timezone.now() - timedelta(days=settings.LOGIN_ATTEMPTS_DAYS)
    return AccessAttempt.objects.filter(attempt_time__lt=before).delete()[0]
