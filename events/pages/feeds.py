"""What programs read: feed, calendar, API, sitemap, robots.txt.

Every address in them begins with SITE_URL.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.views.decorators.http import require_safe

from events import calendar
from events.models import Talk, Topic
from events.pages import structured_data
from events.pages.edition import kept
from events.pages.files import calendar_file
from events.pages.requests import SiteRequest

FEED_LENGTH = 30
LISTED_PAGES = (
    "events:start",
    "events:archive",
    "events:map",
    "events:about",
    "events:subscribe",
    "registration:speakers_guide",
)
LEGAL_PAGES = ("events:imprint", "events:privacy", "events:accessibility")

ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /meine-anmeldung/
Disallow: /teilnehmen/

Sitemap: {site_url}/sitemap.xml
"""


@kept()
@require_safe
def atom(request: SiteRequest) -> HttpResponse:
    """Answer with the newest talks as an Atom feed (RFC 4287)."""
    series = request.edition.series
    feed = Atom1Feed(
        title=series.name,
        link=settings.SITE_URL + reverse("events:start"),
        description=series.introduction,
        subtitle=series.claim,
        language="de",
        feed_url=settings.SITE_URL + reverse("events:feed"),
        author_name="; ".join(series.organiser_list) or series.name,
    )
    talks = Talk.objects.published().newest().with_parts().prefetch_related("topics")
    for talk in talks[:FEED_LENGTH]:
        feed.add_item(
            title=talk.title,
            link=settings.SITE_URL + talk.get_absolute_url(),
            description=feed_text(talk),
            unique_id=talk.uid.urn,
            pubdate=talk.publish_at or talk.created_at,
            updateddate=talk.updated_at,
            categories=[topic.name for topic in talk.topics.all()],
        )
    content_type = "application/atom+xml; charset=utf-8"
    return HttpResponse(feed.writeString("utf-8"), content_type=content_type)


def feed_text(talk: Talk) -> str:
    """Return what the feed says of the talk, as HTML: a reader shows the paragraphs as such."""
    when = talk.when_text
    if not talk.is_taking_place:
        when += f": {talk.registration_state.label}"
    paragraphs = filter(None, [when, talk.subtitle, talk.speaker_line, talk.text])
    return linebreaks("\n\n".join(paragraphs), autoescape=True)


@kept("thema")
@require_safe
def whole_calendar(request: SiteRequest) -> HttpResponse:
    """Answer with all talks, or with those of `?thema=`; an unknown topic is not found."""
    series = request.edition.series
    name = series.name
    talks = Talk.objects.published().with_parts().order_by("starts_at", "pk")
    if slug := request.GET.get("thema"):
        topic = get_object_or_404(Topic, slug=slug)
        name, talks = f"{name}: {topic}", talks.on_topic(slug)
    content = calendar.published(talks, site_url=settings.SITE_URL, series=series, name=name)
    return calendar_file(content, "kleinstadt-web-talks")


@kept("thema", "jahr")
@require_safe
def talks_json(request: SiteRequest) -> JsonResponse:
    """Answer with the published talks (docs/api.md); `?thema=` and `?jahr=` narrow them."""
    talks = Talk.objects.published().chosen_by(request.GET).newest()
    parts = talks.with_parts().select_related("profile").prefetch_related("topics")
    series = request.edition.series
    content = [structured_data.api_talk(talk, series, settings.SITE_URL) for talk in parts]
    data = {"version": 1, "licence": series.licence, "talks": content}
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


@kept()
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    talks = Talk.objects.published().newest().only("slug", "updated_at")
    context = {
        "pages": [settings.SITE_URL + reverse(name) for name in LISTED_PAGES],
        "legal_pages": [settings.SITE_URL + reverse(name) for name in LEGAL_PAGES],
        "talks": talks,
        "last_change": max((talk.updated_at for talk in talks), default=None),
    }
    content_type = "application/xml; charset=utf-8"
    return render(request, "events/sitemap.xml", context, content_type=content_type)


@kept()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    text = ROBOTS.format(site_url=settings.SITE_URL)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
