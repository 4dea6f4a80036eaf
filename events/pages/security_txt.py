"""`/.well-known/security.txt`: where to report a security hole of the site (RFC 9116)."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.models import Series

# RFC 9116 §2.5.5 recommends less than a year.
VALID = timedelta(days=180)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Name the series' e-mail address as the contact; without one, the page about security."""
    email = Series.load().contact_email
    page = settings.SITE_URL + reverse("events:security")
    lines = [
        f"Contact: {f'mailto:{email}' if email else page}",
        f"Expires: {(timezone.now() + VALID).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: de, en",
        f"Canonical: {settings.SITE_URL}{reverse('events:security_txt')}",
        f"Policy: {page}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
