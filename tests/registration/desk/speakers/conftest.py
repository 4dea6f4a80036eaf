"""Stand-ins for what the page of proposals links to and fills in, where it is not there yet."""

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.urls import NoReverseMatch, clear_url_caches, path, reverse

from events.admin.talks import SpeakerInline, TalkAdmin
from events.models import PracticeProfile
from webtalks import urls

SERVED = [
    path("vorschlag/<int:pk>/datei/", lambda *_, **__: HttpResponse(), name="proposed_file"),
    path(
        "vorschlag/<int:pk>/bild/<str:name>",
        lambda *_, **__: HttpResponse(),
        name="proposed_picture",
    ),
]


class ProfileInline(admin.StackedInline):
    model = PracticeProfile


@pytest.fixture(autouse=True)
def _served(settings, monkeypatch):
    """Give the addresses of proposed files."""
    try:
        reverse("admin:proposed_file", args=[1])
    except NoReverseMatch:
        pages, *names = admin.site.urls
        of_admin = path("admin/", ([*SERVED, *pages], *names))
        others = [each for each in urls.urlpatterns if getattr(each, "app_name", "") != "admin"]
        monkeypatch.setattr(urls, "urlpatterns", [*others, of_admin])
        clear_url_caches()
        yield
        monkeypatch.undo()
        clear_url_caches()
    else:
        yield


@pytest.fixture(autouse=True)
def _fields(monkeypatch):
    """Give the organisers' form its fields for a portrait and a practice profile."""
    names = str(SpeakerInline.fields)
    if "portrait" not in names:
        fields = [*SpeakerInline.fields, ("portrait", "portrait_credit")]
        monkeypatch.setattr(SpeakerInline, "fields", fields)
    if PracticeProfile not in [inline.model for inline in TalkAdmin.inlines]:
        monkeypatch.setattr(TalkAdmin, "inlines", [*TalkAdmin.inlines, ProfileInline])
