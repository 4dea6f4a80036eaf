"""What every page may use."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from events.models import Series


def series(request):
    """Give templates the series' row, asked for only where one uses it, and the site's address."""
    return {"series": SimpleLazyObject(lambda: _row(request)), "site_url": settings.SITE_URL}


def _row(request):
    edition = getattr(request, "edition", None)  # reading pages have one
    return edition.series if edition else Series.load()
