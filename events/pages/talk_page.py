"""What stands under the address of one talk, and the preview of a draft."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import calendar
from events.models import Talk
from events.pages import sharing, structured_data, town_sign
from events.pages.edition import kept
from events.pages.files import calendar_file
from events.pages.former_addresses import FOR_A_MINUTE
from events.pages.requests import SiteRequest
from events.previews import VALID_DAYS


@kept()
@require_safe
def talk(request: SiteRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Talk.objects.published().with_all_parts(), slug=slug)
    others = Talk.objects.published().taking_place().links()
    earlier, later = others.beside(found)
    event = structured_data.event(
        found,
        site_url=settings.SITE_URL,
        organisers=request.edition.series.organiser_list,
        image=found.card_url,
    )
    context = {
        "talk": found,
        "earlier": earlier,
        "later": later,
        "related": others.related_to(found),
        "mailto": sharing.mailto(found, settings.SITE_URL),
        "forward_text": sharing.forward_text(found, settings.SITE_URL),
        "event_json": structured_data.script_json(event),
    }
    return render(request, "events/talk.html", context)


@kept()
@require_safe
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the talk as an A4 page for the notice board."""
    found = get_object_or_404(Talk.objects.published().taking_place().with_parts(), slug=slug)
    poster = sharing.poster(found, settings.SITE_URL)
    return render(request, "events/notice.html", {"talk": found, "poster": poster})


@require_safe
def short(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead on from the short address that stands on paper, whatever the talk's slug is by now."""
    found = get_object_or_404(Talk.objects.published().only("slug"), pk=pk)
    return HttpResponsePermanentRedirect(found.get_absolute_url(), headers=FOR_A_MINUTE)


@kept()
@require_safe
def sign(request: SiteRequest, slug: str) -> HttpResponse:
    """Draw the talk's town sign, the picture of a link to a talk that has no picture."""
    found = get_object_or_404(Talk.objects.published().with_parts(), slug=slug)
    if town := found.municipality:
        content = town_sign.draw(town.name, town.land)
    else:
        content = town_sign.draw(request.edition.series.name, "")
    return HttpResponse(content, content_type="image/png")


@kept()
@require_safe
def talk_calendar(request: SiteRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Talk.objects.published().with_parts(), slug=slug)
    series = request.edition.series
    content = calendar.published([found], site_url=settings.SITE_URL, series=series)
    return calendar_file(content, slug)


@never_cache
@require_safe
def preview(request: SiteRequest, token: str) -> HttpResponse:
    """Show a draft to whoever holds its link; nobody stores or indexes the page."""
    shown = Talk.objects.previewed_by(token).with_all_parts().first()
    if shown is None:
        request.has_dead_link = True
        return render(request, "events/preview_gone.html", {"valid_days": VALID_DAYS}, status=404)
    if shown.is_published:
        return redirect(shown)
    let_look_as_it_will(shown)
    shown.preview_token = token
    response = render(request, "events/preview.html", {"talk": shown})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def let_look_as_it_will(talk: Talk) -> None:
    """Take the draft for published, which is never saved: so its box to sign up is seen too."""
    talk.is_previewed = True
    talk.publish_at = None
    if talk.status == Talk.Status.DRAFT:
        talk.status = Talk.Status.PUBLISHED
