"""How long the site keeps what organisers did, and their log-ins; the worker calls these."""

from datetime import timedelta
from importlib import import_module

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.utils import timezone


def erase_login_attempts() -> int:
    """Delete what is kept of wrong passwords after LOGIN_ATTEMPTS_DAYS; return how many."""
    before = timezone.now() - timedelta(days=settings.LOGIN_ATTEMPTS_DAYS)
    return AccessAttempt.objects.filter(attempt_time__lt=before).delete()[0]


def erase_history() -> int:
    """Delete the admin's history after ADMIN_HISTORY_MONTHS; return how many entries."""
    before = timezone.now() - timedelta(days=365 * settings.ADMIN_HISTORY_MONTHS / 12)
    return LogEntry.objects.filter(action_time__lt=before).delete()[0]


def erase_sessions() -> None:
    """Delete the sessions that are over, as `clearsessions` does."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
