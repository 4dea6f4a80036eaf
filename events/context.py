"""What every page may use."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from events.models import Series


def series(request):
    """Give templates the series' row, asked for only where one uses it, and the site's address."""
    return {"series": SimpleLazyObject(Series.load), "site_url": settings.SITE_URL}
