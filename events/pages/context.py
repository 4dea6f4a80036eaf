"""The template variables that every page has."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from events.models import Series
from events.pages.edition import Edition


def series(request: HttpRequest) -> dict[str, object]:
    """Context processor: the series' row, loaded when a template uses it, and SITE_URL."""
    return {"series": SimpleLazyObject(lambda: _row(request)), "site_url": settings.SITE_URL}


def _row(request: HttpRequest) -> Series:
    edition: Edition | None = getattr(request, "edition", None)  # kept pages and the form have one
    return edition.series if edition else Series.load()
