"""What every template may use: variables that every page has, filters for facts and texts."""

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from events.models import Series, Talk
from events.models.facts import TalkFacts
from events.pages.edition import Edition
from events.text.prose import contact, prose

register = template.Library()


def series(request: HttpRequest) -> dict[str, object]:
    """Context processor: the series' row, loaded when a template uses it, and SITE_URL.

    `printed_site` is SITE_URL as one types it from paper.
    """
    return {
        "series": SimpleLazyObject(lambda: _row(request)),
        "site_url": settings.SITE_URL,
        "printed_site": settings.SITE_URL.partition("://")[2],
    }


def _row(request: HttpRequest) -> Series:
    edition: Edition | None = getattr(request, "edition", None)  # kept pages and the form have one
    return edition.series if edition else Series.load()


register.filter("prose", prose)
register.filter("contact", contact)


@register.filter
def facts_in(talk: Talk, series: Series) -> TalkFacts:
    """Return what holds for the talk: `{% with facts=talk|facts_in:series %}`."""
    return talk.facts_in(series)


@register.filter
def hidden_initial(field: BoundField) -> SafeString:
    """Return what Django adds to a field with `show_hidden_initial`, for one written in pieces."""
    shows = field.field.show_hidden_initial
    return field.as_hidden(only_initial=True) if shows else SafeString("")
