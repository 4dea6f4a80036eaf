"""The pages for programs: feed, sitemap, robots.txt, API. Every address begins with SITE_URL."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from events.models import Talk
from events.pages import structured_data
from events.pages.edition import kept

FEED_LENGTH = 30
LISTED_PAGES = ("start", "archive", "map", "about", "subscribe")
LEGAL_PAGES = ("imprint", "privacy", "accessibility")

ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /meine-anmeldung/
Disallow: /teilnehmen/

Sitemap: {site_url}/sitemap.xml
"""


@kept()
@require_safe
def atom(request):
    """Answer with the talks published last (RFC 4287)."""
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
    for talk in (
        Talk.objects.published().newest().with_parts().prefetch_related("topics")[:FEED_LENGTH]
    ):
        feed.add_item(
            title=talk.title,
            link=settings.SITE_URL + talk.get_absolute_url(),
            description=feed_text(talk),
            unique_id=talk.uid.urn,
            pubdate=talk.publish_at or talk.created_at,
            updateddate=talk.updated_at,
            categories=[topic.name for topic in talk.topics.all()],
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


@kept("thema", "jahr")
@require_safe
def talks_json(request):
    """Answer with all published talks (docs/api.md); `?thema=` and `?jahr=` narrow them."""
    talks = Talk.objects.published().chosen_by(request.GET).newest()
    parts = talks.with_parts().prefetch_related("topics")
    content = [structured_data.api_talk(talk, site_url=settings.SITE_URL) for talk in parts]
    return JsonResponse(
        {"version": 1, "talks": content}, json_dumps_params={"ensure_ascii": False}
    )


@kept()
@require_safe
def sitemap(request):
    talks = Talk.objects.published().newest().only("slug", "updated_at")
    context = {
        "pages": [settings.SITE_URL + reverse(f"events:{name}") for name in LISTED_PAGES],
        "legal_pages": [settings.SITE_URL + reverse(f"events:{name}") for name in LEGAL_PAGES],
        "talks": talks,
        "last_change": max((talk.updated_at for talk in talks), default=None),
    }
    content_type = "application/xml; charset=utf-8"
    return render(request, "events/sitemap.xml", context, content_type=content_type)


@kept()
@require_safe
def robots(request):
    text = ROBOTS.format(site_url=settings.SITE_URL)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def feed_text(talk: Talk) -> str:
    """Return what a feed says of the talk, in plain text."""
    when = talk.when_text
    if not talk.is_taking_place:
        when += f": {talk.registration_state.label}"
    text = talk.recap if talk.is_past and talk.recap else talk.announcement
    return "\n\n".join(filter(None, [when, talk.subtitle, talk.speaker_line, text]))
