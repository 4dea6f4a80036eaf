"""The reading pages about the series and all its talks; one talk's own pages: talk_page.py.

A page of nothing but text needs no view of its own: it is a line in events/urls.py and a template;
its link stands in templates/base.html.
"""

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events.models import Talk, Topic
from events.pages import germany_map, town_sign
from events.pages.archive import ArchivePage, ArchiveSelection
from events.pages.edition import kept
from events.pages.embedding import framed_anywhere
from events.pages.requests import SiteRequest

ARCHIVE_ON_START_PAGE = 3
EMBEDDED = 5


@kept()
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    upcoming = list(Talk.objects.published().awaited().with_towns())
    archived = list(
        Talk.objects.archived().with_towns().with_practice_mark()[:ARCHIVE_ON_START_PAGE]
    )
    prefetch_related_objects([*upcoming, *archived], "speakers")
    prefetch_related_objects(upcoming, "topics")
    next_talk = next((talk for talk in upcoming if talk.is_taking_place), None)
    context = {
        "next_talk": next_talk,
        "others": [talk for talk in upcoming if talk != next_talk],
        "archive": archived,
        "has_demo_dates": any(talk.has_demo_date for talk in [*upcoming, *archived]),
    }
    return render(request, "events/start.html", context)


@kept("thema", "land", "jahr", "groesse", "praxis", "vor", never_with="q")
@require_safe
def archive(request: SiteRequest) -> HttpResponse:
    selection = ArchiveSelection.from_parameters(request.GET, request.edition.filters)
    if any(value == "" and name in selection.NAMES for name, value in request.GET.items()):
        # A form sends its empty fields too; the address that readers pass on has none.
        return redirect(selection.url())
    page = ArchivePage.of(selection, Talk.objects.all())
    return render(request, "events/archive.html", {"page": page, "selection": selection})


@kept()
@require_safe
def town_map(request: HttpRequest) -> HttpResponse:
    laender = germany_map.laender(Talk.objects.published().taking_place().newest().with_towns())
    towns = [town for land in laender for town in land.towns]
    context = {
        "laender": laender,
        "legend": germany_map.legend(laender),
        "has_reported": any(town.has_reported for town in towns),
        "has_coming": not all(town.has_reported for town in towns),
    }
    return render(request, "events/map.html", context)


@kept()
@require_safe
def preview_picture(request: SiteRequest) -> HttpResponse:
    """Draw the picture that messengers and networks show beside a link to the series."""
    series = request.edition.series
    return HttpResponse(town_sign.draw(series.name, series.claim), content_type="image/png")


# The settings with the periods of storage that the privacy page names.
PERIODS = (
    "RETENTION_DAYS",
    "UNTOLD_RETENTION_DAYS",
    "POSTPONED_RETENTION_DAYS",
    "CANCELLED_RETENTION_DAYS",
    "PENDING_HOURS",
    "INTEREST_PROOF_YEARS",
    "UNDELIVERED_MAIL_DAYS",
    "ERASURE_LOG_DAYS",
    "LOGIN_ATTEMPTS_DAYS",
    "ADMIN_HISTORY_MONTHS",
    "ACCESS_LOG_DAYS",
    "FEEDBACK_DAYS",
    "OFFER_MONTHS",
    "SPEAKER_LINK_DAYS",
)


@kept()
@require_safe
def page(request: HttpRequest, template: str) -> HttpResponse:
    """Show a page whose content stands in the series' row and in the settings."""
    return render(request, template, {name.lower(): getattr(settings, name) for name in PERIODS})


@kept()
@require_safe
def subscribe(request: HttpRequest) -> HttpResponse:
    """Explain how to subscribe to the talks: calendar, feed, frame, API."""
    address = settings.SITE_URL.partition("://")[2] + reverse("events:calendar")
    context = {"topics": Topic.objects.all(), "webcal_url": f"webcal://{address}"}
    return render(request, "events/subscribe.html", context)


@require_safe
def lead_on(request: HttpRequest, to: str) -> HttpResponse:
    """Lead from an address that people guess to the page that they mean."""
    return redirect(f"events:{to}", permanent=True)


@kept("thema", "jahr")
@require_safe
@framed_anywhere
def embed(request: HttpRequest) -> HttpResponse:
    """Show the coming talks inside another website, which frames this page."""
    talks = Talk.objects.published().chosen_by(request.GET).awaited().with_parts()
    return render(request, "events/embed.html", {"talks": talks[:EMBEDDED]})
