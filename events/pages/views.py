"""The reading pages and the files behind them."""

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import calendar
from events.models import Material, Talk, Topic
from events.pages import germany_map, sharing, structured_data, town_sign
from events.pages.archive import Page, Selection
from events.pages.edition import kept
from events.pages.embedding import framed_anywhere
from events.pages.files import serve_file
from events.previews import uid_of
from events.uploads.images import CONTENT_TYPES, FOLDER

ARCHIVE_ON_START_PAGE = 3
EMBEDDED = 5


@kept()
@require_safe
def start(request):
    upcoming = list(Talk.objects.published().awaited().with_towns())
    archived = list(Talk.objects.archived().with_towns()[:ARCHIVE_ON_START_PAGE])
    prefetch_related_objects([*upcoming, *archived], "speakers")
    context = {
        "upcoming": upcoming,
        "next_talk": next((talk for talk in upcoming if talk.is_taking_place), None),
        "archive": archived,
    }
    return render(request, "events/start.html", context)


@kept("thema", "land", "jahr", "groesse", "vor", never_with="q")
@require_safe
def archive(request):
    found = Selection.from_parameters(request.GET, request.edition.filters)
    if any(value == "" and name in found.NAMES for name, value in request.GET.items()):
        return redirect(found.url())  # a form names its empty fields too; the address shall not
    page = Page.of(found, Talk.objects.with_parts())
    return render(request, "events/archive.html", {"page": page, "selection": found})


@kept()
@require_safe
def town_map(request):
    talks = Talk.objects.archived().with_parts()
    laender = germany_map.laender(talks)
    context = {"laender": laender, "has_towns": any(land.towns for land in laender)}
    return render(request, "events/map.html", context)


@kept()
@require_safe
def talk(request, slug):
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
def notice(request, slug):
    """Show the talk as an A4 page for the notice board."""
    found = get_object_or_404(Talk.objects.published().taking_place().with_parts(), slug=slug)
    return render(request, "events/notice.html", {"talk": found})


@never_cache
@require_safe
def preview(request, token):
    """Show a draft to whoever holds its link; nobody keeps or indexes the page."""
    talks = Talk.objects.previewed_by(token).with_parts().prefetch_related("topics", "materials")
    shown = talks.first()
    if shown is None:
        request.has_dead_link = True
        return render(request, "events/preview_gone.html", status=404)
    if shown.is_published:
        return redirect(shown)
    shown.preview_token = token
    response = render(request, "events/preview.html", {"talk": shown})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def may_see_draft(request, talk, permission) -> bool:
    """Whether organisers, or the holder of the preview's link, ask for a file of `talk`.

    A link that leads nowhere is noted in the request: somebody may be guessing, and whoever
    counts such links (registration/pages/link_holder.py) reads it there.
    """
    token = request.GET.get("vorschau", "")
    if uid_of(token) == talk.uid.hex or request.user.has_perm(permission):
        return True
    request.has_dead_link = bool(token)
    return False


# What the privacy page says of how long things are kept.
PERIODS = (
    "RETENTION_DAYS",
    "POSTPONED_RETENTION_DAYS",
    "CANCELLED_RETENTION_DAYS",
    "PENDING_HOURS",
    "INTEREST_PROOF_YEARS",
    "UNDELIVERED_MAIL_DAYS",
    "ERASURE_LOG_DAYS",
    "LOGIN_ATTEMPTS_DAYS",
    "ADMIN_HISTORY_MONTHS",
    "ACCESS_LOG_DAYS",
)


@kept()
@require_safe
def page(request, template):
    """Show a page whose content stands in the series' row and the settings."""
    return render(request, template, {name.lower(): getattr(settings, name) for name in PERIODS})


@kept()
@require_safe
def talk_calendar(request, slug):
    found = get_object_or_404(Talk.objects.published().with_parts(), slug=slug)
    return _calendar_file(calendar.published([found], site_url=settings.SITE_URL), f"{slug}.ics")


@kept("thema")
@require_safe
def whole_calendar(request):
    """Answer with all talks, or those of `?thema=`; an unknown theme is not found."""
    name = request.edition.series.name
    talks = Talk.objects.published().with_parts().order_by("starts_at", "pk")
    if slug := request.GET.get("thema"):
        topic = get_object_or_404(Topic, slug=slug)
        name, talks = f"{name}: {topic}", talks.on_topic(slug)
    content = calendar.published(talks, site_url=settings.SITE_URL, name=name)
    return _calendar_file(content, "kleinstadt-web-talks.ics")


@kept()
@require_safe
def subscribe(request):
    """Explain how to take the talks along: calendar, feed, frame, API."""
    address = settings.SITE_URL.partition("://")[2] + reverse("events:calendar")
    context = {"topics": Topic.objects.all(), "webcal_url": f"webcal://{address}"}
    return render(request, "events/subscribe.html", context)


@kept("thema", "jahr")
@require_safe
@framed_anywhere
def embed(request):
    """Show the coming talks to the readers of another website, which frames this page."""
    talks = Talk.objects.published().chosen_by(request.GET).awaited().with_parts()
    return render(request, "events/embed.html", {"talks": talks[:EMBEDDED]})


@kept()
@require_safe
def sign(request, slug):
    """Serve the town sign of a talk that has no picture, as a preview of its page."""
    found = get_object_or_404(Talk.objects.published().with_parts(), slug=slug)
    town = found.municipality
    content = (
        town_sign.draw(town.name, town.land)
        if town
        else town_sign.draw(request.edition.series.name, "")
    )
    return HttpResponse(content, content_type="image/png")


def _calendar_file(content: bytes, name: str):
    return HttpResponse(
        content,
        content_type=calendar.CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
def picture(request, folder, name):
    """Serve one size of a talk's picture, of a draft only to the organisers."""
    shown = get_object_or_404(Talk, image__startswith=f"{FOLDER}/{folder}/")
    if not (shown.is_published or may_see_draft(request, shown, "events.view_talk")):
        raise Http404
    content_type = CONTENT_TYPES[f".{name.rpartition('.')[2]}"]
    return serve_file(f"{FOLDER}/{folder}/{name}", content_type, is_public=shown.is_published)


@require_safe
def material(request, pk):
    """Serve a PDF that everybody may read; registration serves those for participants."""
    found = get_object_or_404(Material.objects.files(), pk=pk)
    is_public = found.is_public and found.talk.is_published
    if not (is_public or may_see_draft(request, found.talk, "events.view_material")):
        raise Http404
    return serve_file(found.file.name, "application/pdf", title=found.title, is_public=is_public)
