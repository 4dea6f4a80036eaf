"""What towns that are going to report should know; everybody may read it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.pages.edition import kept


@kept()
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    context = {
        "link_days": settings.SPEAKER_LINK_DAYS,
        "retention_days": settings.RETENTION_DAYS,
    }
    return render(request, "registration/speakers/guide.html", context)
